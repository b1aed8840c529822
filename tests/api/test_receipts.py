"""N10 and N11: what a provider reports afterwards, out of order, forged, replayed and repeated."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest

from alerts.channels.webhook import signature
from core.vocabulary import ChannelKind, DeliveryOutcome, OutboxState, Role
from storage import channels, notices, outbox
from storage.keys import load_or_create_key
from tests.api.office import WebOffice

SECRET = "only-the-gateway-knows"


class Gateway:
    """A channel of the office, one notice that it accepted, and its way of reporting."""

    def __init__(self, office: WebOffice, *, secret: str | None = SECRET) -> None:
        self.office = office
        self.client = office.browser()
        person = office.person("zhiban", Role.DUTY)
        now = office.clock.now()
        settings = {"url": "https://sms.example/send", **({"secret": secret} if secret else {})}
        with office.database.write() as connection:
            seal = load_or_create_key(office.services.data_dir)
            self.channel = channels.add(connection, "短信", ChannelKind.SMS, settings, seal, now)
            row = {"case_id": None, "deadline_id": None, "kind": "test", "person_id": person}
            words = {"subject": "题", "body": "文", "resolved": [], "dedupe_key": "k", "created_at": now}
            (self.notice,) = notices.insert_new(connection, [{**row, **words}]).values()
            where = {"channel_id": self.channel, "address": "139", "priority": 0, "place": 0}
            outbox.queue(connection, [{"notice_id": self.notice, **where, "next_at": now}])

    def accept(self) -> None:
        """The dispatcher hands the notice over and hears that it was taken."""
        now = self.office.clock.now()
        with self.office.database.write() as connection:
            (claim,) = outbox.claim(connection, now, now.replace(year=2030), 5)
            assert outbox.begin_send(connection, claim, now, now.replace(year=2030))[0]
            outbox.record(connection, claim, DeliveryOutcome.ACCEPTED, "", now, state=OutboxState.ACCEPTED)

    def report(self, state: str, *, secret: str = SECRET, age: int = 0, **more: Any) -> httpx2.Response:
        facts = {"id": f"huiying-notice-{self.notice}", "state": state, **more}
        body = json.dumps(facts).encode()
        stamp = str(int(self.office.clock.now().timestamp()) - age)
        headers = {
            "Content-Type": "application/json",
            "Huiying-Timestamp": stamp,
            "Huiying-Signature": f"sha256={signature(secret, stamp, body)}",
        }
        return self.client.post("/api/v1/receipts/短信", content=body, headers=headers)

    def row(self) -> Any:
        with self.office.database.read() as connection:
            (row,) = outbox.of_notices(connection, [self.notice])
        return row


def test_n10_reports_out_of_order_never_move_a_notice_backwards(office: WebOffice) -> None:
    gateway = Gateway(office)
    gateway.accept()
    assert gateway.report("delivered").json() == {"changed": True}
    delivered_at = gateway.row()["delivered_at"]
    office.clock.advance(minutes=1)
    for state in ("sent", "failed", "delivered"):
        assert gateway.report(state).json() == {"changed": False}
    assert (gateway.row()["state"], gateway.row()["delivered_at"]) == ("delivered", delivered_at)
    assert gateway.row()["accepted_at"] < office.clock.now()


def test_n10_delivered_before_the_answer_arrives_stays_delivered(office: WebOffice) -> None:
    gateway = Gateway(office)
    now = office.clock.now()
    until = now.replace(year=2030)
    with office.database.write() as connection:
        (claim,) = outbox.claim(connection, now, until, 5)
        outbox.begin_send(connection, claim, now, until)
    assert gateway.report("delivered").json() == {"changed": True}
    with office.database.write() as connection:
        outbox.record(
            connection, claim, DeliveryOutcome.AMBIGUOUS, "断开", now, state=OutboxState.PENDING, next_at=now
        )
    assert gateway.row()["state"] == "delivered"


def test_a_report_of_failure_is_kept_with_its_reason(office: WebOffice) -> None:
    gateway = Gateway(office)
    gateway.accept()
    assert gateway.report("failed", reason="停机").json() == {"changed": True}
    assert (gateway.row()["state"], gateway.row()["last_error"]) == ("failed", "对方报告未送达：停机")


@pytest.mark.parametrize(
    "more", [{"secret": "forged"}, {"age": 301}, {"age": -301}], ids=["forged", "replayed late", "early"]
)
def test_n11_a_forged_or_old_report_is_refused(office: WebOffice, more: dict[str, Any]) -> None:
    gateway = Gateway(office)
    gateway.accept()
    answer = gateway.report("delivered", **more)
    assert (answer.status_code, answer.json()["code"]) == (401, "receipt.refused")
    assert gateway.row()["state"] == "accepted"


def test_n11_a_repeated_report_is_taken_once(office: WebOffice) -> None:
    gateway = Gateway(office)
    gateway.accept()
    assert [gateway.report("delivered").json()["changed"] for _ in range(3)] == [True, False, False]


def test_n11_a_channel_without_a_secret_believes_nobody(office: WebOffice) -> None:
    gateway = Gateway(office, secret=None)
    gateway.accept()
    assert gateway.report("delivered", secret="").status_code == 401
    unknown = gateway.client.post("/api/v1/receipts/没有", json={"id": "x", "state": "sent"})
    assert unknown.json()["code"] == "receipt.refused"


def test_a_report_about_no_notice_is_named(office: WebOffice) -> None:
    gateway = Gateway(office)
    for key in (
        "huiying-notice-999",
        "huiying-notice-",
        "7",
        "huiying-notice-x",
        "huiying-notice-" + "9" * 40,
    ):
        answer = gateway.report("delivered", id=key)
        assert (answer.status_code, answer.json()["code"]) == (422, "receipt.unknown")
