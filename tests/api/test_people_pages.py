"""账号: adding people, resetting a forgotten password, closing an account."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.security.sign_in import TRIES
from core.vocabulary import Role
from storage import events, people
from storage.events import OFFICE_STREAM
from tests.api.forms import hidden
from tests.api.office import PASSWORD, WebOffice


@pytest.fixture
def admin(office: WebOffice) -> TestClient:
    return office.signed_in("guanli", Role.ADMIN)


def press(admin: TestClient, path: str, **typed: str) -> Response:
    return admin.post(path, data={**hidden(admin.get("/people").text), **typed})


def fresh_password(page: str) -> str:
    found = re.search(r"<code>([^<]+)</code>", page)
    assert found is not None
    return found[1]


def enters(office: WebOffice, login: str, password: str) -> int:
    answer: int = office.browser().post("/sign-in", data={"login": login, "password": password}).status_code
    return answer


def tags(office: WebOffice) -> list[str]:
    with office.database.read() as connection:
        return [event["tag"] for event in events.of_stream(connection, OFFICE_STREAM)]


def test_a_forgotten_password_is_replaced_and_everything_open_is_signed_out(
    office: WebOffice, admin: TestClient
) -> None:
    browser = office.signed_in("zhiban", Role.DUTY)
    answer = press(admin, "/people/zhiban/reset")
    password = fresh_password(answer.text)
    assert "只显示这一次" in answer.text
    assert browser.get("/desk").headers["location"].startswith("/sign-in")
    assert enters(office, "zhiban", PASSWORD) == 401
    again = office.browser()
    again.post("/sign-in", data={"login": "zhiban", "password": password})
    assert again.get("/desk").headers["location"] == "/account?why=temporary"
    assert tags(office)[-1] == "person:password_reset"
    assert password not in admin.get("/people").text


def test_a_reset_lets_somebody_in_who_was_locked_out(office: WebOffice, admin: TestClient) -> None:
    office.person("zhiban", Role.DUTY)
    statuses = [enters(office, "zhiban", "wrong") for _ in range(TRIES + 1)]
    assert statuses == [401] * TRIES + [429]
    password = fresh_password(press(admin, "/people/zhiban/reset").text)
    assert enters(office, "zhiban", password) == 303


def test_a_closed_account_is_out_at_once_and_stays_in_the_list(office: WebOffice, admin: TestClient) -> None:
    browser = office.signed_in("zhiban", Role.DUTY)
    assert press(admin, "/people/zhiban/disable").status_code == 200
    assert browser.get("/desk").status_code == 303
    assert enters(office, "zhiban", PASSWORD) == 401
    assert re.search(r"zhiban.*停用", admin.get("/people").text, re.DOTALL)
    refused = press(admin, "/people/zhiban/reset")
    assert refused.status_code == 409
    assert "已经停用" in refused.text


@pytest.mark.parametrize("command", ["reset", "disable"])
def test_nobody_resets_or_closes_the_own_account(office: WebOffice, admin: TestClient, command: str) -> None:
    assert press(admin, f"/people/guanli/{command}").status_code == 409
    assert admin.get("/desk").status_code == 200


def test_somebody_new_gets_a_temporary_password(office: WebOffice, admin: TestClient) -> None:
    office.signed_in("shizheng", Role.HANDLER, section="市政科")
    answer = press(admin, "/people", login="Xinlai", name="周三", role="handler", section="市政科")
    assert enters(office, "xinlai", fresh_password(answer.text)) == 303


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"login": "周三"}, "不能用"),
        ({"role": ""}, "没有选择角色"),
        ({"name": " "}, "没有写姓名"),
        ({"role": "handler"}, "没有写明科室"),
        ({"login": "guanli"}, "已经有人使用"),
    ],
)
def test_what_cannot_be_used_is_said_beside_what_was_typed(
    office: WebOffice, admin: TestClient, typed: dict[str, str], words: str
) -> None:
    form = {"login": "xinlai", "name": "周三", "role": "duty", "section": "", **typed}
    refused = press(admin, "/people", **form)
    assert refused.status_code in {409, 422}
    assert words in refused.text
    assert f'value="{form["login"]}"' in refused.text
    with office.database.read() as connection:
        assert [row["login"] for row in people.listed(connection)] == ["guanli"]


@pytest.mark.parametrize("role", [Role.DUTY, Role.MANAGER, Role.PRESS])
def test_only_administrators_come_here(office: WebOffice, role: Role) -> None:
    browser = office.signed_in("duban", role)
    assert browser.get("/people").status_code == 403
    form = hidden(browser.get("/account").text)
    assert browser.post("/people/duban/reset", data=form).status_code == 403


def test_a_form_without_its_token_changes_nothing(office: WebOffice, admin: TestClient) -> None:
    office.person("zhiban", Role.DUTY)
    assert admin.post("/people/zhiban/reset", data={}).status_code == 403
    assert enters(office, "zhiban", PASSWORD) == 303
