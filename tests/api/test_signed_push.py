"""A system that signs its pushes: what it signed is taken once, and nothing else is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from httpx2 import Response

from api.security.signatures import new_signing_secret, signature
from api.sending import seal_of
from storage import senders
from tests.api.office import WebOffice

MESSAGES = "/api/v1/messages"
GIVEN: dict[str, Any] = {
    "channel": "hotline_12345",
    "native_id": "W20261123001",
    "title": "路灯不亮",
    "body": "小区门口的路灯坏了一周，电话13812345678。",
    "received_at": "2026-11-23T08:30:00+08:00",
}


@dataclass(frozen=True)
class Sender:
    """A system with its secret; `late` is how long after signing it sends."""

    office: WebOffice
    number: int
    secret: str
    late: timedelta = timedelta()

    def headers(self, body: bytes, message_id: str = "push-1") -> dict[str, str]:
        at = str(int((self.office.clock.now() - self.late).timestamp()))
        return {
            "Content-Type": "application/json",
            "webhook-sender": str(self.number),
            "webhook-id": message_id,
            "webhook-timestamp": at,
            "webhook-signature": signature(self.secret, message_id, at, body),
        }

    def push(self, given: Mapping[str, Any] = GIVEN, **headers: str) -> Response:
        body = json.dumps(given, ensure_ascii=False).encode()
        return self.office.browser().post(MESSAGES, content=body, headers={**self.headers(body), **headers})


@pytest.fixture
def sender(office: WebOffice) -> Sender:
    """A city platform that may push to one source."""
    secret = new_signing_secret()
    with office.database.write() as connection:
        number = senders.add(
            connection,
            name="城市管理平台",
            source_key="city_platform",
            sealed_secret=seal_of(office.services).seal(secret.encode()),
            now=office.clock.now(),
        )
    return Sender(office, number, secret)


def stored(office: WebOffice) -> list[tuple[str, str]]:
    with office.database.read() as connection:
        query = "SELECT s.key, m.body FROM messages m JOIN sources s ON s.id = m.source_id"
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def test_the_signature_is_that_of_standard_webhooks() -> None:
    # The example of the specification.
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    signed = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body)
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_signed_push_is_stored_masked_under_the_senders_own_source(sender: Sender) -> None:
    answer = sender.push()
    assert answer.status_code == 201, answer.text
    ((source, body),) = stored(sender.office)
    assert source == "city_platform"
    assert "13812345678" not in body


def test_a_push_that_is_sent_again_is_answered_alike_and_stored_once(sender: Sender) -> None:
    first = sender.push()
    sender.office.clock.advance(minutes=3)
    again = sender.push()
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert len(stored(sender.office)) == 1
    other = sender.push({**GIVEN, "title": "另一件"})
    assert other.status_code == 409, "a number stands for one body"


def test_the_very_bytes_played_again_later_are_refused(sender: Sender) -> None:
    body = json.dumps(GIVEN).encode()
    headers = sender.headers(body)
    assert sender.office.browser().post(MESSAGES, content=body, headers=headers).status_code == 201
    sender.office.clock.advance(minutes=6)
    replayed = sender.office.browser().post(MESSAGES, content=body, headers=headers)
    assert (replayed.status_code, replayed.json()["code"]) == (403, "signature.old")


REFUSED: list[tuple[str, dict[str, str], str]] = [
    ("another sender", {"webhook-sender": "77"}, "signature.refused"),
    ("no sender", {"webhook-sender": ""}, "signature.refused"),
    ("a sender that is no number", {"webhook-sender": "²"}, "signature.refused"),
    ("another number", {"webhook-id": "push-2"}, "signature.refused"),
    ("another time", {"webhook-timestamp": "1763600000"}, "signature.refused"),
    ("an empty signature list", {"webhook-signature": "v1,"}, "signature.refused"),
    ("no version", {"webhook-signature": "abc v2,abc"}, "signature.refused"),
]


@pytest.mark.parametrize(("headers", "code"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_does_not_fit_the_signature_is_refused(
    sender: Sender, headers: dict[str, str], code: str
) -> None:
    sent = {name: value.encode() if not value.isascii() else value for name, value in headers.items()}
    answer = sender.push(**sent)  # type: ignore[arg-type] # bytes where the text is no ASCII
    assert (answer.status_code, answer.json()["code"]) == (403, code)
    assert not stored(sender.office)


def test_a_body_changed_on_the_way_is_refused(sender: Sender) -> None:
    body = json.dumps(GIVEN).encode()
    changed = body.replace(b"W20261123001", b"W20261123002")
    answer = sender.office.browser().post(MESSAGES, content=changed, headers=sender.headers(body))
    assert answer.status_code == 403
    assert not stored(sender.office)


@pytest.mark.parametrize("minutes", [6, -6], ids=["signed too long ago", "signed ahead of our time"])
def test_a_signature_outside_the_window_is_refused(sender: Sender, minutes: int) -> None:
    answer = replace(sender, late=timedelta(minutes=minutes)).push()
    assert (answer.status_code, answer.json()["code"]) == (403, "signature.old")


def test_during_a_change_of_secrets_either_signature_counts(sender: Sender) -> None:
    body = json.dumps(GIVEN, ensure_ascii=False).encode()
    ours = sender.headers(body)["webhook-signature"]
    assert sender.push(GIVEN, **{"webhook-signature": f"v1,AAAA {ours}"}).status_code == 201


def test_a_sender_reaches_no_other_source_and_none_once_it_is_ended(sender: Sender) -> None:
    foreign = sender.push({**GIVEN, "source": "leader_mailbox"})
    assert (foreign.status_code, foreign.json()["code"]) == (403, "sender.source")
    with sender.office.database.write() as connection:
        assert senders.disable(connection, sender.number, sender.office.clock.now())
    assert sender.push().json()["code"] == "signature.refused"
    assert not stored(sender.office)
