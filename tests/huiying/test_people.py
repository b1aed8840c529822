"""`huiying people` and `huiying token`, as they are typed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner, Result

from api.app import create_app
from huiying.cli import app
from huiying.office import open_office
from huiying.serving import services_of

PASSWORD = "correct horse 12"
ADD = ("people", "add", "duban", "--name", "张三", "--role", "manager")


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch, data_dir: Path) -> None:
    monkeypatch.setenv("HUIYING_DATA_DIR", str(data_dir))


def run(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, list(words), input=typed)


def answer(*words: str, typed: str = "") -> dict[str, Any]:
    result = run(*words, "--json", typed=typed)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def signs_in(password: str) -> dict[str, Any]:
    """What a sign-in as `duban` answers."""
    with open_office() as office:
        given = {"login": "duban", "password": password}
        found: dict[str, Any] = (
            TestClient(create_app(services_of(office))).post("/api/v1/session", json=given).json()
        )
    return found


def test_a_person_added_with_a_password_signs_in_at_once() -> None:
    added = answer(*ADD, "--password-stdin", typed=f"{PASSWORD}\n")
    assert added["temporary_password"] is None
    assert signs_in(PASSWORD)["must_change_password"] is False


def test_without_a_password_a_temporary_one_is_shown_once() -> None:
    temporary = answer(*ADD)["temporary_password"]
    assert signs_in(temporary)["must_change_password"] is True
    assert temporary not in run("people", "list", "--json").stdout


def test_a_disabled_person_is_listed_but_cannot_sign_in() -> None:
    answer(*ADD, "--password-stdin", typed=f"{PASSWORD}\n")
    assert answer("people", "disable", "duban")["disabled_at"]
    (person,) = answer("people", "list")["people"]
    assert person["login"] == "duban"
    assert person["disabled_at"]
    assert signs_in(PASSWORD)["code"] == "session.wrong_password"


@pytest.mark.parametrize(
    ("words", "typed", "code"),
    [
        (
            ("people", "add", "Bad Login", "--name", "甲", "--role", "duty"),
            PASSWORD,
            "invalid_input",
        ),
        (
            ("people", "add", "chengban", "--name", "甲", "--role", "handler"),
            PASSWORD,
            "invalid_input",
        ),
        (("people", "add", "zhiban", "--name", "甲", "--role", "duty"), "short", "password.weak"),
        (("people", "disable", "nobody"), "", "person.not_found"),
    ],
)
def test_what_cannot_be_done_is_named(words: tuple[str, ...], typed: str, code: str) -> None:
    stdin = ("--password-stdin",) if typed else ()
    result = run(*words, *stdin, "--json", typed=typed)
    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"]["code"] == code


def test_a_login_is_given_once() -> None:
    answer(*ADD)
    result = run(*ADD, "--json")
    assert (result.exit_code, json.loads(result.stdout)["error"]["code"]) == (1, "person.exists")


def test_a_token_is_shown_once_and_opens_the_interface() -> None:
    token = answer("token", "create", "--name", "大屏", "--scope", "read")["token"]
    with open_office() as office:
        client = TestClient(create_app(services_of(office)))
        header = {"Authorization": f"Bearer {token}"}
        assert client.get("/api/v1/rules", headers=header).status_code == 200
        stored = (office.settings.data_dir / "huiying.db").read_bytes()
    assert token.encode() not in stored


def test_every_account_leaves_an_event_and_the_trail_stays_whole() -> None:
    answer(*ADD)
    answer("people", "disable", "duban")
    answer("token", "create", "--name", "大屏", "--scope", "read")
    assert answer("audit", "verify") == {"ok": True, "events": 3, "first_bad": None, "reason": None}


def test_the_server_refuses_a_fixed_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIYING_NOW", "2026-11-23T09:00+08:00")
    result = run("serve")
    assert result.exit_code == 1
    assert "settings.fixed_now" in result.output
