"""The limit printed on an order: a day, an instant, or an amount with its unit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core.clock import iso, local_day
from core.vocabulary import LimitUnit, Precision
from crawlers.imports.cells import Cell, as_line
from crawlers.imports.times import TimeColumns

_AMOUNT = re.compile(r"(\d{1,4})\s*个?\s*(工作日|工作天|自然日|日历日|天|日|小时|时)\s*(?:以?内|之内)?")
_UNITS = {
    "工作日": LimitUnit.WORKING_DAY,
    "工作天": LimitUnit.WORKING_DAY,
    "自然日": LimitUnit.CALENDAR_DAY,
    "日历日": LimitUnit.CALENDAR_DAY,
    "天": LimitUnit.CALENDAR_DAY,
    "日": LimitUnit.CALENDAR_DAY,
    "小时": LimitUnit.HOUR,
    "时": LimitUnit.HOUR,
}


@dataclass(frozen=True, slots=True)
class PrintedLimit:
    """What an order says about its own limit; all None and empty where it says nothing.

    Attributes:
        on: the day.
        at: the instant, where a time of day is printed.
        amount, unit: `5` and `working_day`, where an amount is printed instead.
        raw: the words, where they are none of these.
    """

    on: date | None = None
    at: datetime | None = None
    amount: str = ""
    unit: str = ""
    raw: str = ""

    @property
    def canonical(self) -> str:
        """One text for the content hash."""
        if self.at is not None:
            return iso(self.at) or ""
        return self.on.isoformat() if self.on else f"{self.amount} {self.unit}".strip() or self.raw


NO_LIMIT = PrintedLimit()


def read_limit(
    cells: Sequence[Cell],
    times: TimeColumns,
    deadline: tuple[int, ...],
    amount: tuple[int, ...],
    unit: tuple[int, ...],
) -> PrintedLimit:
    """The limit of a row, from its deadline column, else from its columns of amount and unit."""
    moment, column = times.read(cells, deadline)
    if moment is not None:
        return PrintedLimit(local_day(moment.at), None if moment.precision is Precision.DAY else moment.at)
    words = "" if column is None else as_line(cells[column])
    if not words:
        number = next((text for i in amount if (text := as_line(cells[i]))), "")
        named = next((text for i in unit if (text := as_line(cells[i]))), "")
        words = f"{number}{named}"
    if found := _AMOUNT.fullmatch(words):
        return PrintedLimit(amount=found.group(1), unit=_UNITS[found.group(2)].value)
    return PrintedLimit(raw=words) if words else NO_LIMIT
