"""An office around the test's own database and data folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.clock import FixedClock
from core.settings import Settings
from huiying.office import Office
from storage.database import Database


@pytest.fixture
def office(database: Database, data_dir: Path, clock: FixedClock) -> Office:
    """A ready office; its clock stands at Monday 23 November 2026, 09:00."""
    return Office(Settings(data_dir=data_dir), clock, database)
