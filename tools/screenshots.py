"""Renews docs/pictures from the demo: its invented bureau on its incident day, in a headless browser.

    make screenshots

The clock of the demo stands still, so that two runs give pictures of the same moment.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from api.app import create_app
from core.vocabulary import Role
from huiying.analysis_loop import AnalysisLoop
from huiying.demo.bureau import read_bureau
from huiying.demo.loading import DemoLogin, load_demo
from huiying.demo.opening import open_demo
from huiying.demo.posts import read_day
from huiying.demo.replay import Replay
from huiying.serving import services_of
from storage.search.indexer import Indexer
from tests.browser.chromium import FLAGS, chromium_path
from tests.browser.serving import served_app

TARGET = Path(__file__).resolve().parents[1] / "docs" / "pictures"
NOW = "2026-11-23T10:00:00+08:00"
DESK, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}


def _signed_in(browser: Browser, address: str, one: DemoLogin, size: dict[str, int]) -> Page:
    context = browser.new_context(
        viewport={"width": size["width"], "height": size["height"]},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.get_by_label("登录名").fill(one.login)
    page.get_by_label("密码").fill(one.password)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="值班台").wait_for()
    page.wait_for_load_state("load")
    return page


def _take(page: Page, name: str) -> None:
    page.mouse.move(0, 0)
    path = TARGET / f"{name}.png"
    page.screenshot(path=path)
    sys.stdout.write(f"{path.relative_to(TARGET.parents[1])} {path.stat().st_size // 1024} KB\n")


def _pictures(browser: Browser, address: str, logins: dict[Role, DemoLogin]) -> None:
    press = _signed_in(browser, address, logins[Role.PRESS], DESK)
    _take(press, "desk")
    press.goto(f"{address}/incidents")
    press.locator("tbody .clocks__what a").first.click()
    press.wait_for_load_state("load")
    incident = press.url
    _take(press, "incident")
    press.goto(f"{address}/wall")
    _take(press, "wall")
    manager = _signed_in(browser, address, logins[Role.MANAGER], DESK)
    manager.goto(f"{address}/reports/response-times?from=2026-01-01&to=2026-12-31&by=section")
    manager.locator(".headline").evaluate("(one) => scrollTo(0, one.offsetTop - 24)")
    _take(manager, "report")
    duty = _signed_in(browser, address, logins[Role.DUTY], PHONE)
    duty.goto(incident)
    _take(duty, "phone")
    for page in (press, manager, duty):
        page.context.close()


def main() -> None:
    """Load the demo into a folder of its own, let its day come in, take the pictures."""
    path = chromium_path()
    if path is None:
        raise SystemExit("没有找到 Chromium：请安装，或用 HUIYING_TEST_CHROMIUM 指明它在哪里。")
    TARGET.mkdir(parents=True, exist_ok=True)
    bureau = read_bureau()
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "HUIYING_DATA_DIR": folder, "HUIYING_NOW": NOW}
        os.environ |= environment
        with open_demo(environment, bureau) as office:
            demo = load_demo(office, bureau)
            Replay(office, read_day(), wait=lambda _seconds: False).run()
            AnalysisLoop(office).once()
            with Indexer(office.database, office.search_index, office.clock).running() as indexer:
                indexer.drain()
            with served_app(create_app(services_of(office))) as address, sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
                _pictures(browser, address, {one.role: one for one in demo.logins})
                browser.close()


if __name__ == "__main__":
    main()
