"""The bureau, the office on the web and the watchroom that the scenarios share."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.casework import Law
from core.clock import FixedClock, parse_instant
from storage.database import Database
from tests.alerts.bureau import Bureau
from tests.alerts.watchroom import Watchroom
from tests.api.office import WebOffice


@pytest.fixture
def bureau(database: Database, law: Law, clock: FixedClock) -> Bureau:
    """Monday 2 March 2026, 09:00, nobody has written yet."""
    clock.move_to(parse_instant("2026-03-02T09:00"))
    return Bureau(database, law, clock)


@pytest.fixture
def office(database: Database, law: Law, clock: FixedClock, data_dir: Path) -> WebOffice:
    """An office on the web without people and messages, on Monday 23 November 2026 at nine."""
    return WebOffice(database, law, clock, data_dir)


@pytest.fixture
def room(database: Database, law: Law, clock: FixedClock) -> Watchroom:
    """An office with an engine and a channel that records what reached people."""
    return Watchroom(database, law, clock)
