"""A database, and an index on either engine that the test has for itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.clock import FixedClock
from storage.database import Database, open_database
from storage.migrate import migrate
from storage.search.port import SearchIndex
from tests.storage.search.engines import engine_of


@pytest.fixture(params=["tantivy", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)])
def index(request: pytest.FixtureRequest, data_dir: Path) -> Iterator[SearchIndex]:
    """An index that does not exist yet, once on each engine."""
    with engine_of(request.param, data_dir) as opened:
        yield opened


@pytest.fixture
def sqlite(data_dir: Path, clock: FixedClock) -> Iterator[Database]:
    """A migrated, empty SQLite database: what tells the engines apart does not lie in SQL."""
    opened = open_database(f"sqlite:///{data_dir / 'huiying.db'}")
    migrate(opened, clock.now())
    yield opened
    opened.close()
