"""Alerts by program: listed with their reasons, seen once, or dismissed."""

from __future__ import annotations

from core.vocabulary import AlertKind, Role
from storage import alerts
from tests.api.office import WebOffice
from tests.factories import make_record

ALERTS = "/api/v1/alerts"


def _raise(office: WebOffice, title: str, case_id: int | None = None) -> int:
    with office.database.write() as connection:
        raised = alerts.raise_once(
            connection,
            kind=AlertKind.MESSAGE_RISK,
            case_id=case_id,
            title=title,
            reasons=["提到人身安全。"],
            dedupe_key=title,
            now=office.clock.now(),
        )
    assert raised is not None
    return raised


def test_alerts_come_page_by_page_the_newest_first_with_their_reasons(office: WebOffice) -> None:
    for title in ("甲", "乙", "丙"):
        _raise(office, title)
        office.clock.advance(minutes=1)
    client = office.signed_in("duban")
    first = client.get(f"{ALERTS}?limit=2").json()
    rest = client.get(ALERTS, params={"limit": 2, "cursor": first["next"]}).json()
    assert [one["title"] for one in [*first["items"], *rest["items"]]] == ["丙", "乙", "甲"]
    assert (first["items"][0]["reasons"], rest["next"]) == (["提到人身安全。"], None)


def test_the_second_to_look_is_told_who_was_first(office: WebOffice) -> None:
    path = f"{ALERTS}/{_raise(office, '甲')}"
    first = office.sender("zhiban", Role.DUTY).post(f"{path}/acknowledge").json()
    office.clock.advance(minutes=5)
    later = office.sender("lingdao", Role.MANAGER)
    second = later.post(f"{path}/acknowledge").json()
    assert (first["first"], second["first"]) == (True, False)
    assert first["acknowledged_at"] == second["acknowledged_at"] == "2026-11-23T09:00:00+08:00"
    taken = later.post(f"{path}/dismiss", json={"reason": "旧闻。"})
    assert (taken.status_code, taken.json()["code"]) == (409, "alert.settled")
    assert "张三" in taken.json()["detail"]


def test_an_alert_is_dismissed_with_a_reason(office: WebOffice) -> None:
    path = f"{ALERTS}/{_raise(office, '甲')}"
    client = office.sender("zhiban", Role.DUTY)
    assert client.post(f"{path}/dismiss", json={"reason": " "}).status_code == 422
    assert client.post(f"{path}/dismiss", json={"reason": "旧闻。"}).json()["state"] == "dismissed"
    assert client.get(f"{ALERTS}?state=open").json()["items"] == []
    (settled,) = client.get(f"{ALERTS}?state=dismissed").json()["items"]
    assert (settled["settled_by"], settled["settled_reason"]) == ("张三", "旧闻。")


def test_a_handler_sees_alerts_of_the_own_section_and_settles_none(office: WebOffice) -> None:
    office.receive(make_record("2026-11-20T09:00", section="市政科"))
    own, _other = _raise(office, "甲", 1), _raise(office, "乙")
    client = office.sender("chengban", Role.HANDLER, section="市政科")
    assert [one["alert"] for one in client.get(ALERTS).json()["items"]] == [own]
    assert client.post(f"{ALERTS}/{own}/acknowledge").status_code == 403


def test_an_alert_that_is_not_there_is_a_problem(office: WebOffice) -> None:
    answer = office.sender("zhiban", Role.DUTY).post(f"{ALERTS}/99/acknowledge")
    assert (answer.status_code, answer.json()["code"]) == (404, "alert.not_found")
