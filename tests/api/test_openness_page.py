"""公开年报: its figures open their rows, and nonsense is told."""

from __future__ import annotations

from html import unescape

import pytest

from core.vocabulary import Channel, Role
from tests.api.office import WebOffice
from tests.factories import make_record


def test_a_figure_opens_its_rows_and_the_year_goes_out_as_a_workbook(office: WebOffice) -> None:
    office.receive(make_record("2026-11-20T09:00", channel=Channel.FOI, title="申请公开预算<b>"))
    browser = office.signed_in("duban")
    page = unescape(browser.get("/reports/openness").text)
    assert "两者相等" in page
    assert "第五十条" in page
    assert "申请公开预算" not in page
    assert 'href="/reports/openness?year=2026&figure=carried_on#rows"' in page
    rows = browser.get("/reports/openness?year=2026&figure=carried_on").text
    assert '<a href="/cases/1">申请公开预算&lt;b&gt;</a>' in rows
    assert "没有记录" in browser.get("/reports/openness?year=2026&figure=results").text
    assert browser.get("/reports/openness/export.xlsx?year=2026").content[:2] == b"PK"


@pytest.mark.parametrize("given", ["year=去年", "year=2099", "year=2026&figure=none"])
def test_nonsense_is_told(office: WebOffice, given: str) -> None:
    answer = office.signed_in("duban").get(f"/reports/openness?{given}")
    assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)


def test_an_empty_year_says_so_and_a_handler_does_not_see_it(office: WebOffice) -> None:
    assert "没有政府信息公开申请" in office.signed_in("duban").get("/reports/openness").text
    handler = office.signed_in("wang", Role.HANDLER, section="市政科")
    assert handler.get("/reports/openness").status_code == 403
