"""A program's requests are counted together by all web processes."""

from __future__ import annotations

from dataclasses import replace

from fastapi.testclient import TestClient

from api.app import create_app
from api.security.rate import RequestRate
from core.settings import OfficeSettings, ServerSettings, Settings
from core.vocabulary import Scope
from tests.api.office import WebOffice


def processes(office: WebOffice, count: int, limit: int) -> list[TestClient]:
    """Web processes over one database: each with its own memory."""
    server = ServerSettings(requests_per_minute=limit)
    settings = Settings(office=OfficeSettings(name="滨江局"), server=server)
    services = [replace(office.services, settings=settings, rate=RequestRate()) for _ in range(count)]
    return [TestClient(create_app(one), follow_redirects=False) for one in services]


def test_all_processes_together_answer_no_more_than_the_limit(office: WebOffice) -> None:
    first, second, third = processes(office, 3, 50)
    headers = office.token(Scope.READ)
    answers = [
        one.get("/api/v1/rules", headers=headers).status_code
        for _ in range(30)
        for one in (first, second, third)
    ]
    assert answers.count(200) == 50
    assert answers.count(429) == 40


def test_the_refusal_says_when_to_come_again_and_the_next_minute_begins_anew(office: WebOffice) -> None:
    (client,) = processes(office, 1, 10)
    headers = office.token(Scope.READ)
    office.clock.advance(seconds=15)
    answers = [client.get("/api/v1/rules", headers=headers) for _ in range(11)]
    assert [one.status_code for one in answers] == [200] * 10 + [429]
    assert answers[-1].headers["Retry-After"] == "45"
    assert answers[-1].json()["code"] == "token.too_many_requests"
    other = office.token(Scope.READ)
    assert client.get("/api/v1/rules", headers=other).status_code == 200
    office.clock.advance(seconds=45)
    assert client.get("/api/v1/rules", headers=headers).status_code == 200
