"""Counting: from clocks to the figures of the response-time report. Pure.

Each figure is defined in one place, here, as docs/figures.md states it; the page, the API, the command line
and the spreadsheet call it. Open overdue clocks count as not met: an office that never answers must not look
fast.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.vocabulary import DeadlineStatus, Precision

# Named in every close and signed report; a figure that is counted differently gets a new one.
DEFINITIONS_VERSION = "2026.1"
_SECONDS_PER_HOUR = 3600


@dataclass(frozen=True, slots=True)
class CountedClock:
    """One clock as a report sees it.

    Attributes:
        status: how it stands at the report's `as_of`.
        started_at, met_at: aware; `met_at` None while unanswered or when nobody knows the time.
        met_precision: how exactly `met_at` is known.
        working_days: working days d with day zero < d ≤ day of the answer; None without `met_at`.
        has_holding_reply: a holding reply was known at `as_of`.
    """

    status: DeadlineStatus
    started_at: datetime
    met_at: datetime | None
    met_precision: Precision | None
    working_days: int | None
    has_holding_reply: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one group.

    Attributes:
        received: all clocks of the group.
        answered: on_time + late + time_unknown.
        holding_only: of overdue and open, those with a holding reply.
        on_time_rate: on_time / (on_time + late + overdue), 0…1; None when that is 0.
        median_working_days, p90_working_days, median_hours, p90_hours: over on_time and late; None when
            there is none. Hours are wall-clock, and only of answers whose time of day is known.
    """

    received: int
    on_time: int
    late: int
    overdue: int
    open: int
    cancelled: int
    answered: int
    time_unknown: int
    holding_only: int
    on_time_rate: float | None
    median_working_days: float | None
    p90_working_days: float | None
    median_hours: float | None
    p90_hours: float | None

    @property
    def unanswered(self) -> int:
        """overdue + open: what is still owed."""
        return self.overdue + self.open


def figures_of(clocks: Sequence[CountedClock]) -> Figures:
    """The figures of a group of clocks; all counts 0 and all rates None for an empty one."""
    count = dict.fromkeys(DeadlineStatus, 0)
    for clock in clocks:
        count[clock.status] += 1
    on_time, late = count[DeadlineStatus.ON_TIME], count[DeadlineStatus.LATE]
    overdue, still_open = count[DeadlineStatus.OVERDUE], count[DeadlineStatus.OPEN]
    judged = on_time + late + overdue
    days = [clock.working_days for clock in clocks if _is_timed(clock) and clock.working_days is not None]
    hours = [hour for clock in clocks if (hour := _hours(clock)) is not None]
    return Figures(
        received=len(clocks),
        on_time=on_time,
        late=late,
        overdue=overdue,
        open=still_open,
        cancelled=count[DeadlineStatus.CANCELLED],
        answered=on_time + late + count[DeadlineStatus.TIME_UNKNOWN],
        time_unknown=count[DeadlineStatus.TIME_UNKNOWN],
        holding_only=sum(_is_unanswered(clock) and clock.has_holding_reply for clock in clocks),
        on_time_rate=on_time / judged if judged else None,
        median_working_days=median(days),
        p90_working_days=p90(days),
        median_hours=median(hours),
        p90_hours=p90(hours),
    )


def median(values: Sequence[float]) -> float | None:
    """The middle value, or the mean of the two middle ones; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def p90(values: Sequence[float]) -> float | None:
    """The smallest value that at least 90 % of all do not exceed; None of nothing."""
    if not values:
        return None
    return sorted(values)[math.ceil(len(values) * 9 / 10) - 1]


def _is_timed(clock: CountedClock) -> bool:
    return clock.status in {DeadlineStatus.ON_TIME, DeadlineStatus.LATE}


def _is_unanswered(clock: CountedClock) -> bool:
    return clock.status in {DeadlineStatus.OVERDUE, DeadlineStatus.OPEN}


def _hours(clock: CountedClock) -> float | None:
    if not _is_timed(clock) or clock.met_at is None or clock.met_precision is Precision.DAY:
        return None
    return (clock.met_at - clock.started_at).total_seconds() / _SECONDS_PER_HOUR
