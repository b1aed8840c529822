"""A shift is handed over at 08:00: who is called before, what is handed on, who is called after."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core.clock import FixedClock, parse_instant, shanghai
from core.vocabulary import Role
from tests.journeys.living import LivingOffice, living


@pytest.fixture
def bureau(data_dir: Path) -> Iterator[LivingOffice]:
    """Monday, 07:00: two duty officers and a manager who plans."""
    with living(data_dir, FixedClock(parse_instant("2026-11-23T07:00"))) as office:
        office.person("yeban", "夜小班", Role.DUTY)
        office.person("baiban", "白小班", Role.DUTY)
        office.person("juzhang", "局小长", Role.MANAGER)
        yield office


def plan(page: Page, login: str, since: str, until: str) -> None:
    """Enter a turn."""
    page.locator("summary", has_text="排班").click()
    form = page.locator('form[action="/roster/turn"]')
    form.get_by_label("人员").select_option(login)
    form.get_by_label("从", exact=True).fill(since)
    form.get_by_label("到", exact=True).fill(until)
    form.get_by_role("button", name="排班").click()
    expect(page.get_by_role("status").first).to_be_visible()


def report(page: Page, office: LivingOffice, title: str) -> None:
    """Open a grave incident by hand."""
    page.goto(f"{office.address}/incidents/new")
    page.get_by_label("事件标题").fill(title)
    page.get_by_label("建议级别").select_option("II")
    page.get_by_label("首次发现时间").fill(f"{shanghai(office.clock.now()):%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="立项").click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    office.work()


def called(office: LivingOffice, title: str) -> set[str]:
    """Who of the two was written to about it."""
    told = " ".join(line for line in office.lines if title in line)
    return {login for login in ("yeban", "baiban") if login in told}


def test_the_night_shift_hands_its_open_clocks_to_the_day_shift(
    browser: Browser, bureau: LivingOffice
) -> None:
    manager = bureau.signed_in(browser, "juzhang")
    manager.goto(f"{bureau.address}/roster")
    manager.locator("summary", has_text="新增岗位").click()
    form = manager.locator('form[action="/roster/post"]')
    form.get_by_label("代号").fill("zhiban")
    form.get_by_label("名称").fill("总值班")
    form.get_by_label("接收哪一类通知").select_option("duty")
    form.get_by_role("button", name="新增").click()
    plan(manager, "yeban", "2026-11-22T20:00", "2026-11-23T08:00")
    plan(manager, "baiban", "2026-11-23T08:00", "2026-11-23T20:00")

    # At night only who is on duty is called.
    bureau.at("2026-11-23T07:40")
    report(manager, bureau, "柳河路水管爆裂")
    assert called(bureau, "柳河路水管爆裂") == {"yeban"}

    # Shortly before eight the open clock is handed on with a word, and the day shift signs for it.
    bureau.at("2026-11-23T07:55")
    night = bureau.signed_in(browser, "yeban", width=390, height=844)
    night.goto(f"{bureau.address}/roster")
    over = night.locator('form[action="/roster/handover"]')
    over.get_by_label("接班人").select_option("baiban")
    over.get_by_label("交接事项").fill("已通知供水公司，八点半回话。")
    expect(over).to_contain_text("随交接移交 1 个时限")
    over.get_by_role("button", name="交班").click()
    bureau.at("2026-11-23T08:00")
    bureau.work()
    day = bureau.signed_in(browser, "baiban", width=390, height=844)
    day.goto(f"{bureau.address}/roster")
    expect(day.locator(".said")).to_contain_text("已通知供水公司")
    day.get_by_role("button", name="接班签收").click()
    expect(day.locator(".said")).to_contain_text("11-23 08:00 接班签收")
    expect(day.locator(".week")).to_contain_text("现在 白小班")

    # From eight o'clock on the day shift is called, and nobody else.
    bureau.at("2026-11-23T08:05")
    report(manager, bureau, "东门天然气泄漏")
    assert called(bureau, "东门天然气泄漏") == {"baiban"}
