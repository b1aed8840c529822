"""Instants are aware, days are the office's days."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from core.clock import FixedClock, day_end, day_start, iso, local_day, parse_day, parse_instant, require_aware
from core.errors import InvalidInput


def test_a_day_of_the_office_begins_at_its_own_midnight() -> None:
    assert day_start(date(2026, 3, 2)) == datetime(2026, 3, 1, 16, tzinfo=UTC)
    assert day_end(date(2026, 3, 2)) == day_start(date(2026, 3, 3))


@pytest.mark.parametrize(
    ("instant", "day"),
    [("2026-03-01T15:59:59.999999+00:00", date(2026, 3, 1)), ("2026-03-01T16:00+00:00", date(2026, 3, 2))],
)
def test_the_local_day_changes_at_midnight_in_shanghai(instant: str, day: date) -> None:
    assert local_day(parse_instant(instant)) == day


def test_a_bare_time_is_read_as_the_offices() -> None:
    assert parse_instant("2026-09-30T09:00") == parse_instant("2026-09-30T01:00+00:00")


def test_instants_are_printed_with_the_offices_offset() -> None:
    assert iso(parse_instant("2026-10-13T16:00+00:00")) == "2026-10-14T00:00:00+08:00"
    assert iso(None) is None


@pytest.mark.parametrize("text", ["", "2026-13-40", "明天", "2026-09-30T25:00"])
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_instant(text)


def test_what_is_no_day_is_refused() -> None:
    with pytest.raises(InvalidInput, match="2026-02-30"):
        parse_day("2026-02-30")


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(InvalidInput, match="没有时区"):
        require_aware(datetime(2026, 3, 2))  # noqa: DTZ001 - the point of the test


def test_a_fixed_clock_moves_only_when_told() -> None:
    clock = FixedClock(parse_instant("2026-11-23T09:00+08:00"))
    before = clock.now()
    assert clock.now() == before
    clock.advance(hours=5)
    assert iso(clock.now()) == "2026-11-23T14:00:00+08:00"
