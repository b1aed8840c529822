"""The browser of the page tests: one process for a file of tests, a clean profile for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import FLAGS, chromium_path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that uses the browser, so that none can forget it."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium that reaches only this machine.

    It ends with the file: while Playwright runs, its event loop counts as running in this thread, and a test
    of another file that calls ``asyncio.run`` in the same process would be refused.
    """
    path = chromium_path()
    assert path is not None, "the setup hook lets no browser test run without a Chromium"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Page:
    """A desk page, 1366×768, Chinese, in the office's time zone, with no cookies of another test."""
    context = browser.new_context(
        viewport={"width": 1366, "height": 768}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    return context.new_page()  # closed below, before the fixtures of the site


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Leave the site before its server stops: a stream that somebody listens to would hold it up."""
    page = getattr(item, "funcargs", {}).get("page")
    if page is not None:
        page.context.close()
