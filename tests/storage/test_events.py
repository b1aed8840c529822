"""The audit trail refuses change, and a change made behind its back is found."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from core.clock import FixedClock
from core.vocabulary import Tag
from storage import events
from storage.database import Database
from storage.events import OFFICE_STREAM, Draft


@pytest.fixture
def trail(database: Database, clock: FixedClock) -> Database:
    """Five events of the office."""
    for number in range(5):
        draft = Draft(
            OFFICE_STREAM, Tag.IMPORT_FINISHED, "import", "导入 1", clock.now(), {"n": number, "说明": "完成"}
        )
        with database.write() as connection:
            events.append(connection, [draft], clock.now())
        clock.advance(minutes=1)
    return database


def _unlocked(database: Database, statement: str) -> None:
    """Change the table as somebody with the database's own password could."""
    with database.write() as connection:
        if database.is_sqlite:
            connection.execute(sa.text("DROP TRIGGER IF EXISTS events_refuse_UPDATE"))
            connection.execute(sa.text("DROP TRIGGER IF EXISTS events_refuse_DELETE"))
        else:
            connection.execute(sa.text("ALTER TABLE events DISABLE TRIGGER ALL"))
        connection.execute(sa.text(statement))


def test_an_untouched_trail_verifies(trail: Database) -> None:
    with trail.read() as connection:
        assert events.verify(connection) == events.Verdict(5, None, None)


@pytest.mark.parametrize(
    "statement", ["UPDATE events SET actor = 'x' WHERE seq = 2", "DELETE FROM events WHERE seq = 5"]
)
def test_r09_the_database_refuses_to_change_an_event(trail: Database, statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), trail.write() as connection:
        connection.execute(sa.text(statement))
    with trail.read() as connection:
        assert len(events.of_stream(connection, OFFICE_STREAM)) == 5


@pytest.mark.parametrize(
    "column", ["tag", "actor_kind", "actor", "payload", "prev_hash", "hash"], ids=lambda c: f"{c} changed"
)
def test_a_changed_text_column_is_found_at_its_row(trail: Database, column: str) -> None:
    _unlocked(trail, f"UPDATE events SET {column} = 'x' WHERE stream = 0 AND seq = 3")
    with trail.read() as connection:
        assert events.verify(connection).first_bad == "0/3"


@pytest.mark.parametrize("column", ["occurred_at", "recorded_at"])
def test_a_moved_instant_is_found_at_its_row(trail: Database, column: str) -> None:
    shift = f"{column} + 1" if trail.is_sqlite else f"{column} + interval '1 microsecond'"
    _unlocked(trail, f"UPDATE events SET {column} = {shift} WHERE stream = 0 AND seq = 4")
    with trail.read() as connection:
        assert events.verify(connection).first_bad == "0/4"


def test_a_removed_event_is_found_at_the_next_one(trail: Database) -> None:
    _unlocked(trail, "DELETE FROM events WHERE stream = 0 AND seq = 2")
    with trail.read() as connection:
        assert events.verify(connection).first_bad == "0/3"


def test_events_come_back_in_order_with_their_payload(trail: Database) -> None:
    with trail.read() as connection:
        rows = events.of_stream(connection, OFFICE_STREAM)
    assert [row["seq"] for row in rows] == [1, 2, 3, 4, 5]
    assert rows[2]["payload"] == {"n": 2, "说明": "完成"}


def test_two_writers_of_the_office_chain_queue_up(database: Database, clock: FixedClock) -> None:
    now = clock.now()

    def write(name: str) -> None:
        with database.write() as connection:
            facts = {"by": name}
            events.append(
                connection, [Draft(OFFICE_STREAM, Tag.IMPORT_FINISHED, "system", name, now, facts)], now
            )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, [f"写手{number}" for number in range(40)]))
    with database.read() as connection:
        assert events.verify(connection) == events.Verdict(40, None, None)
