"""Incidents by program: opened, signed, graded and answered in public, with evidence or not at all."""

from __future__ import annotations

import base64
from typing import Any

from fastapi.testclient import TestClient

from core.vocabulary import Channel, Role
from tests.api.office import WebOffice
from tests.factories import make_record

INCIDENTS = "/api/v1/incidents"
PROOF = {"media_type": "application/pdf", "content": base64.b64encode(b"%PDF-1.7 notice").decode()}


def _open(office: WebOffice, client: TestClient, level: str | None = "II") -> str:
    """The address of a new incident with two voices, first public at 06:00."""
    office.receive(
        make_record("2026-11-23T06:00", title="路口积水", channel=Channel.WEIBO),
        make_record("2026-11-23T07:00", title="又积水了", channel=Channel.WEIBO),
    )
    opened = client.post(
        INCIDENTS, json={"title": "某路口积水", "messages": [1, 2], "suggested_level": level}
    )
    assert opened.status_code == 201, opened.text
    return f"{INCIDENTS}/{opened.json()['case']}"


def _clocks(client: TestClient, path: str) -> dict[str, dict[str, Any]]:
    standing = [one for one in client.get(path).json()["deadlines"] if one["state"] != "superseded"]
    return {one["rule"]: one for one in standing}


def test_a_grave_candidate_runs_from_its_first_public_voice(office: WebOffice) -> None:
    client = office.sender("zhiban", Role.DUTY)
    path = _open(office, client)
    told = client.get(path).json()
    assert (told["heat"], told["grade"], told["suggested"], told["is_ungraded"]) == (2, None, "II", True)
    assert [one["title"] for one in client.get(INCIDENTS).json()["items"]] == ["某路口积水"]
    clock = _clocks(client, path)["incident.first_response"]
    assert (clock["started_at"], clock["state"]) == ("2026-11-23T06:00:00+08:00", "due_soon")


def test_two_people_sign_and_exactly_one_is_first(office: WebOffice) -> None:
    client = office.sender("zhiban", Role.DUTY)
    path = _open(office, client)
    first = client.post(f"{path}/acknowledge").json()
    second = office.sender("lingdao", Role.MANAGER).post(f"{path}/acknowledge").json()
    assert {name: first[name] for name in ("acknowledged_at", "by", "first")} == {
        "acknowledged_at": "2026-11-23T09:00:00+08:00",
        "by": "张三",
        "first": True,
    }
    assert (second["first"], second["acknowledged_at"]) == (False, first["acknowledged_at"])
    assert _clocks(client, path)["incident.first_response"]["met_at"] is None


def test_a_preview_says_what_a_grade_would_bring_and_writes_nothing(office: WebOffice) -> None:
    client = office.sender("zhiban", Role.DUTY)
    path = _open(office, client, level=None)
    seq = client.get(path).json()["seq"]
    previewed = client.post(f"{path}/preview-grade", json={"level": "I"}).json()["clocks"]
    assert previewed == sorted(previewed, key=lambda one: (one["due_at"], one["rule"]))
    assert any(one["rule"] == "incident.first_response" for one in previewed)
    told = client.get(path).json()
    assert (told["seq"], told["grade"], told["deadlines"]) == (seq, None, [])
    graded = client.post(f"{path}/grade", json={"level": "I", "reason": "涉及公共安全。"})
    assert graded.status_code == 200
    owed = {rule: clock["due_at"] for rule, clock in _clocks(client, path).items()}
    assert owed == {one["rule"]: one["due_at"] for one in previewed}


def test_a_grader_corrects_the_instants_and_may_not_grade_the_same_twice(office: WebOffice) -> None:
    client = office.sender("zhiban", Role.DUTY)
    path = _open(office, client)
    wish = {
        "level": "II",
        "reason": "传播快。",
        "instants": {
            "occurred_at": "2026-11-23T05:30+08:00",
            "first_public_at": "2026-11-23T06:00+08:00",
            "first_seen_at": "2026-11-23T09:00+08:00",
        },
    }
    assert client.post(f"{path}/grade", json=wish).status_code == 200
    assert _clocks(client, path)["incident.first_response"]["started_at"] == "2026-11-23T05:30:00+08:00"
    again = client.post(f"{path}/grade", json=wish)
    assert (again.status_code, again.json()["code"]) == (409, "case.no_change")
    future = {**wish, "instants": {"first_seen_at": "2026-11-24T09:00+08:00"}}
    refused = client.post(f"{path}/grade", json=future)
    assert (refused.status_code, refused.json()["field"]) == (422, "first_seen_at")


def test_without_evidence_nothing_is_published_and_no_clock_stops(office: WebOffice) -> None:
    client = office.sender("xuanchuan")
    path = _open(office, client)
    bare = {"published_at": "2026-11-23T08:50+08:00", "publisher": "滨江发布", "title": "情况通报"}
    refused = client.post(f"{path}/publish", json=bare)
    assert (refused.status_code, refused.json()["code"]) == (422, "response.no_evidence")
    dead = client.post(f"{path}/publish", json={**bare, "url": "http://127.0.0.1:9/nothing"})
    assert (dead.status_code, dead.json()["field"]) == (422, "url")
    undated = client.post(f"{path}/publish", json={"copy": PROOF})
    assert (undated.status_code, undated.json()["field"]) == (422, "published_at")
    assert _clocks(client, path)["incident.first_response"]["met_at"] is None
    assert client.get(path).json()["replies"] == []


