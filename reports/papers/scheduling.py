"""When a scheduled paper is due, and which period it tells of. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from core.clock import SHANGHAI, local_day
from core.working_days import WorkCalendar
from reports.papers.scope import Period

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)


class Every(StrEnum):
    """How often."""

    DAY = "day"
    WORKING_DAY = "working_day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Timing:
    """When a paper is due.

    Attributes:
        on_day: day of the week from 1 Monday, or day of the month to 28; nothing for the other two.
        at: time of day in the office.
    """

    every: Every
    at: time
    on_day: int = 1

    def next_after(self, instant: datetime, calendar: WorkCalendar) -> datetime:
        """The first due instant after this one; UTC."""
        day = local_day(instant)
        while not (self._is_day(day, calendar) and self._on(day) > instant):
            day += _DAY
        return self._on(day)

    def period(self, due_at: datetime, calendar: WorkCalendar) -> Period:
        """What the paper of this instant tells of: up to the day before, without a gap to the last one."""
        until = local_day(due_at) - _DAY
        match self.every:
            case Every.DAY:
                return Period(until, until)
            case Every.WORKING_DAY:
                since = until
                while not calendar.is_working_day(since):
                    since -= _DAY
                return Period(since, until)
            case Every.WEEK:
                return Period(until - _WEEK + _DAY, until)
            case Every.MONTH:
                last = local_day(due_at).replace(day=1) - _DAY
                return Period(last.replace(day=1), last)

    def _is_day(self, day: date, calendar: WorkCalendar) -> bool:
        match self.every:
            case Every.DAY:
                return True
            case Every.WORKING_DAY:
                return calendar.is_working_day(day)
            case Every.WEEK:
                return day.isoweekday() == self.on_day
            case Every.MONTH:
                return day.day == self.on_day

    def _on(self, day: date) -> datetime:
        return datetime.combine(day, self.at, SHANGHAI).astimezone(UTC)
