"""时效报告 on the web: every figure opens the rows it was counted from."""

from __future__ import annotations

import html
import io
import re

import openpyxl
import pytest
from fastapi.testclient import TestClient

from core.vocabulary import Precision, Role
from tests.api.office import WebOffice
from tests.factories import HOLDING, make_record, make_reply

PERIOD = "from=2026-11-01&to=2026-11-30"
REPORT = "/reports/response-times"


@pytest.fixture
def filled(office: WebOffice) -> WebOffice:
    office.receive(
        make_record("2026-11-02T09:00", section="食品科", replies=(make_reply(at="2026-11-03T09:00"),)),
        make_record("2026-11-02T09:00", section="食品科", replies=(make_reply(at="2026-11-12T09:00"),)),
        make_record("2026-11-03T09:00", section="食品科", replies=(make_reply(HOLDING, "2026-11-04T09:00"),)),
        make_record("2026-11-04T09:00", section="特设科"),
        make_record("2026-11-20T09:00", section=""),
    )
    return office


def figure_links(page: str) -> dict[str, tuple[str, str]]:
    """Name of each linked figure of the whole report → (text, address)."""
    cells = re.findall(r'<dt>([^<]+)</dt>\s*<dd>\s*<a href="([^"]+)">([^<]+)</a>', page)
    return {name: (text, html.unescape(href)) for name, href, text in cells}


def rows_behind(browser: TestClient, address: str) -> int:
    return len(re.findall(r'href="/deadlines/', browser.get(address).text))


def test_r02_every_count_opens_exactly_its_rows(filled: WebOffice) -> None:
    browser = filled.signed_in("duban")
    links = figure_links(browser.get(f"{REPORT}?{PERIOD}").text)
    counts = {name: text for name, (text, _) in links.items() if text.isdigit()}
    assert counts.items() >= {"收到": "5", "按时答复": "1", "逾期答复": "1", "超期未答": "2"}.items()
    assert counts.items() >= {"未到期": "1", "已答复": "2", "仅告知收悉": "1", "尚未答复": "3"}.items()
    names = ("收到", "按时答复", "逾期答复", "超期未答", "未到期", "已答复", "仅告知收悉", "尚未答复")
    for name in names:
        assert rows_behind(browser, links[name][1]) == int(counts[name]), name


def test_the_rate_says_what_was_divided_by_what(filled: WebOffice) -> None:
    page = filled.signed_in("duban").get(f"{REPORT}?{PERIOD}").text
    links = figure_links(page)
    assert links["按时率"][0] == "25.0%"
    assert rows_behind(filled.signed_in("er-hao"), links["按时率"][1]) == 4
    assert "按时 1 ÷" in page


def test_a_group_opens_its_own_rows_also_the_group_of_nobody(filled: WebOffice) -> None:
    browser = filled.signed_in("duban")
    page = browser.get(f"{REPORT}?{PERIOD}&by=section").text
    table = page[page.index("<tbody>") :]
    lines = re.findall(r'<th scope="row">([^<]+)</th>\s*<td class="num"><a href="([^"]+)">(\d+)</a>', table)
    assert [(name, count) for name, _, count in lines] == [
        ("未分办", "1"),
        ("特设科", "1"),
        ("食品科", "3"),
        ("合计", "5"),
    ]
    for name, href, count in lines:
        assert rows_behind(browser, html.unescape(href)) == int(count), name


def test_the_rows_stay_those_of_the_report_when_somebody_answers_meanwhile(filled: WebOffice) -> None:
    browser = filled.signed_in("duban")
    links = figure_links(browser.get(f"{REPORT}?{PERIOD}").text)
    filled.clock.advance(days=10)
    browser = filled.signed_in("er-hao")
    assert rows_behind(browser, links["未到期"][1]) == 1
    assert "未到期" not in figure_links(browser.get(f"{REPORT}?{PERIOD}").text)


