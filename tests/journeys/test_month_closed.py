"""A month is closed; one fact that happened before is told late, and restated with its reason."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from api.pages.figure_cells import label_of
from core.clock import FixedClock, parse_instant
from core.vocabulary import Role
from tests.journeys.living import LivingOffice, living

HEAD = "信件编号,信件标题,信件内容,来信时间,承办科室,答复内容,答复时间,答复单位\n"
ANSWERED = (
    "510001,路灯不亮,路灯坏了,2026-10-12 09:00:00,市政科,已修复，感谢反映。,2026-10-13 10:00:00,滨江局\n"
)
OPEN = "510002,井盖松动,东门,2026-10-13 09:00:00,市政科,,,\n"
LATE = "510002,井盖松动,东门,2026-10-13 09:00:00,市政科,井盖已更换并加固。,2026-10-15 15:00:00,滨江局\n"
OCTOBER = "/reports/response-times?from=2026-10-01&to=2026-10-31"


@pytest.fixture
def bureau(data_dir: Path) -> Iterator[LivingOffice]:
    """Monday 2 November, 09:00."""
    with living(data_dir, FixedClock(parse_instant("2026-11-02T09:00"))) as office:
        office.person("xuanchuan", "宣小新", Role.PRESS)
        office.person("juzhang", "局小长", Role.MANAGER)
        yield office


def figure(page: Page, name: str) -> str:
    """One figure of the report, as it stands in the page."""
    term = page.locator("dt", has_text=re.compile(f"^{label_of(name)}$"))
    place = page.locator(".headline > div, .figures > div").filter(has=term)
    return place.locator("dd").first.inner_text()


def test_a_closed_month_keeps_its_figures_and_a_late_fact_stands_beside_them(
    browser: Browser, bureau: LivingOffice, tmp_path: Path
) -> None:
    first, second = tmp_path / "十月.csv", tmp_path / "十月补.csv"
    first.write_text(HEAD + ANSWERED + OPEN, "utf-8")
    second.write_text(HEAD + ANSWERED + LATE, "utf-8")
    press, manager = bureau.signed_in(browser, "xuanchuan"), bureau.signed_in(browser, "juzhang")
    bureau.upload(press, first, "领导信箱导出表")

    # October is closed with one in time and one unanswered.
    manager.goto(f"{bureau.address}/reports/periods")
    manager.get_by_role("button", name="结账").click()
    expect(manager.locator("main")).to_contain_text("结账之后没有新的事实")
    manager.goto(bureau.address + OCTOBER)
    assert (figure(manager, "on_time"), figure(manager, "overdue")) == ("1", "1")

    # Three days later the export brings an answer that was given on 15 October.
    bureau.at("2026-11-05T10:00")
    press, manager = bureau.signed_in(browser, "xuanchuan"), bureau.signed_in(browser, "juzhang")
    bureau.upload(press, second, "领导信箱导出表")
    manager.goto(f"{bureau.address}/reports/periods")
    late = manager.locator("tr", has_text="井盖松动")
    expect(late).to_contain_text("超期未答")
    expect(late).to_contain_text("按时")
    manager.get_by_label("更正的理由").fill("热线平台补传答复")
    manager.get_by_role("button", name="作更正").click()
    expect(manager.locator("main")).to_contain_text("第 1 次更正，局小长：热线平台补传答复")
    expect(manager.locator("main")).to_contain_text("结账之后没有新的事实")

    # The closed figures stand; whoever asks for a later instant sees the present ones.
    manager.goto(bureau.address + OCTOBER)
    expect(manager.locator("main")).to_contain_text("结账后更正 1 次")
    assert (figure(manager, "on_time"), figure(manager, "overdue")) == ("1", "1")
    manager.goto(f"{bureau.address}{OCTOBER}&as_of=2026-11-05T10:00")
    assert (figure(manager, "on_time"), figure(manager, "overdue")) == ("2", "0")
