"""Days and instants that stand in an address, within the years the office can have to do with."""

from __future__ import annotations

from datetime import date, datetime

from core.clock import local_day, parse_day, parse_instant
from core.errors import InvalidInput

_FIRST, _LAST = date(1949, 10, 1), date(2199, 12, 31)


def day_of(text: str, field: str) -> date:
    """The day a person typed.

    Raises:
        InvalidInput: it is no day, or outside the calendar of the office.
    """
    try:
        day = parse_day(text)
    except InvalidInput as error:
        raise InvalidInput(error.message, mend=error.mend, field=field) from error
    return _within(day, field)


def instant_of(text: str, field: str) -> datetime:
    """The instant a person typed; without a zone it is the office's wall clock.

    Raises:
        InvalidInput: it is no instant, or outside the calendar of the office.
    """
    try:
        instant = parse_instant(text)
        _within(local_day(instant), field)
    except InvalidInput as error:
        raise InvalidInput(error.message, mend=error.mend, field=field) from error
    except OverflowError as error:
        raise _outside(field) from error
    return instant


def _within(day: date, field: str) -> date:
    if not _FIRST <= day <= _LAST:
        raise _outside(field)
    return day


def _outside(field: str) -> InvalidInput:
    return InvalidInput(
        "日期超出可计算的年份。", mend=f"请在{_FIRST.year}年至{_LAST.year}年之间选择。", field=field
    )
