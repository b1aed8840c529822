"""What every page has in common, the rules, and the pages of errors."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from tests.api.office import WebOffice
from tests.factories import make_record

PAGES = (
    "/desk",
    "/reports/response-times",
    "/reports/response-times/rows",
    "/rules",
    "/account",
    "/nowhere",
    "/incidents",
    "/inbox",
    "/cases/1",
)


def test_no_page_needs_anything_inline_or_from_elsewhere(office: WebOffice) -> None:
    office.receive(make_record("2026-11-20T09:00"))
    browser = office.signed_in("duban")
    for address in (*PAGES, "/deadlines/1"):
        answer = browser.get(address, params={"from": "2026-11-01", "to": "2026-11-30"})
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["cache-control"] == "no-store"
        assert not re.search(
            r"<style|<script(?! type=\"module\" src=\"/static/)| style=| on\w+=", answer.text
        )
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', answer.text)


def test_static_files_carry_their_hash_and_may_be_kept(office: WebOffice) -> None:
    office.person("guanli")  # an office that nobody has been entered in yet shows its set-up instead
    browser = office.browser()
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', browser.get("/sign-in").text)
    assert len(addresses) == 2  # the seal, and the styles as one file
    for address in addresses:
        answer = browser.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]


def test_a_page_that_is_not_there_is_a_page_in_chinese(office: WebOffice) -> None:
    answer = office.browser().get("/nowhere")
    assert answer.status_code == 404
    assert "没有找到" in answer.text


@pytest.mark.parametrize(
    ("method", "address", "status"), [("PUT", "/desk", 405), ("GET", "/deadlines/0", 422)]
)
def test_a_request_that_makes_no_sense_gets_a_page(
    office: WebOffice, method: str, address: str, status: int
) -> None:
    answer = office.signed_in("duban").request(method, address)
    assert answer.status_code == status
    assert "<h1>" in answer.text


def test_the_rules_page_quotes_every_clause(office: WebOffice) -> None:
    page = office.signed_in("duban").get("/rules").text
    for rule in office.law.rulebook.rules():
        assert rule.citation.quote in page


def test_the_rules_page_says_when_something_would_be_due(office: WebOffice) -> None:
    browser = office.signed_in("duban")
    page = browser.get("/rules?rule=message.first_reply&from=2026-09-30T09:00").text
    assert "2026-10-13 周二 24:00" in page
    assert page.count("国庆节") >= 7
    wrong = browser.get("/rules?rule=message.first_reply&from=soon")
    assert wrong.status_code == 422
    assert 'role="alert"' in wrong.text


def test_an_error_nobody_foresaw_is_a_page_with_the_headers_and_no_traceback(office: WebOffice) -> None:
    @office.app.get("/broken")
    def broken() -> None:
        raise RuntimeError("secret detail")

    client = TestClient(office.app, raise_server_exceptions=False)
    answer = client.get("/broken")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert "content-security-policy" in answer.headers
