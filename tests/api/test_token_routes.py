"""Cases and incidents by machine token: another system tells what was done there, and no more."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from core.vocabulary import Role, Scope
from storage import responses, sections
from tests.api.office import WebOffice
from tests.factories import ANSWER, make_record

CASE, INCIDENTS = "/api/v1/cases/1", "/api/v1/incidents"


@pytest.fixture
def letter(office: WebOffice) -> WebOffice:
    """An office with one letter, case 1, in the hands of 市政科."""
    office.receive(make_record("2026-11-20T09:00", section="市政科"))
    with office.database.write() as connection:
        sections.ensure(connection, ["房管科"], office.clock.now())
    return office


def test_a_program_that_may_respond_records_a_reply_once_and_the_clock_stops(letter: WebOffice) -> None:
    client = letter.browser()
    headers = {**letter.token(Scope.READ, Scope.RESPOND), "Idempotency-Key": "reply-1"}
    first = client.post(f"{CASE}/reply", json={"text": ANSWER}, headers=headers)
    again = client.post(f"{CASE}/reply", json={"text": ANSWER}, headers=headers)
    assert (first.status_code, first.json()["state"]) == (200, "replied")
    assert again.json() == first.json()
    told: dict[str, Any] = client.get(CASE, headers=headers).json()
    assert [one["state"] for one in told["deadlines"]] == ["met"]
    assert told["events"][-1]["actor_kind"] == "machine"
    with letter.database.read() as connection:
        assert [row["recorded_by"] for row in responses.standing(connection, 1)] == [None]


def test_its_key_used_for_another_wish_is_refused(letter: WebOffice) -> None:
    client = letter.browser()
    headers = {**letter.token(Scope.RESPOND), "Idempotency-Key": "one"}
    assert client.post(f"{CASE}/assign", json={"section": "房管科"}, headers=headers).status_code == 200
    refused = client.post(f"{CASE}/assign", json={"section": "市政科"}, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "idempotency.reused")


@pytest.mark.parametrize("scope", [Scope.READ, Scope.INTAKE])
def test_a_token_without_the_scope_changes_nothing(letter: WebOffice, scope: Scope) -> None:
    client = letter.browser()
    refused = client.post(f"{CASE}/reply", json={"text": ANSWER}, headers=letter.token(scope))
    assert (refused.status_code, refused.json()["code"]) == (403, "token.scope")
    with letter.database.read() as connection:
        assert list(responses.standing(connection, 1)) == []


@pytest.mark.parametrize(
    ("command", "given"),
    [
        ("acknowledge", {}),
        ("dismiss", {"reason": "重复"}),
        ("reopen", {"reason": "又来信"}),
        ("confirm", {"response": 1}),
    ],
)
def test_what_signs_vouches_or_weighs_takes_a_person(
    letter: WebOffice, command: str, given: dict[str, Any]
) -> None:
    refused = letter.browser().post(f"{CASE}/{command}", json=given, headers=letter.token(Scope.RESPOND))
    assert (refused.status_code, refused.json()["code"]) == (403, "token.no_person")
    assert "请由本人登录后办理" in refused.json()["mend"]


def test_an_incident_is_opened_and_its_statement_recorded_by_program(
    office: WebOffice, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/tongbao").respond_with_data(
        "<h1>情况通报</h1>", content_type="text/html; charset=utf-8"
    )
    client, headers = office.browser(), office.token(Scope.RESPOND, Scope.READ)
    new = {"title": "柳河路水管爆裂", "suggested_level": "II"}
    opened = client.post(INCIDENTS, json=new, headers=headers)
    assert opened.status_code == 201, opened.text
    path = f"{INCIDENTS}/{opened.json()['case']}"
    office.clock.advance(minutes=40)
    statement = {
        "published_at": "2026-11-23T09:30:00+08:00",
        "url": httpserver.url_for("/tongbao"),
        "publisher": "滨江发布",
        "title": "情况通报",
    }
    assert client.post(f"{path}/publish", json=statement, headers=headers).json()["state"] == "responded"
    clocks = client.get(path, headers=headers).json()["deadlines"]
    assert "met" in [one["state"] for one in clocks]


def test_a_back_dated_reply_by_program_waits_for_a_person(letter: WebOffice) -> None:
    letter.clock.advance(days=10)
    client, headers = letter.browser(), letter.token(Scope.RESPOND)
    given = {
        "text": ANSWER,
        "replied_at": "2026-11-24T09:00:00+08:00",
        "copy": {"content": "PHA+5bey5L+u5aSNPC9wPg==", "media_type": "text/html"},
    }
    told = client.post(f"{CASE}/reply", json=given, headers=headers)
    assert told.json()["facts"]["awaits_confirmation"] is True, told.text
    person = letter.sender("duban", Role.MANAGER)
    confirmed = person.post(f"{CASE}/confirm", json={"response": told.json()["facts"]["response"]})
    assert confirmed.json()["state"] == "replied", confirmed.text
