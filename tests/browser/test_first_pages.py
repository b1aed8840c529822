"""The way of a manager through the first pages, in a real browser, with and without a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from alerts.casework import Law
from core.clock import FixedClock
from storage.database import Database
from tests.api.office import WebOffice
from tests.browser.serving import served, sign_in
from tests.factories import make_record, make_reply


@pytest.fixture
def site(sqlite_database: Database, data_dir: Path, law: Law, clock: FixedClock) -> Iterator[str]:
    """The address of a real server over a small office."""
    office = WebOffice(sqlite_database, law, clock, data_dir)
    office.person("duban")
    office.receive(
        make_record("2026-11-10T09:00", title="电梯坏了", section="特设科"),
        make_record("2026-11-16T09:00", title="牛奶过期", section="食品科"),
        make_record("2026-11-11T09:00", section="食品科", replies=(make_reply(at="2026-11-12T10:00"),)),
    )
    with served(office) as address:
        yield address


def test_a_manager_goes_from_the_desk_to_a_reason_and_from_a_figure_to_its_rows(
    page: Page, site: str
) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    sign_in(page, site, "duban")
    expect(page.locator("tr.is-overdue")).to_contain_text("电梯坏了")

    page.get_by_role("link", name="牛奶过期").click()
    expect(page.get_by_role("heading", name="牛奶过期")).to_be_visible()
    page.get_by_text("依据").first.click()
    page.get_by_role("link", name="逐日计算").click()
    expect(page.locator("ol.days > li").last).to_contain_text("第5日")

    page.get_by_role("link", name="时效报告").click()
    overdue = page.locator(".headline > div").nth(1)
    expect(overdue.get_by_role("term")).to_have_text("超期未答")
    expect(overdue.get_by_role("link")).to_have_text("1")
    overdue.get_by_role("link").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("电梯坏了")
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_scrolls_sideways_on_a_phone(page: Page, site: str, scheme: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    sign_in(page, site, "duban")
    for address in ("/desk", "/deadlines/1", "/reports/response-times?by=section", "/rules", "/account"):
        page.goto(site + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address


def test_the_desk_works_by_keyboard_from_the_skip_link_on(page: Page, site: str) -> None:
    sign_in(page, site, "duban")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk#main")
    page.keyboard.press("Tab")
    expect(page.locator(".tab").first).to_be_focused()


def test_a_countdown_goes_on_without_the_computers_clock(page: Page, site: str) -> None:
    page.clock.install()
    sign_in(page, site, "duban")
    left = page.locator("tr.is-due_soon time")
    expect(left).to_have_text("还剩 15小时")
    page.clock.run_for(61_000)
    expect(left).to_have_text("还剩 14小时58分")
