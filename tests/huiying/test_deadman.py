"""The dead man's switch against a real server: heard while all is well, silent when something lags (R12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from pytest_httpserver import HTTPServer

from alerts.casework import Law
from core.clock import FixedClock
from core.settings import Settings, WatchSettings
from huiying.deadman import ping
from huiying.engine_loop import EngineLoop
from huiying.office import Office
from storage.database import Database
from tests.alerts.watchroom import KEY, Watchroom

SECRET = "/ping/9f8e7d6c"


@pytest.fixture
def outside(httpserver: HTTPServer) -> HTTPServer:
    """The watchdog outside."""
    httpserver.expect_request(SECRET).respond_with_data("ok")
    return httpserver


def watched(server: HTTPServer) -> WatchSettings:
    url = SecretStr(server.url_for(SECRET))
    return WatchSettings(ping_url=url, ping_allow_private=True)


def test_a_ping_reaches_the_outside_and_says_what_went_wrong_without_the_address(
    outside: HTTPServer,
) -> None:
    assert ping(watched(outside)) is None
    assert [request.path for request, _ in outside.log] == [SECRET]
    outside.clear()
    outside.expect_request(SECRET).respond_with_data("down", status=503)
    trouble = ping(watched(outside))
    assert trouble == "对方答复 503"
    nobody = SecretStr(f"http://127.0.0.1:1{SECRET}")
    unreachable = ping(WatchSettings(ping_url=nobody, ping_allow_private=True))
    assert unreachable
    assert SECRET not in unreachable


def test_without_an_address_nothing_is_called() -> None:
    assert ping(WatchSettings()) is None


@dataclass
class Tower:
    """An office whose engine loop is watched from outside; the test makes each round itself."""

    room: Watchroom
    office: Office
    loop: EngineLoop
    outside: HTTPServer

    def another(self) -> EngineLoop:
        """The engine of a process that was started just now."""
        return EngineLoop(self.office)

    def heard(self) -> int:
        """Let the loop ping, and count what the outside has heard so far."""
        self.loop._ping_job()
        return len(self.outside.log)


@pytest.fixture
def tower(database: Database, law: Law, clock: FixedClock, data_dir: Path, outside: HTTPServer) -> Tower:
    room = Watchroom(database, law, clock)
    room.staff()
    settings = Settings(data_dir=data_dir, watch=watched(outside))
    office = Office(settings, clock, database)
    office.key = KEY
    return Tower(room, office, EngineLoop(office), outside)


def test_r12_the_outside_hears_nothing_while_something_due_is_not_carried_out(tower: Tower) -> None:
    tower.loop.once()
    assert tower.heard() == 1
    tower.room.open_case(hours=1)
    tower.room.clock.advance(hours=2)
    # Every process lives, and nobody ticks: within two rounds the outside misses us and raises its alarm.
    assert tower.heard() == 1
    assert tower.heard() == 1
    tower.another().once()
    assert tower.heard() == 2


def test_r12_the_outside_hears_nothing_once_the_engine_has_stopped_looking(tower: Tower) -> None:
    tower.loop.once()
    assert tower.heard() == 1
    tower.room.clock.advance(seconds=timedelta(minutes=2).total_seconds())
    assert tower.heard() == 1
