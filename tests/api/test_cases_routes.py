"""Cases by program: what is shown, to whom, and what each command does to the clocks."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from fastapi.testclient import TestClient

from core.vocabulary import Channel, Role, Scope
from storage import sections
from tests.api.office import WebOffice
from tests.factories import ANSWER, HOLDING, make_record

CASES = "/api/v1/cases"


def _case(office: WebOffice, section: str = "市政科", received: str = "2026-11-20T09:00") -> str:
    """The address of the newest case, for one more message."""
    office.receive(make_record(received, section=section))
    with office.database.read() as connection:
        number = len(connection.exec_driver_sql("SELECT id FROM cases").all())
    return f"{CASES}/{number}"


def _clock(client: TestClient, path: str, rule: str = "message.first_reply") -> dict[str, Any]:
    clocks = client.get(path).json()["deadlines"]
    found: dict[str, Any] = [one for one in clocks if one["rule"] == rule][-1]
    return found


def test_a_case_is_listed_with_its_clocks_the_next_due_first(office: WebOffice) -> None:
    office.receive(*(make_record(f"2026-11-{day:02}T09:00", title=f"{day}日") for day in (20, 9, 16)))
    client = office.signed_in("duban")
    first = client.get(f"{CASES}?limit=2").json()
    rest = client.get(CASES, params={"limit": 2, "cursor": first["next"]}).json()
    found = [*first["items"], *rest["items"]]
    assert [(one["title"], one["deadlines"][0]["state"]) for one in found] == [
        ("9日", "overdue"),
        ("16日", "due_soon"),
        ("20日", "running"),
    ]
    assert (first["total"], rest["next"]) == (3, None)
    assert [one["title"] for one in client.get(f"{CASES}?state=overdue").json()["items"]] == ["9日"]
    assert client.get(f"{CASES}?channel=weibo").json() == {"items": [], "next": None, "total": 0}


def test_a_case_in_which_nothing_is_due_stands_last_and_is_not_lost(office: WebOffice) -> None:
    done = _case(office, received="2026-11-02T09:00")
    client = office.sender("xuanchuan")
    client.post(f"{done}/dismiss", json={"reason": "重复来信。"})
    _case(office)
    items = client.get(CASES).json()["items"]
    assert [(one["state"], one["deadlines"][0]["state"]) for one in items] == [
        ("assigned", "running"),
        ("dismissed", "cancelled"),
    ]
    assert [one["case"] for one in client.get(f"{CASES}?case_state=dismissed").json()["items"]] == [1]


def test_a_case_tells_its_trail_its_clause_and_its_replies(office: WebOffice) -> None:
    path = _case(office)
    client = office.sender("chengban", Role.HANDLER, section="市政科")
    client.post(f"{path}/acknowledge")
    client.post(f"{path}/reply", json={"text": ANSWER})
    told = client.get(path).json()
    assert [one["tag"] for one in told["events"]] == ["case:registered", "case:acknowledged", "case:replied"]
    assert [one["actor_kind"] for one in told["events"]] == ["system", "human", "human"]
    assert [(one["kind"], one["text"]) for one in told["replies"]] == [("substantive", ANSWER)]
    assert [(one["by"], one["first"]) for one in told["acknowledgements"]] == [("张三", True)]
    assert told["deadlines"][0]["explanation"] is not None
    assert not any("request" in one["facts"] for one in told["events"])


def test_the_second_to_sign_is_told_who_was_first_and_no_clock_stops(office: WebOffice) -> None:
    path = _case(office)
    first = office.sender("zhiban", Role.DUTY).post(f"{path}/acknowledge").json()
    office.clock.advance(minutes=5)
    later = office.sender("lingdao", Role.MANAGER)
    second = later.post(f"{path}/acknowledge", json={"cycle": 1}).json()
    assert (first["first"], second["first"]) == (True, False)
    assert first["acknowledged_at"] == second["acknowledged_at"] == "2026-11-23T09:00:00+08:00"
    assert (second["by"], second["state"]) == ("张三", "acknowledged")
    assert _clock(later, path)["state"] == "running"
    stale = later.post(f"{path}/acknowledge", json={"cycle": 2})
    assert (stale.status_code, stale.json()["code"]) == (409, "case.another_cycle")


def test_a_reply_stops_the_clock_and_a_holding_reply_does_not(office: WebOffice) -> None:
    path = _case(office)
    client = office.sender("chengban", Role.HANDLER, section="市政科")
    assert client.post(f"{path}/holding-reply", json={"text": HOLDING}).status_code == 200
    clock = _clock(client, path)
    assert (clock["state"], clock["holding_at"]) == ("running", "2026-11-23T09:00:00+08:00")
    refused = client.post(f"{path}/reply", json={"text": HOLDING})
    assert (refused.status_code, refused.json()["code"]) == (422, "reply.holding")
    answered = client.post(f"{path}/reply", json={"text": ANSWER, "replied_at": "2026-11-23T08:30+08:00"})
    assert (answered.status_code, answered.json()["state"]) == (200, "replied")
    clock = _clock(client, path)
    assert (clock["status"], clock["met_at"]) == ("on_time", "2026-11-23T08:30:00+08:00")


def test_a_reply_dated_back_over_its_due_time_needs_evidence_and_a_second_person(office: WebOffice) -> None:
    path = _case(office, received="2026-11-09T09:00")
    client = office.sender("chengban", Role.HANDLER, section="市政科")
    claim: dict[str, Any] = {"text": ANSWER, "replied_at": "2026-11-12T10:00+08:00"}
    bare = client.post(f"{path}/reply", json=claim)
    assert (bare.status_code, bare.json()["code"]) == (422, "response.no_evidence")
    claim["copy"] = {"media_type": "application/pdf", "content": base64.b64encode(b"%PDF-1.7").decode()}
    waiting = client.post(f"{path}/reply", json=claim).json()
    assert waiting["facts"]["awaits_confirmation"]
    assert _clock(client, path)["status"] == "overdue"
    number = {"response": waiting["facts"]["response"]}
    assert client.post(f"{path}/confirm", json=number).status_code == 403
    second = office.sender("xuanchuan")
    assert second.post(f"{path}/confirm", json=number).status_code == 200
    assert _clock(second, path)["status"] == "on_time"


def test_a_case_goes_to_a_section_back_elsewhere_and_round_again(office: WebOffice) -> None:
    path = _case(office, section="")
    with office.database.write() as connection:
        sections.ensure(connection, ["市政科"], office.clock.now())
    desk = office.sender("xuanchuan")
    handler = office.sender("chengban", Role.HANDLER, section="市政科")
    assert handler.get(path).status_code == 404
    unknown = desk.post(f"{path}/assign", json={"section": "没有的科"})
    assert (unknown.status_code, unknown.json()["field"]) == (422, "section")
    assert desk.post(f"{path}/assign", json={"section": "市政科"}).json()["state"] == "assigned"
    assert handler.post(f"{path}/send-back", json={"reason": "不归本科。"}).json()["state"] == "sent_back"
    assert handler.get(path).status_code == 404
    referred = desk.post(f"{path}/refer", json={"office": "某区住建局", "reason": "属其职责。"})
    assert referred.json()["state"] == "referred"
    assert _clock(desk, path)["state"] == "running"
    assert desk.post(f"{path}/reply", json={"text": ANSWER}).json()["state"] == "replied"
    assert desk.post(f"{path}/close", json={"outcome": "已修复。"}).json()["state"] == "closed"
    assert desk.post(f"{path}/reopen", json={"reason": "又坏了。"}).json()["state"] == "reopened"
    assert _clock(desk, path)["cycle"] == 2
    too_early = desk.post(f"{path}/close", json={"outcome": "已修复。"})
    assert (too_early.status_code, too_early.json()["state"]) == (409, "reopened")
    assert "reply" in too_early.json()["allowed"]


def test_a_simple_question_gets_the_shorter_clock(office: WebOffice) -> None:
    path = _case(office)
    client = office.sender("chengban", Role.HANDLER, section="市政科")
    answer = client.post(f"{path}/set-simple", json={"is_simple": True, "reason": "只问地址。"})
    assert answer.status_code == 200
    simple, first = _clock(client, path, "message.simple_answer"), _clock(client, path)
    assert simple["due_at"] < first["due_at"]


def test_a_page_older_than_the_case_is_refused(office: WebOffice) -> None:
    path = _case(office)
    client = office.sender("zhiban", Role.DUTY)
    seq = client.get(path).json()["seq"]
    client.post(f"{path}/acknowledge")
    stale = client.post(f"{path}/reply", json={"text": ANSWER, "seq": seq})
    assert (stale.status_code, stale.json()["code"]) == (409, "case.stale")
    assert _clock(client, path)["state"] == "running"


def test_nobody_writes_without_a_session_of_their_own(office: WebOffice) -> None:
    path = f"{_case(office)}/reply"
    body = {"text": ANSWER}
    assert office.browser().post(path, json=body).status_code == 401
    forged = office.signed_in("zhiban", Role.DUTY).post(path, json=body)
    assert (forged.status_code, forged.json()["code"]) == (403, "csrf.refused")
    program = office.browser().post(path, json=body, headers=office.token(Scope.READ))
    assert program.status_code == 403
    manager = office.sender("lingdao", Role.MANAGER).post(path, json=body)
    assert manager.status_code == 403


def test_a_handler_sees_and_moves_only_cases_of_the_own_section(office: WebOffice) -> None:
    foreign = _case(office, section="房管科")
    client = office.sender("chengban", Role.HANDLER, section="市政科")
    assert client.get(CASES).json()["total"] == 0
    assert client.get(f"{CASES}?section=房管科").json()["total"] == 0
    assert client.get(foreign).status_code == 404
    assert client.post(f"{foreign}/reply", json={"text": ANSWER}).status_code == 404
    copy = {"media_type": "application/pdf", "content": base64.b64encode(b"%PDF-1.7").decode()}
    assert client.post(f"{foreign}/reply", json={"text": ANSWER, "copy": copy}).status_code == 404
    assert not (office.services.data_dir / "copies").exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": ANSWER, "replied_at": "gestern"}, "replied_at"),
        ({"text": ANSWER, "replied_at": "0001-01-01T00:00+08:00"}, "replied_at"),
        ({"text": ANSWER, "replied_at": "2026-11-24T09:00+08:00"}, "replied_at"),
        ({"text": " "}, "text"),
        ({"text": "a\x00b"}, "text"),
        ({"text": ANSWER, "extra": 1}, "extra"),
        ({"text": ANSWER, "copy": {"media_type": "image/png", "content": "这不是编码"}}, "copy.content"),
    ],
)
def test_what_cannot_be_used_is_named(office: WebOffice, body: dict[str, Any], field: str) -> None:
    path = _case(office)
    client = office.sender("zhiban", Role.DUTY)
    answer = client.post(f"{path}/reply", json=body)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert _clock(client, path)["state"] == "running"


def test_a_body_of_fifty_megabytes_is_too_large(office: WebOffice) -> None:
    path = _case(office)
    client = office.sender("zhiban", Role.DUTY)
    heavy = client.post(f"{path}/reply", json={"text": "长" * 17_000_000})
    assert (heavy.status_code, heavy.json()["code"]) == (413, "too_large")
    assert heavy.headers["content-type"] == "application/problem+json"
    assert heavy.headers["x-frame-options"] == "DENY"
    large = client.post(f"{path}/dismiss", json={"reason": "a" * 2_000_000})
    assert (large.status_code, large.json()["status"]) == (413, 413)
    page = client.post("/sign-in", data={"login": "a" * 2_000_000})
    assert (page.status_code, page.headers["content-type"]) == (413, "text/html; charset=utf-8")


def test_a_case_that_is_not_there_is_a_problem(office: WebOffice) -> None:
    client = office.sender("zhiban", Role.DUTY)
    missing = client.post(f"{CASES}/99/acknowledge")
    assert (missing.status_code, missing.json()["code"]) == (404, "case.not_found")
    assert missing.headers["content-type"] == "application/problem+json"
    assert client.get(f"{CASES}/{2**63}").status_code == 422


def test_a_channel_that_owes_no_reply_has_no_case(office: WebOffice) -> None:
    office.receive(make_record("2026-11-20T09:00", channel=Channel.WEIBO))
    assert office.signed_in("duban").get(CASES).json()["total"] == 0
