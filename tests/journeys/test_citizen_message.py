"""A citizen's message, from its import to the reply on the fifth working day, across the October holiday."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from core.clock import FixedClock, parse_instant
from core.vocabulary import Role
from tests.factories import HOLDING
from tests.journeys.living import LivingOffice, living

LETTER = """信件编号,信件标题,信件内容,来信时间,承办科室,写信人,联系电话
510001,电动车棚没有充电桩,车棚说要装充电桩，到现在没有。,2026-09-29 09:00:00,市政科,王某,13800138000
"""


@pytest.fixture
def bureau(data_dir: Path) -> Iterator[LivingOffice]:
    """Tuesday before the holiday, 10:00."""
    with living(data_dir, FixedClock(parse_instant("2026-09-29T10:00"))) as office:
        office.person("xuanchuan", "宣小新", Role.PRESS)
        office.person("shizheng", "承小办", Role.HANDLER, "市政科")
        office.person("juzhang", "局小长", Role.MANAGER)
        yield office


def test_a_message_is_answered_on_the_fifth_working_day(
    browser: Browser, bureau: LivingOffice, tmp_path: Path
) -> None:
    path = tmp_path / "信箱.csv"
    path.write_text(LETTER, "utf-8")
    bureau.upload(bureau.signed_in(browser, "xuanchuan"), path, "领导信箱导出表")
    bureau.work()

    # The section finds it in its inbox, and why it is due on 12 October.
    handler = bureau.signed_in(browser, "shizheng")
    handler.get_by_role("link", name="收件箱").click()
    row = handler.locator("tr", has_text="电动车棚没有充电桩").first
    expect(row).to_contain_text("2026-10-12 周一 24:00")
    row.get_by_title("为什么是这个时刻").click()
    days = handler.locator("ol.days > li")
    expect(days.last).to_contain_text("第5日")
    expect(days.filter(has_text="国庆节").first).to_be_visible()
    expect(days.filter(has_text="第4日")).to_contain_text("调休上班")

    # After the holiday: received is no answer, and the clock runs on.
    bureau.at("2026-10-08T09:30")
    handler = bureau.signed_in(browser, "shizheng")
    handler.goto(f"{bureau.address}/cases/1")
    handler.locator("#act-holding_reply summary").click()
    holding = handler.locator("#act-holding_reply")
    holding.get_by_label("告知内容").fill(HOLDING)
    holding.get_by_role("button", name="告知收悉").click()
    expect(handler.locator(".face").first).to_contain_text("还剩")
    bureau.at("2026-10-12T09:00")
    bureau.work()
    assert [line for line in bureau.lines if "shizheng" in line or "承小办" in line]

    # On the fifth working day it is answered: in time.
    bureau.at("2026-10-12T16:00")
    handler = bureau.signed_in(browser, "shizheng")
    handler.goto(f"{bureau.address}/cases/1")
    reply = handler.locator("#act-reply")
    reply.get_by_label("答复内容").fill("春晖里车棚的8个充电桩已于10月12日装好通电，有问题请拨打市政科电话。")
    reply.get_by_role("button", name="答复").click()
    expect(handler.locator(".face").first).to_contain_text("按时")

    manager = bureau.signed_in(browser, "juzhang")
    manager.goto(f"{bureau.address}/reports/response-times?from=2026-09-01&to=2026-09-30")
    figures = manager.locator(".headline, .figures")
    expect(figures.first).to_contain_text("100")
    manager.goto(f"{bureau.address}/reports/response-times/rows?from=2026-09-01&to=2026-09-30")
    answered = manager.locator("tbody tr", has_text="电动车棚没有充电桩")
    expect(answered).to_contain_text("按时")
    expect(answered).to_contain_text("5")
