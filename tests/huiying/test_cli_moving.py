"""`huiying move`: an office goes from SQLite to PostgreSQL, whole, and is proved to be the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.clock import FixedClock
from core.vocabulary import Tag
from huiying.engine_right import EngineRight
from storage import events
from storage.database import Database, open_database
from storage.events import OFFICE_STREAM, Draft
from storage.migrate import migrate
from storage.moving import carry
from tests.command import Command
from tests.postgres import PostgresServer
from tests.storage.search.letters import store

pytestmark = pytest.mark.postgres


@pytest.fixture
def office(data_dir: Path, clock: FixedClock) -> Database:
    """A few hundred messages and a trail."""
    database = open_database(f"sqlite:///{data_dir / 'huiying.db'}")
    migrate(database, clock.now())
    store(database, clock, [f"小区停水{number}" for number in range(300)])
    for number in range(3):
        draft = Draft(OFFICE_STREAM, Tag.IMPORT_FINISHED, "import", "导入 1", clock.now(), {"说明": number})
        with database.write() as connection:
            events.append(connection, [draft], clock.now())
    return database


def test_an_office_is_moved_proved_and_moved_again_without_harm(
    office: Database, data_dir: Path, postgres_server: PostgresServer, clock: FixedClock
) -> None:
    huiying = Command(data_dir)
    with postgres_server.fresh_database() as url:
        first = huiying("move", "--to", url, "--json")
        assert first.code == 0, first.err
        tables = {one["table"]: one["rows"] for one in first.json["tables"]}
        assert (first.json["copied"], tables["messages"], tables["events"]) == (True, 300, 3)
        again = huiying("move", "--to", url, "--json").json
        assert (again["copied"], again["tables"]) == (False, first.json["tables"])
        there = Command(data_dir, settings=(("HUIYING_DATABASE__URL", url),))
        assert there("audit", "verify", "--json").json["ok"]
        assert there("search", "停水", "--json").json["total"] == 300
        target = open_database(url)
        (new,) = store(target, clock, ["新来的"])
        target.close()
        assert new == 301
        changed = huiying("move", "--to", url, "--json")
        assert (changed.code, changed.json["error"]["code"]) == (1, "move.occupied")


def test_a_move_that_is_broken_off_leaves_nothing_and_can_be_done_again(
    office: Database, postgres_server: PostgresServer, clock: FixedClock
) -> None:
    class PulledOutError(Exception):
        """The cable."""

    def pull(table: str, _rows: int) -> None:
        if table == "messages":
            raise PulledOutError

    with postgres_server.fresh_database() as url:
        target = open_database(url)
        migrate(target, clock.now())
        with pytest.raises(PulledOutError):
            carry(office, target, pull)
        with target.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM sources").scalar() == 0
        carried, copied = carry(office, target)
        assert copied
        assert {one.table: one.rows for one in carried}["messages"] == 300
        target.close()


def test_a_running_service_is_not_moved_under_its_feet(
    office: Database, data_dir: Path, postgres_server: PostgresServer, clock: FixedClock
) -> None:
    right = EngineRight.acquire(office, clock.now())
    with postgres_server.fresh_database() as url:
        outcome = Command(data_dir).apart("move", "--to", url, "--json")
    right.release()
    assert (outcome.code, outcome.json["error"]["code"]) == (1, "engine.running")
