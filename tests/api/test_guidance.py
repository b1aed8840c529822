"""The help of every page, and the description of the interface that needs no other machine."""

from __future__ import annotations

import re

from api.help import help_href, topics
from api.pages.navigation import addresses
from core.vocabulary import Role
from tests.api.office import WebOffice


def test_every_page_of_the_navigation_has_its_own_help() -> None:
    assert [address for address in addresses() if help_href(address) == "/help"] == []
    assert [one.page for one in topics() if not one.says] == []


def test_a_page_leads_to_its_part_of_the_help(office: WebOffice) -> None:
    browser = office.signed_in("banli", Role.HANDLER, section="市政科")
    assert 'href="/help#inbox"' in browser.get("/inbox").text
    assert 'id="inbox"' in browser.get("/help").text


def test_docs_tell_every_operation_there_is_and_load_nothing_from_elsewhere(office: WebOffice) -> None:
    browser = office.browser()
    described = browser.get("/openapi.json").json()["paths"]
    page = browser.get("/docs").text
    told = {(method, path) for path, methods in described.items() for method in methods}
    shown = set(re.findall(r'operation__method">(\w+)</span> <code>([^<]+)</code>', page))
    assert {(method.lower(), path) for method, path in shown} == told
    assert "Idempotency-Key" in page
    assert re.findall(r'(?:src|href)="(?:https?:)?//', page) == []
