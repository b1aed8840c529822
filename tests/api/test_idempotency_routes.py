"""A write sent twice under one key: done once, answered twice alike."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from core.vocabulary import Role, Scope
from storage import idempotency
from tests.api.office import WebOffice
from tests.factories import ANSWER, make_record

MESSAGES = "/api/v1/messages"
KEY = {"Idempotency-Key": "7c9e6679"}
BODY = {"channel": "leader_mailbox", "body": "小区门口的路灯坏了一周。"}


def test_a_repeat_gets_the_first_answer_and_changes_nothing(office: WebOffice) -> None:
    client = office.sender("zhiban", Role.DUTY)
    first = client.post(MESSAGES, json=BODY, headers=KEY)
    office.clock.advance(hours=1)
    again = client.post(MESSAGES, json=BODY, headers=KEY)
    assert (again.status_code, again.content) == (first.status_code, first.content) == (201, again.content)
    assert client.get(MESSAGES).json()["total"] == 1
    assert client.post(MESSAGES, json=BODY).status_code == 201
    assert client.get(MESSAGES).json()["total"] == 2


def test_the_same_key_for_another_wish_is_refused(office: WebOffice) -> None:
    office.receive(make_record("2026-11-20T09:00"), make_record("2026-11-20T09:00"))
    client = office.sender("zhiban", Role.DUTY)
    assert client.post("/api/v1/cases/1/reply", json={"text": ANSWER}, headers=KEY).status_code == 200
    for path, text in (("/api/v1/cases/1/reply", "另一个答复。"), ("/api/v1/cases/2/reply", ANSWER)):
        other = client.post(path, json={"text": text}, headers=KEY)
        assert (other.status_code, other.json()["code"]) == (409, "idempotency.reused")
    assert client.get("/api/v1/cases/2").json()["replies"] == []


def test_an_error_leaves_the_key_free(office: WebOffice) -> None:
    client = office.sender("zhiban", Role.DUTY)
    path = "/api/v1/cases/1/acknowledge"
    assert client.post(path, headers=KEY).status_code == 404
    office.receive(make_record("2026-11-20T09:00"))
    assert client.post(path, headers=KEY).status_code == 200


def test_keys_of_different_senders_have_nothing_to_do_with_each_other(office: WebOffice) -> None:
    client = office.browser()
    senders = [office.token(Scope.INTAKE), office.token(Scope.INTAKE)]
    headers = [{**KEY, **sender} for sender in senders]
    bodies = [{**BODY, "native_id": f"N{number}"} for number in (1, 2)]
    first, second = (
        client.post(MESSAGES, json=body, headers=own) for body, own in zip(bodies, headers, strict=True)
    )
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["message"] != second.json()["message"]
    other = client.post(MESSAGES, json=bodies[1], headers=headers[0])
    assert (other.status_code, other.json()["code"]) == (409, "idempotency.reused")


def test_ten_sendings_at_the_same_instant_are_done_once(office: WebOffice) -> None:
    client = office.sender("zhiban", Role.DUTY)
    with ThreadPoolExecutor(10) as pool:
        sent = [pool.submit(client.post, MESSAGES, json=BODY, headers=KEY) for _ in range(10)]
        answers = [one.result() for one in sent]
    assert {one.status_code for one in answers} == {201}
    assert len({one.content for one in answers}) == 1
    assert client.get(MESSAGES).json()["total"] == 1


def test_a13_the_answer_is_kept_with_the_effect_or_not_at_all(office: WebOffice) -> None:
    now = office.clock.now()

    def fail() -> None:
        with office.database.write() as connection:
            assert idempotency.claim(connection, "person/1", "k", "0" * 64, now) is None
            idempotency.keep(connection, "person/1", "k", status=200, body="{}")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with office.database.write() as connection:
        assert idempotency.claim(connection, "person/1", "k", "1" * 64, now) is None


@pytest.mark.parametrize("key", ["", "a b", "a" * 121])
def test_a_key_that_cannot_be_kept_is_refused(office: WebOffice, key: str) -> None:
    client = office.sender("zhiban", Role.DUTY)
    answer = client.post(MESSAGES, json=BODY, headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["field"]) == (422, "Idempotency-Key")
