"""值班台: what is owed, next due first, and for a handler only their own."""

from __future__ import annotations

import re

import pytest

from core.clock import parse_instant
from core.vocabulary import Channel, Role
from tests.api.office import WebOffice
from tests.factories import make_record, make_reply

OVERDUE = make_record("2026-11-10T09:00", title="电梯坏了", section="特设科")
SOON = make_record("2026-11-16T09:00", title="牛奶过期", section="食品科")
LATER = make_record("2026-11-20T09:00", title="停车收费", section="价监科", channel=Channel.HOTLINE_12345)
ANSWERED = make_record(
    "2026-11-11T09:00", title="注册窗口", section="食品科", replies=(make_reply(at="2026-11-12T10:00"),)
)
HISTORY = make_record("2025-03-03T09:00", title="旧事一件", section="食品科")


@pytest.fixture
def filled(office: WebOffice) -> WebOffice:
    office.receive(LATER, SOON, OVERDUE, ANSWERED, HISTORY)
    return office


def titles(page: str) -> list[str]:
    return re.findall(r'href="/cases/\d+">([^<]+)<', page)


def test_the_desk_lists_open_clocks_by_next_due_and_history_apart(filled: WebOffice) -> None:
    page = filled.signed_in("duban").get("/desk").text
    assert titles(page) == ["电梯坏了", "牛奶过期", "停车收费", "旧事一件"]
    assert page.index("停车收费") < page.index("历史未办 1") < page.index("旧事一件")


def test_each_clock_says_how_long_is_left_or_overdue(filled: WebOffice) -> None:
    page = filled.signed_in("duban").get("/desk").text
    rows = re.findall(r'<tr class="is-(\w+)"[^>]*>\s*<td>\s*<time[^>]*>([^<]+)</time>', page)
    assert rows == [
        ("overdue", "超期 5天9小时"),
        ("due_soon", "还剩 15小时"),
        ("later", "还剩 4天15小时"),
        ("overdue", f"超期 {_days_since_history()}天9小时"),
    ]


def _days_since_history() -> int:
    """The 2025 message fell due on Monday 10 March 2025 at 24:00."""
    return (parse_instant("2026-11-23T00:00") - parse_instant("2025-03-11T00:00")).days


def test_a_due_midnight_is_written_as_the_end_of_its_day(filled: WebOffice) -> None:
    page = filled.signed_in("duban").get("/desk").text
    assert "2026-11-17 周二 24:00" in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("state=overdue", ["电梯坏了"]),
        ("state=due_soon", ["牛奶过期"]),
        ("state=later", ["停车收费"]),
        ("channel=hotline_12345", ["停车收费"]),
        ("section=%E9%A3%9F%E5%93%81%E7%A7%91", ["牛奶过期"]),
        ("provisional=1", []),
        ("history=1", ["旧事一件"]),
    ],
)
def test_a_filter_stands_in_the_address(filled: WebOffice, query: str, expected: list[str]) -> None:
    page = filled.signed_in("duban").get(f"/desk?{query}").text
    assert titles(page.split('class="fold"')[0]) == expected


def test_a_clock_that_rests_on_an_unpublished_calendar_is_marked(office: WebOffice) -> None:
    office.clock.move_to(parse_instant("2026-12-30T09:00"))
    office.receive(make_record("2026-12-30T08:00", title="跨年的事"))
    page = office.signed_in("duban").get("/desk?provisional=1").text
    assert titles(page) == ["跨年的事"]
    assert 'class="tag is-provisional"' in page


def test_a_handler_sees_only_the_own_section_whatever_the_address_says(filled: WebOffice) -> None:
    browser = filled.signed_in("shipin", Role.HANDLER, section="食品科")
    for address in ("/desk", "/desk?section=%E7%89%B9%E8%AE%BE%E7%A7%91"):
        assert titles(browser.get(address).text) == ["牛奶过期", "旧事一件"]


def test_an_empty_desk_says_so(office: WebOffice) -> None:
    assert "现在没有待答复的来文" in office.signed_in("duban").get("/desk").text


def test_citizens_words_are_text_and_never_markup(office: WebOffice) -> None:
    office.receive(make_record("2026-11-20T09:00", title="<script>alert(1)</script>"))
    page = office.signed_in("duban").get("/desk").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_pages_turn_without_losing_or_repeating_a_clock(office: WebOffice) -> None:
    office.receive(*(make_record("2026-11-20T09:00", title=f"第{n:03}件") for n in range(205)))
    browser = office.signed_in("duban")
    seen, address = [], "/desk"
    for _ in range(3):
        page = browser.get(address).text
        seen += titles(page)
        following = re.search(r'href="([^"]+cursor[^"]+)"', page)
        address = following[1].replace("&amp;", "&") if following else ""
    assert seen == [f"第{n:03}件" for n in range(205)]
    assert address == ""


def test_a_state_that_does_not_exist_is_named(office: WebOffice) -> None:
    assert office.signed_in("duban").get("/desk?state=blue").status_code == 422


def test_the_reason_of_a_clock_shows_its_clause_and_every_day(filled: WebOffice) -> None:
    browser = filled.signed_in("duban")
    link = re.search(r'href="(/deadlines/\d+)"[^>]*>2026-11-23 周一 24:00', browser.get("/desk").text)
    assert link is not None
    page = browser.get(link[1]).text
    assert "要在5个工作日内作出首次回复" in page
    days = re.findall(r'day__date">([^<]+)</span>\s*([^<\n]+)', page)
    days = [(day, words.strip()) for day, words in days]
    assert days[0] == ("11月16日", "当日不计")
    assert days[-1] == ("23", "第5日")
    assert ("21", "周末") in days


def test_a_clock_of_another_section_is_not_there_for_a_handler(filled: WebOffice) -> None:
    page = filled.signed_in("duban").get("/desk").text
    link = re.search(r'href="(/deadlines/\d+)"[^>]*>[^<]+</a></td>\s*<td[^>]*><a[^>]*>电梯坏了', page)
    assert link is not None
    handler = filled.signed_in("shipin", Role.HANDLER, section="食品科")
    assert handler.get(link[1]).status_code == 404
    assert handler.get(f"/api/v1{link[1]}").status_code == 404
    own = filled.signed_in("teshe", Role.HANDLER, section="特设科")
    assert own.get(link[1]).status_code == 200
