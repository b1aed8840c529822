"""Signing in, staying in, and being put out again."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from api.security.addresses import safe_next
from api.security.sign_in import TRIES
from core.vocabulary import Role
from storage.tables import sessions
from tests.api.office import PASSWORD, WebOffice

WRONG = "wrong wrong"


def csrf_of(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def attempt(browser: TestClient, login: str, password: str = WRONG) -> int:
    status: int = browser.post("/sign-in", data={"login": login, "password": password}).status_code
    return status


def test_a_page_sends_a_stranger_to_sign_in_and_back_to_where_they_were(office: WebOffice) -> None:
    office.person("duban")
    browser = office.browser()
    asked = browser.get("/reports/response-times?by=month")
    assert asked.headers["location"] == "/sign-in?next=%2Freports%2Fresponse-times%3Fby%3Dmonth"
    form = {"login": "duban", "password": PASSWORD, "next": "/reports/response-times?by=month"}
    answer = browser.post("/sign-in", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, form["next"])
    assert browser.get("/desk").status_code == 200


def test_the_cookie_is_out_of_reach_of_scripts_and_sql_keeps_only_its_hash(office: WebOffice) -> None:
    office.person("duban")
    answer = office.browser().post("/sign-in", data={"login": "duban", "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    secret = cookie.split("=", 1)[1].split(";")[0]
    with office.database.read() as connection:
        stored = str(connection.execute(sessions.select()).mappings().one())
    assert secret not in stored


def test_an_unknown_login_and_a_wrong_password_get_the_same_answer(office: WebOffice) -> None:
    office.person("duban")
    wrong = office.browser().post("/sign-in", data={"login": "duban", "password": "wrong wrong"})
    unknown = office.browser().post("/sign-in", data={"login": "nobody", "password": "wrong wrong"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace("duban", "") == unknown.text.replace("nobody", "")


def test_after_ten_wrong_passwords_even_the_right_one_must_wait(office: WebOffice) -> None:
    office.person("duban")
    browser = office.browser()
    assert [attempt(browser, "duban") for _ in range(TRIES)] == [401] * TRIES
    refused = browser.post("/sign-in", data={"login": "duban", "password": PASSWORD})
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 15 * 60
    office.clock.advance(minutes=15, seconds=1)
    assert attempt(browser, "duban", PASSWORD) == 303


def test_a_right_password_forgets_the_wrong_ones_before_it(office: WebOffice) -> None:
    office.person("duban")
    browser = office.browser()
    for _ in range(TRIES - 1):
        attempt(browser, "duban")
    assert attempt(browser, "duban", PASSWORD) == 303
    assert attempt(office.browser(), "duban") == 401


def test_a_session_ends_after_its_hours_and_says_so(office: WebOffice) -> None:
    browser = office.signed_in("duban")
    office.clock.advance(hours=office.services.settings.server.session_hours)
    answer = browser.get("/desk")
    assert answer.status_code == 303
    assert "why=expired" in answer.headers["location"]


def test_a_form_sent_after_the_session_ended_leads_back_to_its_page(office: WebOffice) -> None:
    browser = office.signed_in("duban")
    csrf = csrf_of(browser.get("/account").text)
    office.clock.advance(days=1)
    answer = browser.post(
        "/account/password", data={"csrf": csrf}, headers={"Referer": "http://testserver/account"}
    )
    assert answer.headers["location"] == "/sign-in?next=%2Faccount&why=expired"


def test_signing_out_ends_the_session_itself_and_not_only_the_cookie(office: WebOffice) -> None:
    browser = office.signed_in("duban")
    cookies = dict(browser.cookies)
    answer = browser.post("/sign-out", data={"csrf": csrf_of(browser.get("/desk").text)})
    assert answer.status_code == 303
    thief = office.browser()
    thief.cookies.update(cookies)
    assert thief.get("/desk").status_code == 303


@pytest.mark.parametrize("csrf", ["", "x" * 43])
def test_a_form_without_the_token_of_the_session_changes_nothing(office: WebOffice, csrf: str) -> None:
    browser = office.signed_in("duban")
    assert browser.post("/sign-out", data={"csrf": csrf}).status_code == 403
    assert browser.get("/desk").status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://testserver.evil.example"])
def test_a_form_of_another_site_is_refused_even_with_the_token(office: WebOffice, origin: str) -> None:
    browser = office.signed_in("duban")
    csrf = csrf_of(browser.get("/desk").text)
    answer = browser.post("/sign-out", data={"csrf": csrf}, headers={"Origin": origin})
    assert answer.status_code == 403
    assert browser.post("/sign-in", data={"login": "a"}, headers={"Origin": origin}).status_code == 403


def test_changing_the_password_ends_every_other_session(office: WebOffice) -> None:
    here = office.signed_in("duban")
    there = office.browser()
    attempt(there, "duban", PASSWORD)
    form = {"old_password": PASSWORD, "new_password": "another good one", "repeated": "another good one"}
    answer = here.post("/account/password", data={**form, "csrf": csrf_of(here.get("/account").text)})
    assert answer.headers["location"] == "/account?done=1"
    assert here.get("/desk").status_code == 200
    assert there.get("/desk").status_code == 303
    assert attempt(office.browser(), "duban", PASSWORD) == 401
    assert attempt(office.browser(), "duban", "another good one") == 303


@pytest.mark.parametrize(
    ("old", "new", "again", "field"),
    [
        ("not the old one", "another good one", "another good one", "old_password"),
        (PASSWORD, "another good one", "another bad one", "repeated"),
        (PASSWORD, "short", "short", "new_password"),
        (PASSWORD, "xx-duban-xx", "xx-duban-xx", "new_password"),
        (PASSWORD, PASSWORD, PASSWORD, "new_password"),
    ],
)
def test_a_password_that_cannot_be_used_is_refused_at_its_field(
    office: WebOffice, old: str, new: str, again: str, field: str
) -> None:
    browser = office.signed_in("duban")
    form = {"old_password": old, "new_password": new, "repeated": again}
    answer = browser.post("/account/password", data={**form, "csrf": csrf_of(browser.get("/account").text)})
    assert answer.status_code == 422
    assert f'id="{field}-wrong"' in answer.text
    assert attempt(office.browser(), "duban", PASSWORD) == 303


def test_a_temporary_password_opens_only_the_page_where_it_is_changed(office: WebOffice) -> None:
    office.person("duban", temporary=True)
    browser = office.browser()
    attempt(browser, "duban", PASSWORD)
    assert browser.get("/desk").headers["location"] == "/account?why=temporary"
    assert browser.get("/api/v1/deadlines").json()["code"] == "password.must_change"
    form = {"old_password": PASSWORD, "new_password": "another good one", "repeated": "another good one"}
    browser.post("/account/password", data={**form, "csrf": csrf_of(browser.get("/account").text)})
    assert browser.get("/desk").status_code == 200


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example", "/\\evil.example", "/a\nb", "desk", "", "/sign-out"],
)
def test_nobody_is_sent_to_another_site_after_signing_in(target: str) -> None:
    assert safe_next(target) == "/desk"


def test_every_role_may_sign_in(office: WebOffice) -> None:
    for role in Role:
        browser = office.signed_in(f"who-{role.value}", role, section="食品科")
        assert browser.get("/desk").status_code == 200
