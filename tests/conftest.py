"""Fixtures every test may ask for: the clock, folders, database addresses; and what the tests must not do.

`HUIYING_TEST_REQUIRE_SERVERS=1` (CI sets it) turns "skipped, no server here" into a failure;
`HUIYING_TEST_THOROUGH=1` (CI sets it too) runs the tests that take minutes.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from alerts.casework import Law
from alerts.deadlines import DueTimes
from alerts.ladders import load_ladders
from alerts.procedures import load_procedures
from alerts.replies import load_holding_patterns
from analysis.sentiment.fast import open_scorer
from core.clock import SHANGHAI, FixedClock
from core.rulebook import load_rulebook, rules_folder
from core.working_days import load_calendar
from storage.database import Database, open_database
from storage.migrate import migrate
from tests import elastic, pooler
from tests.browser.chromium import chromium_path
from tests.network import refuse_other_machines
from tests.postgres import URL_VARIABLE, PostgresServer, server_from_environment

START = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
REAL_DATA = Path(__file__).parents[2] / "shared" / "data"


def pytest_configure() -> None:
    """Close the way to other machines before the first import of a test."""
    refuse_other_machines()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what this machine has no server or data for; in CI a missing server is a failure."""
    if item.get_closest_marker("real_data") and not REAL_DATA.is_dir():
        pytest.skip("real data is absent")
    if item.get_closest_marker("thorough") and os.environ.get("HUIYING_TEST_THOROUGH") != "1":
        pytest.skip("takes minutes: set HUIYING_TEST_THOROUGH=1")
    missing = _missing_server(item)
    if missing and os.environ.get("HUIYING_TEST_REQUIRE_SERVERS") == "1":
        pytest.fail(missing, pytrace=False)
    if missing:
        pytest.skip(missing)


def _missing_server(item: pytest.Item) -> str | None:
    if item.get_closest_marker("postgres") and not os.environ.get(URL_VARIABLE):
        return f"no PostgreSQL server: {URL_VARIABLE} is not set"
    if item.get_closest_marker("pooler") and not pooler.is_installed():
        return "no PgBouncer: apt install pgbouncer"
    if item.get_closest_marker("elasticsearch") and not os.environ.get(elastic.URL_VARIABLE):
        return f"no Elasticsearch server: {elastic.URL_VARIABLE} is not set"
    if item.get_closest_marker("elasticsearch_cluster") and not os.environ.get(elastic.CLUSTER_VARIABLE):
        return f"no three nodes of Elasticsearch: {elastic.CLUSTER_VARIABLE} is not set"
    if item.get_closest_marker("browser") and chromium_path() is None:
        return "no Chromium: HUIYING_TEST_CHROMIUM is not set and /usr/bin/chromium is absent"
    return None


@pytest.fixture
def clock() -> FixedClock:
    """Monday 23 November 2026, 09:00 in the office; stands still until a test moves it."""
    return FixedClock(START)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """An empty data folder of the test's own."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The test server; a test that asks for it is marked `postgres`."""
    server = server_from_environment()
    if server is None:
        pytest.fail("a test that asks for postgres_server is marked postgres", pytrace=False)
    yield server
    server.drop_templates()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, data_dir: Path) -> Iterator[str]:
    """The address of an empty database of the test's own, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{data_dir / 'huiying.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.fresh_database() as url:
        yield url


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database of the current schema, made once in this run; a test takes a copy."""
    path = tmp_path_factory.mktemp("template") / "huiying.db"
    made = open_database(f"sqlite:///{path}")
    migrate(made, START)
    made.close()
    return path


@pytest.fixture
def sqlite_database(migrated_file: Path, data_dir: Path) -> Iterator[Database]:
    """A migrated, empty SQLite database of the test's own, in its data folder."""
    path = data_dir / "huiying.db"
    shutil.copyfile(migrated_file, path)
    opened = open_database(f"sqlite:///{path}")
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A migrated, empty database of the test's own, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_database")
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")

    def prepare(url: str) -> None:
        fresh = open_database(url)
        migrate(fresh, START)
        fresh.close()

    with server.fresh_database(server.template("migrated", prepare)) as url:
        opened = open_database(url)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def models_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tables of the shipped model, built once in this run."""
    folder = tmp_path_factory.mktemp("models")
    open_scorer(folder)
    return folder


@pytest.fixture(scope="session")
def law() -> Law:
    """The rules and calendars that ship, for an office that went live on 1 January 2026."""
    folder = rules_folder()
    rulebook = load_rulebook(folder)
    procedures = load_procedures(folder / "procedures", rulebook)
    return Law(
        rulebook=rulebook,
        due_times=DueTimes(load_calendar(folder / "calendar")),
        holding=load_holding_patterns(folder / "lexicon" / "holding_replies.yml"),
        go_live_on=date(2026, 1, 1),
        ladders=load_ladders(folder, {rule.key for rule in rulebook.rules()}),
        procedures=procedures,
    )
