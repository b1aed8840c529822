"""What the makers of papers need beside a connection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.errors import InvalidInput
from core.working_days import WorkCalendar


@dataclass(frozen=True, slots=True)
class Desk:
    """The office as a paper sees it.

    Attributes:
        issuer: its name.
        as_of: the instant every figure stands at.
        rules: rule key → label.
    """

    issuer: str
    as_of: datetime
    calendar: WorkCalendar
    rules: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, the first and the last included.

    Raises:
        InvalidInput: it ends before it begins.
    """

    since: date
    until: date

    def __post_init__(self) -> None:
        if self.until < self.since:
            raise InvalidInput(
                f"结束日期 {self.until} 早于开始日期 {self.since}。", mend="请对调后再试。", field="to"
            )

    @property
    def days(self) -> tuple[date, ...]:
        """Each day, in order."""
        count = (self.until - self.since).days + 1
        return tuple(self.since + timedelta(days=n) for n in range(count))

    @property
    def before(self) -> Period:
        """The period of the same length that ends the day before."""
        end = self.since - timedelta(days=1)
        return Period(end - timedelta(days=len(self.days) - 1), end)

    @property
    def text(self) -> str:
        """In words."""
        first, last = chinese_day(self.since), chinese_day(self.until)
        return first if self.since == self.until else f"{first}至{last}"


def chinese_day(day: date) -> str:
    """A day as official papers write it."""
    return f"{day.year}年{day.month}月{day.day}日"
