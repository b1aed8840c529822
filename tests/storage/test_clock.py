"""The database's clock, moved by a test from within the server, whatever this machine's clock says."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from storage.clock import DatabaseClock
from storage.database import CONNECTIONS, Database, open_database

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.parametrize("database", ["postgres"], indirect=True),
]


def shift(database: Database, seconds: int) -> None:
    """Let every process that connects from now on see another time: a function before the server's own."""
    name = database.engine.url.database
    with database.write() as connection:
        for statement in (
            "CREATE SCHEMA IF NOT EXISTS moved",
            f"""CREATE OR REPLACE FUNCTION moved.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
            AS $$ SELECT pg_catalog.clock_timestamp() + interval '{seconds} seconds' $$""",
            f'ALTER DATABASE "{name}" SET search_path = moved, pg_catalog, public',
        ):
            connection.execute(sa.text(statement))


def test_the_time_is_the_servers_and_not_this_machines(database: Database) -> None:
    shift(database, 7200)
    url = database.engine.url.render_as_string(hide_password=False)
    fresh = open_database(url)
    ahead = DatabaseClock(fresh).now() - datetime.now(UTC)
    assert timedelta(seconds=7195) < ahead < timedelta(seconds=7205)
    fresh.close()


def test_it_counts_on_between_two_questions_and_never_back(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monotonic = [500.0]
    monkeypatch.setattr("storage.clock.time.monotonic", lambda: monotonic[0])
    clock = DatabaseClock(database)
    first = clock.now()
    monotonic[0] += 0.5
    assert clock.now() - first == timedelta(seconds=0.5)
    monotonic[0] += 0.49
    third = clock.now()
    monotonic[0] += 0.02
    # Asked anew, the server's clock has hardly moved: the time stands still, it does not run back.
    assert clock.now() == third


def test_whoever_holds_the_last_connection_is_still_told_the_time(database: Database) -> None:
    clock = DatabaseClock(database)
    with ExitStack() as held:
        for _ in range(CONNECTIONS):
            held.enter_context(database.read())
        assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
