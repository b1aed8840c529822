"""The migrations build exactly the tables the code declares, once, on both databases."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from core.clock import FixedClock
from core.errors import Conflict, StorageError
from core.vocabulary import Tag
from storage import engine_state, events, search_changes
from storage.database import Database, open_database
from storage.events import OFFICE_STREAM, Draft
from storage.migrate import migrate, require_current
from storage.tables import METADATA
from storage.triggers import Triggers
from tests.storage.search.letters import store


def test_the_migrated_schema_is_the_declared_one(database: Database) -> None:
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_a_second_migration_finds_nothing_to_do(database_url: str, clock: FixedClock) -> None:
    database = open_database(database_url)
    assert migrate(database, clock.now()) is True
    assert migrate(database, clock.now()) is False
    database.close()


def test_the_database_remembers_the_day_it_was_made(database_url: str, clock: FixedClock) -> None:
    database = open_database(database_url)
    migrate(database, clock.now())
    made_at = clock.now()
    clock.advance(days=30)
    migrate(database, clock.now())
    with database.read() as connection:
        assert engine_state.created_at(connection) == made_at
    database.close()


def test_a_database_of_a_newer_version_is_refused(database: Database, clock: FixedClock) -> None:
    with database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '29990101_0001'"))
    with pytest.raises(StorageError, match="更新版本") as caught:
        migrate(database, clock.now())
    assert caught.value.code == "storage.newer"


def test_l11_an_engine_goes_on_only_over_the_schema_it_was_written_for(database: Database) -> None:
    with database.read() as connection:
        require_current(connection)
    with database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '29990101_0001'"))
    with database.read() as connection, pytest.raises(Conflict, match="更新版本") as caught:
        require_current(connection)
    assert caught.value.code == "storage.superseded"


def test_a_step_that_makes_a_table_anew_keeps_its_triggers(database: Database, clock: FixedClock) -> None:
    with database.write() as connection:
        triggers = Triggers(connection)
        operations = Operations(MigrationContext.configure(connection))
        for table in ("events", "messages", "cases"):
            with operations.batch_alter_table(table, recreate="auto") as changed:
                changed.add_column(sa.Column("later", sa.Text))
                changed.alter_column("later", nullable=False, server_default="")
        lost = triggers.put_back()
        # PostgreSQL alters a table in its place.
        assert bool(lost) == database.is_sqlite
        assert triggers.put_back() == []
        events.append(
            connection,
            [Draft(OFFICE_STREAM, Tag.IMPORT_FINISHED, "import", "1", clock.now(), {})],
            clock.now(),
        )
    store(database, clock, ["停水"])
    with database.read() as connection:
        assert search_changes.count(connection) == 1
    with pytest.raises(sa.exc.DatabaseError, match="append-only"), database.write() as connection:
        connection.execute(sa.text("DELETE FROM events"))


def test_a_file_that_is_no_database_is_named_so(tmp_path: object, clock: FixedClock) -> None:
    path = f"{tmp_path}/huiying.db"
    with open(path, "wb") as file:  # noqa: PTH123 - the fixture's path is already text
        file.write(b"this is no database, but it is long enough to look at" * 100)
    with pytest.raises(StorageError, match="损坏"):
        migrate(open_database(f"sqlite:///{path}"), clock.now())
