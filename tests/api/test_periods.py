"""结账 on the web: a month closed on a page, one late fact restated, a figure that proves itself."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from core.clock import parse_instant
from core.vocabulary import Role, Scope
from reports.closing.proof import verified
from tests.api.office import WebOffice
from tests.factories import make_record, make_reply

PERIODS = "/api/v1/reports/periods"
OCTOBER = {"from": "2026-10-01", "to": "2026-10-31"}
REPORT = "/reports/response-times?from=2026-10-01&to=2026-10-31"


@pytest.fixture
def october(office: WebOffice) -> WebOffice:
    """Two letters of October, one answered in time; it is the second of November."""
    office.clock.move_to(parse_instant("2026-11-02T09:00"))
    office.receive(
        make_record("2026-10-12T09:00", section="食品科", replies=(make_reply(at="2026-10-13T09:00"),)),
        make_record("2026-10-14T09:00", section="特设科"),
    )
    return office


def late_fact(office: WebOffice) -> None:
    office.clock.advance(hours=1)
    office.receive(
        make_record("2026-10-15T09:00", title="井盖", replies=(make_reply(at="2026-10-16T09:00"),))
    )


def sent(browser: TestClient, path: str, **fields: str) -> Any:
    csrf = re.search(r'name="csrf" value="([^"]+)"', browser.get("/reports/periods").text)
    assert csrf
    return browser.post(path, data={"csrf": csrf[1], **fields})


def test_a_month_is_closed_and_one_late_fact_restated_on_the_page(october: WebOffice) -> None:
    leader = october.signed_in("juzhang", Role.MANAGER)
    empty = leader.get("/reports/periods").text
    assert "还没有结账的期间" in empty
    assert 'value="2026-10-01"' in empty
    assert sent(leader, "/reports/periods", **OCTOBER).status_code == 303
    assert "结账之后没有新的事实" in leader.get("/reports/periods").text

    late_fact(october)
    page = leader.get("/reports/periods").text
    assert "井盖" in page
    assert "没有计入" in page
    assert ">2<" in re.sub(r"\s", "", leader.get(REPORT).text)
    assert sent(leader, "/reports/periods/1/restate", reason="").status_code == 422
    assert sent(leader, "/reports/periods/1/restate", reason="十一月补录").status_code == 303
    page = leader.get("/reports/periods").text
    assert "十一月补录" in page
    assert "更正后收到 3 件" in page
    assert "数字不再变动；结账后更正 1 次" in leader.get(REPORT).text


def test_the_rows_of_a_closed_report_are_those_of_the_close(october: WebOffice) -> None:
    leader = october.signed_in("juzhang", Role.MANAGER)
    sent(leader, "/reports/periods", **OCTOBER)
    late_fact(october)
    links = re.findall(
        r'href="(/reports/response-times/rows[^"]+figure=received[^"]*)"', leader.get(REPORT).text
    )
    rows = leader.get(links[0].replace("&amp;", "&")).text
    assert "共 2 件" in rows


@pytest.mark.parametrize(
    ("days", "why"),
    [
        ({"from": "2026-11-01", "to": "2026-11-30"}, "还没有结束"),
        ({"from": "2026-10-31", "to": "2026-10-01"}, "早于"),
        ({"from": "", "to": "2026-10-31"}, "日期"),
        ({**OCTOBER, "rule": "没有"}, "没有名为"),
    ],
)
def test_what_cannot_be_closed_is_said(october: WebOffice, days: dict[str, str], why: str) -> None:
    leader = october.signed_in("juzhang", Role.MANAGER)
    answer = sent(leader, "/reports/periods", **days)
    assert answer.status_code == 422
    assert why in answer.text


def test_press_reads_and_does_not_close_and_a_handler_sees_nothing(october: WebOffice) -> None:
    press = october.signed_in("xuanchuan", Role.PRESS)
    assert press.get("/reports/periods").status_code == 200
    assert sent_by_hand(press, "/reports/periods", **OCTOBER).status_code == 403
    handler = october.signed_in("shipin", Role.HANDLER, section="食品科")
    assert handler.get("/reports/periods").status_code == 403
    assert handler.get(PERIODS).status_code == 403


def sent_by_hand(browser: TestClient, path: str, **fields: str) -> Any:
    """With the token of another page, as somebody would who makes up a form."""
    csrf = re.search(r'name="csrf" value="([^"]+)"', browser.get("/account").text)
    assert csrf
    return browser.post(path, data={"csrf": csrf[1], **fields})


def test_a_program_of_a_person_closes_restates_and_lists(october: WebOffice) -> None:
    leader = october.sender("juzhang", Role.MANAGER)
    answer = leader.post(PERIODS, json=OCTOBER)
    assert (answer.status_code, answer.json()["closed"]["period"]) == (201, 1)
    assert leader.post(PERIODS, json=OCTOBER).status_code == 409
    late_fact(october)
    assert len(leader.get(f"{PERIODS}/1/changes").json()["changes"]) == 1
    assert leader.post(f"{PERIODS}/1/restate", json={"reason": "补录"}).json() == {"period": 1, "number": 1}
    (period,) = leader.get(PERIODS).json()["periods"]
    assert (period["total"]["received"], period["restatements"][0]["total"]["received"]) == (2, 3)


def test_a_report_proves_itself(october: WebOffice) -> None:
    reading = october.token(Scope.READ)
    address = "/api/v1/reports/response-times/proof.json"
    file = october.browser().get(address, params=OCTOBER, headers=reading).json()
    assert verified(file).rows == 2
    assert file["office"] == "滨江局"
