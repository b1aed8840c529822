"""The bureau that the tests of the verbs share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from alerts.casework import Law
from core.clock import FixedClock, parse_instant
from storage.database import Database
from tests.alerts.bureau import Bureau
from tests.providers import Provider


@pytest.fixture
def bureau(database: Database, law: Law, clock: FixedClock) -> Bureau:
    """Monday 2 March 2026, 09:00, nobody has written yet."""
    clock.move_to(parse_instant("2026-03-02T09:00"))
    return Bureau(database, law, clock)


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider()
    yield made
    made.close()


@pytest.fixture
def other() -> Iterator[Provider]:
    made = Provider()
    yield made
    made.close()
