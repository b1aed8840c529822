"""The bureau that the tests of papers share, and the office as a paper sees it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from alerts.casework import Law
from core.clock import FixedClock, parse_instant
from core.rule_files import rules_folder
from core.working_days import WorkCalendar, load_calendar
from reports.papers.scope import Desk
from storage.database import Database
from tests.alerts.bureau import Bureau


@pytest.fixture(scope="module")
def calendar() -> WorkCalendar:
    """The tables that ship."""
    return load_calendar(rules_folder() / "calendar")


@pytest.fixture
def bureau(database: Database, law: Law, clock: FixedClock) -> Bureau:
    """Monday 2 March 2026, 09:00, nobody has written yet."""
    clock.move_to(parse_instant("2026-03-02T09:00"))
    return Bureau(database, law, clock)


@pytest.fixture
def desk(bureau: Bureau, calendar: WorkCalendar) -> Callable[[], Desk]:
    """The office at the clock's present instant."""
    rules = {rule.key: rule.label for rule in bureau.law.rulebook.rules()}
    return lambda: Desk("滨江市测试局", bureau.clock.now(), calendar, rules)