def test_the_workbook_holds_the_same_figures(filled: WebOffice) -> None:
    answer = filled.signed_in("duban").get(f"/api/v1{REPORT}/export.xlsx?{PERIOD}&by=section")
    assert "filename*=UTF-8''" in answer.headers["content-disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book["时效报告"].cell(9, 1).value == "合计"
    assert book["时效报告"].cell(9, 2).value == 5
    assert book["明细"].max_row == 6
    book.close()


def test_the_json_report_and_its_rows_agree(filled: WebOffice) -> None:
    browser = filled.signed_in("duban")
    report = browser.get(f"/api/v1{REPORT}?{PERIOD}&by=section").json()
    rows = browser.get(f"/api/v1{REPORT}/rows?{PERIOD}").json()
    assert report["from"] == "2026-11-01"
    assert report["as_of"] == "2026-11-23T09:00:00+08:00"
    assert report["total"] == rows["total"]
    assert [row["state"] for row in rows["rows"]].count("overdue") == report["total"]["overdue"] == 2
    late = browser.get(f"/api/v1{REPORT}/rows?{PERIOD}&figure=late").json()
    assert [row["state"] for row in late["rows"]] == ["late"]


def test_a_handler_gets_the_figures_of_the_own_section_alone(filled: WebOffice) -> None:
    browser = filled.signed_in("shipin", Role.HANDLER, section="食品科")
    for query in (PERIOD, f"{PERIOD}&by=channel", f"{PERIOD}&by=month", f"{PERIOD}&by=section"):
        report = browser.get(f"/api/v1{REPORT}?{query}").json()
        assert report["total"]["received"] == 3
        assert sum(group["received"] for group in report["groups"]) == (3 if "by=" in query else 0)
        rows = browser.get(f"/api/v1{REPORT}/rows?{query}").json()["rows"]
        assert [row["section"] for row in rows] == ["食品科"] * 3


def test_a_handler_cannot_open_the_group_of_another_section(filled: WebOffice) -> None:
    browser = filled.signed_in("shipin", Role.HANDLER, section="食品科")
    report = browser.get(f"/api/v1{REPORT}?{PERIOD}&by=section&group=%E7%89%B9%E8%AE%BE%E7%A7%91").json()
    assert report["total"]["received"] == 0


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2026-13-01&to=2026-12-01", "from"),
        ("from=2026-12-01&to=2026-11-01", "to"),
        ("from=0001-01-01&to=2026-11-01", "from"),
        (f"{PERIOD}&as_of=yesterday", "as_of"),
        (f"{PERIOD}&rule=no.such", "rule"),
        (f"{PERIOD}&group=x", "by"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(office: WebOffice, query: str, field: str) -> None:
    browser = office.signed_in("duban")
    answer = browser.get(f"/api/v1{REPORT}?{query}")
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_a_wrong_day_comes_back_in_the_form(office: WebOffice) -> None:
    answer = office.signed_in("duban").get(f"{REPORT}?from=2026-12-01&to=2026-11-01")
    assert answer.status_code == 422
    assert 'value="2026-12-01"' in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_without_a_period_the_report_is_this_months(office: WebOffice) -> None:
    page = office.signed_in("duban").get(REPORT).text
    assert 'name="from" type="date" value="2026-11-01"' in page
    assert 'name="to" type="date" value="2026-11-23"' in page


def test_a_figure_that_does_not_exist_is_refused(office: WebOffice) -> None:
    browser = office.signed_in("duban")
    assert browser.get(f"{REPORT}/rows?{PERIOD}&figure=best").status_code == 422
    assert browser.get(f"/api/v1{REPORT}/rows?{PERIOD}&figure=best").status_code == 422


def test_an_answer_of_which_only_the_day_is_known_shows_no_time_of_day(office: WebOffice) -> None:
    reply = make_reply(at="2026-11-13T00:00")._replace(precision=Precision.DAY)
    office.receive(make_record("2026-11-11T09:00", replies=(reply,)))
    page = office.signed_in("duban").get(f"{REPORT}/rows?{PERIOD}&figure=on_time").text
    assert "只有日期" in page
    assert "2026-11-13 00:00" not in page
