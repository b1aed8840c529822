"""检索: found, marked, counted, narrowed down, taken away."""

from __future__ import annotations

import io
from urllib.parse import urlencode

import pytest
from openpyxl import load_workbook

from core.vocabulary import Channel, Role
from tests.api.office import WebOffice
from tests.factories import make_record


@pytest.fixture
def full(office: WebOffice) -> WebOffice:
    """Four messages of three days, in the index."""
    office.receive(
        make_record("2026-11-01T09:00", title="小区<停水>三天", body="=1+1 没人管", section="水务科"),
        make_record("2026-11-01T23:59", title="公司停水", body="一直停水。", section="水务科"),
        make_record("2026-11-03T00:00", title="停水了", body="很久。", channel=Channel.WEIBO),
        make_record("2026-11-20T09:00", title="路灯不亮", body="坏了。", section="市政科"),
    )
    office.index()
    return office


def _see(office: WebOffice, query: dict[str, str], login: str = "duban", role: Role = Role.MANAGER) -> str:
    browser = office.signed_in(login, role, section="市政科" if role is Role.HANDLER else "")
    answer = browser.get(f"/search?{urlencode(query)}")
    assert answer.status_code == 200
    return answer.text


def test_hits_are_marked_and_hostile_text_stays_text(full: WebOffice) -> None:
    shown = _see(full, {"q": "停水"})
    assert "找到 3 件" in shown
    assert "小区&lt;<mark>停水</mark>&gt;三天" in shown
    assert "路灯不亮" not in shown


def test_the_trend_has_a_bar_for_each_day_that_leads_to_it(full: WebOffice) -> None:
    shown = _see(full, {"q": "停水"})
    assert "2026-11-01 至 2026-11-03 共 3 件，按日统计，最多 2 件" in shown
    assert "2026-11-01：2 件" in shown
    assert "/search?q=%E5%81%9C%E6%B0%B4&amp;from=2026-11-01&amp;to=2026-11-01" in shown


def test_a_facet_narrows_down_and_can_be_taken_back(full: WebOffice) -> None:
    assert 'href="/search?q=%E5%81%9C%E6%B0%B4&amp;channel=weibo"' in _see(full, {"q": "停水"})
    shown = _see(full, {"q": "停水", "channel": "weibo"}, "ligang")
    assert "找到 1 件" in shown
    assert 'href="/search?q=%E5%81%9C%E6%B0%B4" aria-current="true"' in shown
    assert full.browser().get("/search").status_code == 303  # nobody has signed in there


def test_without_words_everything_is_listed_and_days_confine_it(full: WebOffice) -> None:
    assert "找到 4 件" in _see(full, {})
    assert "找到 3 件" in _see(full, {"from": "2026-11-01", "to": "2026-11-03"}, "ligang")


def test_a_handler_finds_only_the_own_section(full: WebOffice) -> None:
    shown = _see(full, {}, "li", Role.HANDLER)
    assert "找到 1 件" in shown
    assert "路灯不亮" in shown


def test_pages_lead_on(full: WebOffice) -> None:
    full.receive(*(make_record("2026-11-05T09:00", title=f"噪声{n}") for n in range(25)))
    full.index()
    client = full.signed_in("duban")
    first = client.get("/search?q=噪声").text
    link = first.split('class="button button--plain" href="')[1].split('"')[0].replace("&amp;", "&")
    rest = client.get(link).text
    assert (first.count("<li>\n          <h3>"), rest.count("<li>\n          <h3>")) == (20, 5)


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        ("q=，", 422, "没有可以查找的文字"),
        ("from=昨天", 422, "日期"),
        ("order=x", 422, "没有这种排序"),
        ("cursor=x", 422, "翻页位置看不懂"),
        ("q=火星", 200, "没有找到"),
    ],
)
def test_what_cannot_be_found_says_what_to_do(full: WebOffice, query: str, status: int, says: str) -> None:
    answer = full.signed_in("duban").get(f"/search?{query}")
    assert (answer.status_code, says in answer.text) == (status, True)


def test_an_index_that_is_behind_or_missing_is_said(full: WebOffice) -> None:
    full.receive(make_record("2026-11-20T09:00", title="刚来的"))
    assert "索引还有 1 件待更新，最近一次完全同步是 2026-11-23 09:00" in _see(full, {"q": "停水"})


def test_no_index_is_an_error_that_says_what_to_do(office: WebOffice) -> None:
    answer = office.signed_in("duban").get("/search?q=停水")
    assert (answer.status_code, "huiying index rebuild" in answer.text) == (503, True)


def test_what_was_found_is_taken_away_and_no_formula_runs(full: WebOffice) -> None:
    answer = full.signed_in("duban").get("/search/export.xlsx?q=停水")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "检索词：停水；共 3 件，列出 3 件；2026-11-23 09:00"
    assert [row[6] for row in rows[2:]] == ["停水了", "公司停水", "小区<停水>三天"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}
