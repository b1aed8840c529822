"""The browser the page tests stand on works, draws Chinese and reaches no other machine."""

from __future__ import annotations

import pytest
from playwright.sync_api import Error, Page
from pytest_httpserver import HTTPServer


def test_a_local_page_is_loaded_with_its_script(page: Page, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/desk").respond_with_data(
        "<!doctype html><meta charset=utf-8><h1></h1>"
        "<script>document.querySelector('h1').textContent='值班台'</script>",
        content_type="text/html",
    )
    page.goto(httpserver.url_for("/desk"))
    assert page.locator("h1").inner_text() == "值班台"


def test_another_machine_cannot_be_reached(page: Page) -> None:
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("http://office.example/")


def test_the_page_lives_in_the_office_time_zone(page: Page) -> None:
    assert page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone") == "Asia/Shanghai"
