"""Turns the relative moments of the demo's files into instants of the office. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from core.clock import SHANGHAI, local_day, shanghai
from core.errors import InvalidInput
from core.working_days import WorkCalendar

_FROM_NOW = re.compile(r"(?P<sign>[+-])(?P<amount>\d+)(?P<unit>[mh])")
_ON_A_DAY = re.compile(r"(?P<kind>[DW])(?P<sign>[+-])(?P<amount>\d+)(?: (?P<time>\d\d:\d\d))?")
_UNITS = {"m": "minutes", "h": "hours"}

# What falls due "today" must not fall due within the hour beside the one order that does.
_BEFORE_MIDNIGHT = timedelta(hours=2)


@dataclass(frozen=True)
class Moments:
    """Reads moments relative to one instant; how they are written stands at the head of `bureau.yml`.

    Attributes:
        at: the instant everything is relative to; aware.
        calendar: tells which days the office works.
    """

    at: datetime
    calendar: WorkCalendar

    @cached_property
    def today(self) -> date:
        """The day that W and D count from: tomorrow when midnight is less than two hours away."""
        return local_day(self.at + _BEFORE_MIDNIGHT)

    def read(self, text: str) -> datetime | date:
        """An aware instant in whole minutes, never later than meant; a bare day where no time is written.

        Raises:
            InvalidInput: the text is no moment.
        """
        if found := _FROM_NOW.fullmatch(text):
            shift = timedelta(**{_UNITS[found["unit"]]: int(f"{found['sign']}{found['amount']}")})
            return (shanghai(self.at) + shift).replace(second=0, microsecond=0)
        if found := _ON_A_DAY.fullmatch(text):
            count = int(f"{found['sign']}{found['amount']}")
            day = self._working_day(count) if found["kind"] == "W" else self.today + timedelta(days=count)
            if found["time"] is None:
                return day
            return datetime.combine(day, time.fromisoformat(found["time"]), SHANGHAI)
        raise InvalidInput(f"看不懂演示数据中的时刻“{text}”。", mend="写法见 huiying/demo/bureau.yml 开头。")

    def day(self, text: str) -> date:
        """The day of a moment."""
        found = self.read(text)
        return found.date() if isinstance(found, datetime) else found

    def _working_day(self, count: int) -> date:
        """The working day `count` before (negative) or after today; today itself is never counted."""
        step = timedelta(days=1 if count > 0 else -1)
        day, left = self.today, abs(count)
        while left:
            day += step
            left -= self.calendar.is_working_day(day)
        return day
