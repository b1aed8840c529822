"""Engines that are killed, or that run side by side, lose nothing and double nothing.

A server on this machine stands for the people: what it received is what reached them.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from alerts.casework import Law
from core.clock import FixedClock, iso, parse_instant
from core.errors import Conflict
from core.vocabulary import ChannelKind, Role
from huiying.engine_right import EngineRight
from storage import channels
from storage.database import Database, open_database
from storage.migrate import migrate
from storage.tables import delivery_attempts
from tests.alerts.watchroom import KEY, Watchroom
from tests.command import Command

START = parse_instant("2026-02-16T22:30")
LEASE_OVER = timedelta(seconds=31)
POINTS = (
    "locked",
    "fired",
    "events",
    "notices",
    "outbox",
    "before commit",
    "committed",
    "claimed",
    "sending",
    "sent",
    "recorded",
)
# One on each side of the commit and of the send; CI kills at every point.
QUICK_POINTS = {"events", "committed", "sent"}


class People:
    """Counts what arrives, by the key of the notice."""

    def __init__(self, server: HTTPServer) -> None:
        self.arrived: Counter[str] = Counter()
        self.on_arrival: Callable[[int], None] = lambda _count: None
        self._lock = threading.Lock()
        self.url = server.url_for("/hook")
        server.expect_request("/hook", method="POST").respond_with_handler(self._take)

    def _take(self, request: Request) -> Response:
        with self._lock:
            self.arrived[request.headers["Idempotency-Key"]] += 1
            count = self.arrived.total()
        self.on_arrival(count)
        return Response("ok")


@pytest.fixture
def people(httpserver: HTTPServer) -> People:
    return People(httpserver)


@pytest.fixture
def room(database: Database, law: Law, clock: FixedClock, people: People) -> Watchroom:
    """Duty and press reachable by webhook, and twelve incidents that have just been opened."""
    clock.move_to(START)
    room = Watchroom(database, law, clock)
    with database.write() as connection:
        settings = {"url": people.url, "allow_private": True}
        hook = channels.add(connection, "hook", ChannelKind.WEBHOOK, settings, KEY, START)
    for role in (Role.DUTY, Role.PRESS, Role.MANAGER, Role.ADMIN):
        number = room.hire(role.value, role)
        with database.write() as connection:
            channels.give_person(connection, number, hook, role.value)
    room.open_cases(12)
    return room


def start(room: Watchroom, at: datetime, point: str = "-", times: int = 1) -> subprocess.Popen[str]:
    url = room.database.engine.url.render_as_string(hide_password=False)
    return subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.engine_process", url, str(iso(at)), point, str(times)],
        cwd=Path(__file__).parents[2],
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> int:
    _, errors = process.communicate(timeout=60)
    assert process.returncode in {0, -signal.SIGKILL}, errors
    return process.returncode


def assert_nothing_lost_or_doubled(room: Watchroom, people: People, at: datetime) -> None:
    """Every due step has happened, said itself once, and reached its people once but for ambiguous sends."""
    due = [action for action in room.actions() if action.planned_at <= at]
    assert {action.state for action in due} == {"fired"}
    for clock_id in range(1, 13):
        said = [event["payload"]["n"] for event in room.events(clock_id)]
        assert sorted(said) == [action.n for action in due if action.deadline_id == clock_id]
    assert len(room.notices()) == len(due)
    rows = room.outbox()
    assert len(rows) == len(due)
    assert {row.state for row in rows} == {"accepted"}
    unclear = ambiguous(room)
    for row in rows:
        sends = people.arrived[f"huiying-notice-{row.notice_id}"]
        assert 1 <= sends <= 1 + unclear[row.id]
    assert people.arrived.total() == sum(people.arrived[f"huiying-notice-{r.notice_id}"] for r in rows)
    assert room.audit_is_whole()


def ambiguous(room: Watchroom) -> Counter[int]:
    with room.database.read() as connection:
        query = sa.select(delivery_attempts.c.outbox_id).where(delivery_attempts.c.outcome == "ambiguous")
        return Counter(connection.execute(query).scalars())


@pytest.mark.parametrize(
    "point",
    [point if point in QUICK_POINTS else pytest.param(point, marks=pytest.mark.thorough) for point in POINTS],
)
def test_l03_killed_at_any_point_and_started_again_nothing_is_lost_or_doubled(
    room: Watchroom, people: People, point: str
) -> None:
    assert ended(start(room, START, point, 1)) == -signal.SIGKILL
    assert ended(start(room, START + LEASE_OVER)) == 0
    assert_nothing_lost_or_doubled(room, people, START + LEASE_OVER)
    if point not in {"sending", "sent", "recorded"}:
        assert set(people.arrived.values()) == {1}
        assert ambiguous(room) == {}


@pytest.mark.thorough
def test_killed_again_and_again_while_sending_nothing_is_lost_or_doubled(
    room: Watchroom, people: People
) -> None:
    chance = random.Random(20260216)
    at = START
    killed = 0
    for _ in range(8):
        process = start(room, at)
        last = people.arrived.total() + chance.randint(1, 6)
        people.on_arrival = lambda count, pid=process.pid, last=last: (  # type: ignore[misc] # bound on purpose
            os.kill(pid, signal.SIGKILL) if count == last else None
        )
        killed += ended(process) != 0
        at += LEASE_OVER
    people.on_arrival = lambda _count: None
    assert killed >= 4
    assert ended(start(room, at)) == 0
    assert_nothing_lost_or_doubled(room, people, at)
    assert people.arrived.total() - len(people.arrived) <= ambiguous(room).total()


@pytest.mark.postgres
@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_three_engines_at_once_do_everything_once(room: Watchroom, people: People) -> None:
    room.open_cases(150)
    engines = [start(room, START) for _ in range(3)]
    assert [ended(one) for one in engines] == [0, 0, 0]
    due = [a for a in room.actions() if a.planned_at <= START]
    assert {a.state for a in due} == {"fired"}
    assert len(room.notices()) == len(due) == (12 + 150) * 2
    assert {row.state for row in room.outbox()} == {"accepted"}
    assert set(people.arrived.values()) == {1}
    assert len(people.arrived) == len(due)
    assert ambiguous(room) == {}
    assert room.audit_is_whole()


@pytest.fixture
def embedded(data_dir: Path, clock: FixedClock) -> Database:
    """A SQLite office in its data folder."""
    opened = open_database(f"sqlite:///{data_dir / 'huiying.db'}")
    migrate(opened, clock.now())
    return opened


HOLDER = """
import sys
from core.clock import parse_instant
from huiying.engine_right import EngineRight
from storage.database import open_database
right = EngineRight.acquire(open_database(sys.argv[1]), parse_instant("2026-11-23T09:00"))
print("held", flush=True)
sys.stdin.read()
"""


def hold(database: Database) -> subprocess.Popen[str]:
    """Another process that is the engine, until it is killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(database.engine.url)],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_l18_on_sqlite_a_second_engine_refuses_and_everything_else_runs(
    embedded: Database, data_dir: Path
) -> None:
    holder = hold(embedded)
    try:
        office = Command(data_dir)
        refused = office("worker", "--once", "--json")
        assert refused.code == 1
        assert json.loads(refused.out)["error"]["code"] == "engine.running"
        assert office("cases", "--json").json["total"] == 0
    finally:
        holder.kill()
        holder.communicate()


def test_on_sqlite_a_killed_engine_leaves_the_way_free_at_once(embedded: Database, clock: FixedClock) -> None:
    holder = hold(embedded)
    holder.kill()
    holder.communicate()
    right = EngineRight.acquire(embedded, clock.now())
    assert right.lease.epoch == 2
    right.release()
    embedded.close()


def test_a_former_engine_whose_lease_was_taken_over_may_do_no_more(
    embedded: Database, clock: FixedClock
) -> None:
    former = EngineRight.acquire(embedded, clock.now())
    os.close(former.lock)
    present = EngineRight.acquire(embedded, clock.now())
    with pytest.raises(Conflict, match="另一个提醒引擎"):
        former.renew(clock.now())
    present.renew(clock.now())
    present.release()
    embedded.close()