def test_a_statement_with_an_uploaded_copy_stops_the_clock_at_its_time(office: WebOffice) -> None:
    client = office.sender("xuanchuan")
    path = _open(office, client)
    published = {"published_at": "2026-11-23T08:50+08:00", "copy": PROOF}
    key = {"Idempotency-Key": "s1"}
    first = client.post(f"{path}/publish", json=published, headers=key)
    assert (first.status_code, first.json()["state"]) == (200, "responded")
    assert client.post(f"{path}/publish", json=published, headers=key).content == first.content
    clock = _clocks(client, path)["incident.first_response"]
    assert (clock["status"], clock["met_at"]) == ("on_time", "2026-11-23T08:50:00+08:00")
    (statement,) = client.get(path).json()["replies"]
    assert (office.services.data_dir / "copies" / statement["copy_sha256"]).read_bytes() == b"%PDF-1.7 notice"


def test_a_press_conference_stops_its_own_clock_only(office: WebOffice) -> None:
    client = office.sender("xuanchuan")
    path = _open(office, client)
    client.post(f"{path}/grade", json={"level": "I", "reason": "涉及公共安全。"})
    held = {"published_at": "2026-11-23T08:50+08:00", "copy": PROOF}
    answer = client.post(f"{path}/press-conference", json=held)
    assert answer.status_code == 200, answer.text
    met = {rule for rule, clock in _clocks(client, path).items() if clock["met_at"]}
    assert met == {"incident.press_conference"}


def test_a_handler_publishes_nothing_and_makes_the_server_keep_nothing(office: WebOffice) -> None:
    desk = office.sender("xuanchuan")
    path = _open(office, desk)
    manager = office.sender("lingdao", Role.MANAGER)
    published = {"published_at": "2026-11-23T08:50+08:00", "copy": PROOF}
    assert manager.post(f"{path}/publish", json=published).status_code == 403
    handler = office.sender("chengban", Role.HANDLER, section="市政科")
    assert handler.post(f"{path}/publish", json=published).status_code == 404
    assert handler.get(path).status_code == 404
    assert handler.get(INCIDENTS).json()["items"] == []
    assert handler.post(f"{path}/preview-grade", json={"level": "I"}).status_code == 404
    assert not (office.services.data_dir / "copies").exists()


def test_a_dismissed_candidate_is_waited_for_no_more(office: WebOffice) -> None:
    client = office.sender("zhiban", Role.DUTY)
    path = _open(office, client)
    dismissed = client.post(f"{path}/dismiss", json={"reason": "旧闻重发。"})
    assert dismissed.json()["state"] == "dismissed"
    assert _clocks(client, path)["incident.first_response"]["state"] == "cancelled"


def test_incidents_are_filtered_by_day_and_grade_and_come_in_pages(office: WebOffice) -> None:
    client = office.sender("zhiban", Role.DUTY)
    for day in (20, 21, 22):
        seen = {"first_seen_at": f"2026-11-{day}T10:00+08:00"}
        client.post(INCIDENTS, json={"title": f"{day}日", "instants": seen})
    client.post(f"{INCIDENTS}/2/grade", json={"level": "IV", "reason": "影响小。"})

    def titles(query: str) -> list[str]:
        return [one["title"] for one in client.get(f"{INCIDENTS}?{query}").json()["items"]]

    assert titles("") == ["22日", "21日", "20日"]
    assert titles("from=2026-11-21&to=2026-11-21") == ["21日"]
    assert titles("candidates=true") == ["22日", "20日"]
    first = client.get(f"{INCIDENTS}?limit=2").json()
    rest = client.get(INCIDENTS, params={"limit": 2, "cursor": first["next"]}).json()
    assert [one["title"] for one in [*first["items"], *rest["items"]]] == ["22日", "21日", "20日"]
    assert rest["next"] is None


def test_an_incident_is_opened_by_the_desk_from_messages_that_are_there(office: WebOffice) -> None:
    client = office.sender("zhiban", Role.DUTY)
    for wrong in ([99], [0], [2**63]):
        answer = client.post(INCIDENTS, json={"title": "某事", "messages": wrong})
        assert (answer.status_code, answer.json()["field"]) == (422, "messages")
    untitled = client.post(INCIDENTS, json={"title": " "})
    assert (untitled.status_code, untitled.json()["field"]) == (422, "title")
    handler = office.sender("chengban", Role.HANDLER, section="市政科")
    assert handler.post(INCIDENTS, json={"title": "某事"}).status_code == 403
    assert client.get(INCIDENTS).json()["items"] == []


def test_a_case_of_another_kind_is_no_incident(office: WebOffice) -> None:
    office.receive(make_record("2026-11-20T09:00"))
    client = office.sender("zhiban", Role.DUTY)
    assert client.get(f"{INCIDENTS}/1").status_code == 404
