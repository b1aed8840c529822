"""What holds on every page there is.

No violation that axe knows, no sideways scroll on a phone, a light first load, and nothing the browser
complains about. A page that is added is found here by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi.routing import APIRoute
from playwright.sync_api import Browser, BrowserContext, Page, Request

from alerts.casework import Law
from api.app import PAGES
from core.clock import SHANGHAI, FixedClock
from core.vocabulary import Role
from storage.database import open_database
from storage.migrate import migrate
from tests.api.office import PASSWORD, WebOffice
from tests.browser.serving import DESK, PHONE, served
from tests.browser.walk import fill

# What stands in an address that names one thing of many; anything else gets 1.
SAMPLES: Mapping[str, str] = {"/incidents/{case_id}": "4", "/cases/{case_id}": "1"}
QUERIES: Mapping[str, str] = {"/reports/response-times/rows": "?from=2026-01-01&to=2026-12-31"}
# In this order each page is asked for until somebody may see it.
ROLES = (Role.MANAGER, Role.PRESS, Role.ADMIN, Role.HANDLER)
REFUSED = "text/html; nobody of this office sees it"
FIRST_LOAD_BYTES, FIRST_LOAD_REQUESTS = 300_000, 15
WCAG = {"runOnly": ["wcag2a", "wcag2aa"], "resultTypes": ["violations"]}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
# A chart follows its box in the frame after the one in which the box changed.
WIDTH_ONCE_DRAWN = """new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() =>
    setTimeout(() => done(document.documentElement.scrollWidth), 300))))"""


def addresses() -> list[str]:
    """Every page that is read, by its address, with samples in place of names."""
    routes = (route for page in PAGES for route in page.router.routes)
    paths = [one.path for one in routes if isinstance(one, APIRoute) and "GET" in (one.methods or ())]
    filled = {path: re.sub(r"\{[^}]+\}", SAMPLES.get(path, "1"), path) for path in paths}
    return sorted({address + QUERIES.get(path, "") for path, address in filled.items()})


@dataclass
class Site:
    """The address of the office, and a browser for each role."""

    address: str
    contexts: Mapping[Role | None, BrowserContext]

    def reader_of(self, path: str) -> tuple[BrowserContext, str]:
        """A browser in which the page can be read, and what kind of thing it is."""
        for role in (*ROLES, None):
            answer = self.contexts[role].request.get(self.address + path, max_redirects=0)
            if answer.status == 200:
                return self.contexts[role], answer.headers["content-type"]
        return self.contexts[ROLES[0]], REFUSED


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, law: Law, browser: Browser) -> Iterator[Site]:
    """One office for all pages: they are read only."""
    clock = FixedClock(datetime(2026, 11, 23, 9, tzinfo=SHANGHAI))
    folder: Path = tmp_path_factory.mktemp("pages")
    database = open_database(f"sqlite:///{folder / 'huiying.db'}")
    migrate(database, clock.now())
    office = WebOffice(database, law, clock, folder)
    fill(office)
    with served(office) as address:
        contexts: dict[Role | None, BrowserContext] = {None: browser.new_context(locale="zh-CN")}
        for role in ROLES:
            context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
            opened = context.request.post(
                f"{address}/api/v1/session", data={"login": role.value, "password": PASSWORD}
            )
            assert opened.status == 201
            contexts[role] = context
        yield Site(address, contexts)
        for context in contexts.values():
            context.close()
    database.close()


@pytest.mark.parametrize("path", addresses())
def test_a_page_is_light_quiet_usable_by_all_and_fits_a_phone(site: Site, path: str) -> None:
    context, kind = site.reader_of(path)
    if not kind.startswith("text/html"):
        return  # a file to take away, no page
    page = context.new_page()
    try:
        _visit(page, site.address + path, is_refused=kind == REFUSED)
    finally:
        page.close()


def _visit(page: Page, address: str, *, is_refused: bool) -> None:
    complaints: list[str] = []
    loads: list[Request] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfinished", lambda request: loads.append(request))
    page.set_viewport_size({"width": DESK["width"], "height": DESK["height"]})
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.goto(address, wait_until="load")
    assert complaints == [] or is_refused
    # What the page asks for later, as the stream when it first speaks, is no part of its first load.
    loads = list(loads)
    assert {urlsplit(one.url).netloc for one in loads} == {urlsplit(address).netloc}
    weight = sum(one.sizes()["responseBodySize"] for one in loads)
    assert len(loads) <= FIRST_LOAD_REQUESTS, [one.url for one in loads]
    assert weight <= FIRST_LOAD_BYTES, {one.url: one.sizes()["responseBodySize"] for one in loads}
    assert violations(page, WCAG) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, CONTRAST) == []
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    width = page.evaluate(WIDTH_ONCE_DRAWN)
    assert width <= PHONE["width"], f"{width} pixels wide"


def violations(page: Page, options: dict[str, Any]) -> list[str]:
    """What axe finds, each with the first place."""
    found = Axe().run(page, options=options).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]


def test_the_walk_finds_the_pages_there_are() -> None:
    assert {"/desk", "/inbox", "/alerts", "/incidents/4", "/cases/1", "/rules", "/people", "/setup"} <= set(
        addresses()
    )
