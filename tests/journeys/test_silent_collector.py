"""A collector goes silent: it is told, it stands first on the page, it is run by hand and recovers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from core.clock import FixedClock
from core.vocabulary import Role
from crawlers.catalog import shipped_folder
from huiying.gathering_loop import GatheringLoop
from storage import crawl_runs
from tests.journeys.living import LivingOffice, living
from tests.replicas.mailbox import MailboxSite, letters
from tests.replicas.server import Replica


@pytest.fixture
def bureau(data_dir: Path, clock: FixedClock) -> Iterator[LivingOffice]:
    """Monday, 09:00."""
    with living(data_dir, clock) as office:
        office.person("guanli", "管小理", Role.ADMIN)
        office.person("juzhang", "局小长", Role.MANAGER)
        yield office


def gather(office: LivingOffice, loop: GatheringLoop) -> None:
    """Let whatever waits be run to its end, in processes of its own."""
    loop.plan()
    with office.office.database.read() as connection:
        waiting = crawl_runs.claimable(connection, office.clock.now(), 10)
    for run_id in waiting:
        loop.carry_out(run_id)


def test_a_silent_collector_is_told_seen_and_recovers(
    browser: Browser, bureau: LivingOffice, data_dir: Path
) -> None:
    site = MailboxSite(3)
    with Replica(site) as replica:
        text = (shipped_folder() / "example_mailbox.yml").read_text("utf-8")
        text = text.replace("https://www.binhai.example", replica.url).replace(
            "enabled: false", "enabled: true"
        )
        (data_dir / "sources").mkdir(exist_ok=True)
        own = data_dir / "sources" / "own_mailbox.yml"
        own.write_text(text.replace("delay_seconds: 5", "delay_seconds: 0"), "utf-8")
        loop = GatheringLoop(bureau.office)
        admin = bureau.signed_in(browser, "guanli")
        gather(bureau, loop)
        admin.goto(f"{bureau.address}/sources")
        block = admin.locator("section", has=admin.get_by_role("heading", name="范例信箱")).first
        expect(block).to_contain_text("正常")

        # For more than three days it finds the site in order and nothing new in it.
        bureau.clock.advance(hours=74)
        gather(bureau, loop)
        assert loop.tell()
        bureau.work()
        admin = bureau.signed_in(browser, "guanli")
        assert any("范例信箱" in line and "没有新内容" in line for line in bureau.lines)
        admin.goto(f"{bureau.address}/sources")
        first = admin.locator("main section.panel", has_text="采集").first
        expect(first.get_by_role("heading")).to_contain_text("范例信箱")
        expect(first.locator(".notice--wrong")).to_contain_text("没有新内容，超过 72 小时")
        wall = bureau.signed_in(browser, "juzhang")
        wall.goto(f"{bureau.address}/wall")
        expect(wall.locator(".wall__silent")).to_contain_text("领导信箱")

        # A letter comes at last; the administrator does not wait for the schedule.
        site.letters = letters(4, bureau.clock.now())
        first.get_by_role("button", name="立即采集").click()
        expect(admin.locator("main")).to_contain_text("已安排采集")
        gather(bureau, loop)
        admin.goto(f"{bureau.address}/sources")
        block = admin.locator("section", has=admin.get_by_role("heading", name="范例信箱")).first
        expect(block).to_contain_text("正常")
        expect(block.locator(".notice--wrong")).to_have_count(0)
        loop.stop()
