"""The office on the web that the tests of the pages and of the JSON interface share."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.casework import Law
from core.clock import FixedClock
from storage.database import Database
from tests.api.office import WebOffice


@pytest.fixture
def office(database: Database, law: Law, clock: FixedClock, data_dir: Path) -> WebOffice:
    """An office without people and messages, on a Monday at nine."""
    return WebOffice(database, law, clock, data_dir)
