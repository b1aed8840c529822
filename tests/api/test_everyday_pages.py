"""Everyday: 不再告警, one answer to a group, the approved draft in the form, and the inbox of who assists."""

from __future__ import annotations

import pytest

from core.clock import parse_instant
from core.vocabulary import AlertKind, Role
from storage import alerts
from storage.database import Database
from storage.tables import drafts, duplicate_groups
from tests.api.forms import hidden
from tests.api.office import WebOffice
from tests.factories import ANSWER, make_record


@pytest.fixture
def open_office(office: WebOffice) -> WebOffice:
    """Three letters of 市政科 that say the same, and one of 水务科."""
    office.clock.move_to(parse_instant("2026-03-02T09:00"))
    office.receive(
        *(make_record("2026-03-02T08:00", section="市政科", title=f"路灯不亮{n}") for n in (1, 2, 3)),
        make_record("2026-03-02T08:00", section="水务科", title="水压低"),
    )
    _group(office.database, office.clock.now())
    return office


def _group(database: Database, now: object) -> None:
    """Put the first three messages into one group, as the analysis does."""
    with database.write() as connection:
        for number in (1, 2, 3):
            connection.execute(
                duplicate_groups.insert().values(
                    message_id=number, revision=1, group_id=1, similarity=0.97, grouped_at=now
                )
            )


def test_a_group_is_answered_with_a_record_for_each(open_office: WebOffice) -> None:
    browser = open_office.signed_in("wang", Role.HANDLER, section="市政科")
    assert "还有 2 件来文说的是同一件事" in browser.get("/cases/1").text
    page = browser.get("/cases/1/group").text
    assert page.count('name="cases"') == 3
    form = {**hidden(page), "cases": ["1", "3"], "text": ANSWER}
    told = browser.post("/cases/1/group", data=form).text
    assert "已答复 2 件" in told
    assert told.count('name="cases"') == 1
    assert ANSWER in browser.get("/cases/3").text
    assert "已答复" not in browser.get("/cases/2").text


def test_a_group_page_answers_no_letter_of_another_group(open_office: WebOffice) -> None:
    browser = open_office.signed_in("li", Role.PRESS)
    form = {**hidden(browser.get("/cases/1/group").text), "text": ANSWER}
    assert browser.post("/cases/1/group", data={**form, "cases": ["4"]}).status_code == 422
    empty = browser.post("/cases/1/group", data={**form, "cases": []})
    assert empty.status_code == 422
    assert ANSWER in empty.text
    assert "没有说同一件事" in browser.get("/cases/4/group").text


def test_a_refused_letter_is_named_and_the_others_are_answered(open_office: WebOffice) -> None:
    browser = open_office.signed_in("wang", Role.HANDLER, section="市政科")
    form = {**hidden(browser.get("/cases/1/group").text), "cases": ["1", "2"], "text": "您的来信已收悉。"}
    told = browser.post("/cases/1/group", data=form).text
    assert "只告知收悉" in told
    assert "已答复" not in told


def test_the_reply_form_holds_the_approved_draft(open_office: WebOffice) -> None:
    browser = open_office.signed_in("wang", Role.HANDLER, section="市政科")
    text = "路灯已经修好，感谢您的反映。"
    form = {**hidden(browser.get("/cases/1").text), "text": text}
    assert browser.post("/cases/1/draft", data=form).status_code == 303
    # This office asks for no review: what was drafted is approved at once.
    assert f">{text}</textarea>" in browser.get("/cases/1").text
    with open_office.database.write() as connection:
        connection.execute(drafts.update().values(state="in_review"))
    assert f">{text}</textarea>" not in browser.get("/cases/1").text


def test_a_section_that_assists_finds_the_case_in_its_inbox(open_office: WebOffice) -> None:
    desk = open_office.sender("li", Role.PRESS)
    assert desk.post("/api/v1/cases/4/add-section", json={"section": "市政科"}).status_code == 200
    page = open_office.signed_in("wang", Role.HANDLER, section="市政科").get("/inbox").text
    assert "协办" in page
    assert "水压低" in page.split("<h2>协办</h2>")[1]
    assert (
        "<h2>协办</h2>"
        not in open_office.signed_in("zhao", Role.HANDLER, section="水务科").get("/inbox").text
    )


def test_an_alert_is_muted_on_the_page_listed_and_lifted(open_office: WebOffice) -> None:
    now = open_office.clock.now()
    with open_office.database.write() as connection:
        alerts.raise_once(
            connection,
            kind=AlertKind.MESSAGE_RISK,
            case_id=4,
            title="外省某县化工厂",
            reasons=["提到有人受伤。"],
            dedupe_key="risk/4",
            now=now,
        )
    browser = open_office.signed_in("li", Role.PRESS)
    form = {**hidden(browser.get("/alerts").text), "kind": "words", "why": "not_ours"}
    refused = browser.post("/alerts/1/mute", data={**form, "value": "县", "reason": "不在本市"})
    assert refused.status_code == 422
    assert (
        browser.post("/alerts/1/mute", data={**form, "value": "外省某县", "reason": "不在本市"}).status_code
        == 303
    )
    page = browser.get("/alerts").text
    assert "没有待查看的告警" in page
    assert "含这些词的“外省某县”" in page
    sender = open_office.sender("sun", Role.DUTY)
    (listed,) = sender.get("/api/v1/mutes").json()["items"]
    assert (listed["value"], listed["why"]) == ("外省某县", "not_ours")
    assert sender.post(f"/api/v1/mutes/{listed['mute']}/lift").status_code == 200
    assert sender.get("/api/v1/mutes").json()["items"] == []
