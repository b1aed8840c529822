"""L17: PostgreSQL behind a pooler that gives each transaction another connection."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date

import pytest
import sqlalchemy as sa

from alerts.casework import Law
from alerts.engine import Engine
from alerts.handling import acknowledge
from core.clock import FixedClock
from reports.response_times import Query, response_times
from storage.database import Database, open_database
from storage.migrate import migrate
from tests.alerts.bureau import Bureau
from tests.alerts.watchroom import CALENDAR, Watchroom
from tests.factories import make_record
from tests.pooler import pooler
from tests.postgres import PostgresServer

pytestmark = [pytest.mark.postgres, pytest.mark.pooler]
CASES, ENGINES, ROUNDS = 40, 3, 4


@pytest.fixture
def pooled(postgres_server: PostgresServer, clock: FixedClock) -> Iterator[Database]:
    """A database of the test's own, migrated and used through a pooler in transaction mode."""
    with postgres_server.fresh_database() as url, pooler(sa.make_url(url)) as address:
        opened = open_database(address.render_as_string(hide_password=False))
        migrate(opened, clock.now())
        yield opened
        opened.close()


def test_l17_engines_behind_a_transaction_pooler_lose_and_double_nothing(
    pooled: Database, law: Law, clock: FixedClock
) -> None:
    room = Watchroom(pooled, law, clock)
    room.staff()
    room.open_cases(CASES)
    engines = [Engine(pooled, law.ladders, law.rulebook, CALENDAR, clock) for _ in range(ENGINES)]
    troubles: list[Exception] = []

    def work(engine: Engine) -> None:
        try:
            engine.tick()
            room.dispatcher.drain()
        except Exception as error:  # noqa: BLE001 - told to the test, which fails with it
            troubles.append(error)

    for _ in range(ROUNDS):
        clock.advance(hours=2)
        threads = [threading.Thread(target=work, args=(one,)) for one in engines]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert troubles == []
    due = [one for one in room.actions() if one.planned_at <= clock.now()]
    assert {one.state for one in due} <= {"fired", "skipped"}
    keys = [row.dedupe_key for row in room.notices()]
    assert len(keys) == len(set(keys))
    assert room.audit_is_whole()


def test_l17_casework_and_reports_behind_a_transaction_pooler(
    pooled: Database, law: Law, clock: FixedClock
) -> None:
    bureau = Bureau(pooled, law, clock)
    numbers = [
        bureau.letter(make_record(f"2026-11-23T08:{n:02d}", section="市政科", title=f"来文{n}"))
        for n in range(12)
    ]
    for number in numbers:
        bureau.do(acknowledge, number, bureau.roads)
    clock.advance(hours=24)
    asked = Query(date(2026, 11, 1), date(2026, 12, 31), clock.now(), rule="message.first_reply")
    with pooled.read() as connection:
        before = response_times(connection, asked, CALENDAR, {}).total
        # Another transaction commits meanwhile; the snapshot of the report does not see it.
        bureau.letter(make_record("2026-11-23T09:30", title="后来的"))
        assert response_times(connection, asked, CALENDAR, {}).total == before
