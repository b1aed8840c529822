"""Which way a matter goes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from analysis.trend import Direction, trend_of
from core.clock import parse_instant

NOW = parse_instant("2026-03-02T12:00")


@pytest.mark.parametrize(
    ("ages", "direction", "hours"),
    [
        ([1, 2, 3, 4, 8], Direction.RISING, 6),
        ([1, 8, 9, 10], Direction.FALLING, 6),
        ([1, 2, 8, 9], Direction.STEADY, 6),
        ([2, 30], Direction.STEADY, 24),
        ([2, 3, 30], Direction.RISING, 24),
        ([24 * 2, 24 * 9, 24 * 10], Direction.FALLING, 24 * 7),
        ([2, 3], Direction.RISING, 24),
        ([], Direction.STEADY, 24),
        ([24 * 60], Direction.STEADY, 24),
    ],
)
def test_the_shortest_stretch_that_can_be_compared_tells(
    ages: list[int], direction: Direction, hours: int
) -> None:
    trend = trend_of([(NOW - timedelta(hours=age), str(age)) for age in ages], NOW)
    assert (trend.direction, trend.hours) == (direction, hours)


def test_accounts_and_the_loudest_are_counted_and_the_future_is_not() -> None:
    voices = [(NOW - timedelta(hours=1), "甲")] * 3 + [(NOW, "乙"), (NOW + timedelta(hours=1), "丙")]
    trend = trend_of(voices, NOW)
    assert (trend.accounts, trend.loudest, trend.recent) == (2, 3, 4)
    assert trend.reason == "走势上升：最近24小时4条，此前24小时0条；共2个账号，最多的一个发了3条。"
