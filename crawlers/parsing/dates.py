"""Instants out of the many ways in which exports and pages write them; always the office's local time."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from core.clock import SHANGHAI, day_start
from core.vocabulary import Precision

_EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - the epoch of a wall clock; the zone is set afterwards
# Since then the office's zone has had one offset, and reading it as text is three times as fast.
_SINCE_FIXED = "1992"
_SERIALS = range(30_000, 80_001)
_UNIX_SECONDS = range(10**9, 4 * 10**9)
_TEXT = re.compile(
    r"(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})\s?日?"
    r"(?:[T\s]*(上午|下午|[AaPp][Mm])?\s*(\d{1,2})\s?[:时点]\s?(\d{1,2})\s?(?:分|:(?=\d))?"
    r"\s?(?:(\d{1,2})(?:\.\d+)?\s?秒?)?\s*(Z|[+-]\d{2}:?\d{2})?)?"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\s?(\d{2}):?(\d{2}):?(\d{2})?)?")
_YEAR_LAST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:\s+(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?)?")
_NUMBER = re.compile(r"\d{5,13}(?:\.\d+)?")
_NARROW = {0x3000: " "} | {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}


class Moment(NamedTuple):
    """An instant as a source gives it.

    Attributes:
        at: aware, UTC; for precision `day` its 00:00 in the office.
        precision: how exactly it is known.
    """

    at: datetime
    precision: Precision


def read_moment(cell: object, *, month_first: bool = False) -> Moment | None:
    """The instant in a cell or text; None where it is none (`2026-13-40`, a word, an empty cell).

    Numbers are Excel serials (1900 system) between 30000 and 80000, or Unix seconds or milliseconds.

    Args:
        cell: text, number, `date` or naive `datetime` as a workbook reader gives it.
        month_first: `12/16/2016` is read as 16 December; otherwise such a text is no instant.
    """
    if isinstance(cell, str):
        return _fast(cell) or _slow(cell.translate(_NARROW).strip(), month_first=month_first)
    if isinstance(cell, datetime):
        return _moment(cell, Precision.SECOND)
    if isinstance(cell, date):
        return _day(cell)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _from_number(float(cell))
    return None


def _fast(text: str) -> Moment | None:
    """`2019/4/25 9:32:09` and `2019-04-25 09:32[:09]`: what most cells hold, without a pattern."""
    if len(text) == 19 and text[10] == " " and text >= _SINCE_FIXED:
        try:
            return Moment(datetime.fromisoformat(f"{text}+08:00").astimezone(UTC), Precision.SECOND)
        except (ValueError, OverflowError):
            pass
    day, _, clock = text.partition(" ")
    parts = day.split("-" if "-" in day else "/")
    if len(parts) != 3 or len(parts[0]) != 4:
        return None
    try:
        if not clock:
            return _day(date(int(parts[0]), int(parts[1]), int(parts[2])))
        times = clock.split(":")
        if len(times) == 3:
            second, precision = int(times[2]), Precision.SECOND
        elif len(times) == 2:
            second, precision = 0, Precision.MINUTE
        else:
            return None
        local = datetime(
            int(parts[0]), int(parts[1]), int(parts[2]), int(times[0]), int(times[1]), second, tzinfo=SHANGHAI
        )
        return Moment(local.astimezone(UTC), precision)
    except (ValueError, OverflowError):
        return None


def _slow(text: str, *, month_first: bool) -> Moment | None:
    if found := _TEXT.fullmatch(text):
        return _from_parts(*found.groups())
    if found := _COMPACT.fullmatch(text):
        year, month, day, hour, minute, second = found.groups()
        if moment := _from_parts(year, month, day, None, hour, minute, second, None):
            return moment
    if month_first and (found := _YEAR_LAST.fullmatch(text)):
        month, day, year, hour, minute, second = found.groups()
        return _from_parts(year, month, day, None, hour, minute, second, None)
    return _from_number(float(text)) if _NUMBER.fullmatch(text) else None


def _from_parts(
    year: str,
    month: str,
    day: str,
    half: str | None,
    hour: str | None,
    minute: str | None,
    second: str | None,
    zone: str | None,
) -> Moment | None:
    try:
        if hour is None or minute is None:
            return _day(date(int(year), int(month), int(day)))
        value = datetime(  # noqa: DTZ001 - a wall-clock reading; `_moment` or the written offset sets the zone
            int(year), int(month), int(day), _hour(int(hour), half), int(minute), int(second or 0)
        )
        precision = Precision.MINUTE if second is None else Precision.SECOND
        if zone is None:
            return _moment(value, precision)
        return Moment((value - _offset(zone)).replace(tzinfo=UTC), precision)
    except (ValueError, OverflowError):
        return None


def _hour(hour: int, half: str | None) -> int:
    if half in {"下午", "PM", "pm", "Pm", "pM"} and hour < 12:
        return hour + 12
    return 0 if half is not None and half.upper() in {"AM", "上午"} and hour == 12 else hour


def _offset(zone: str) -> timedelta:
    if zone == "Z":
        return timedelta()
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    return timedelta(hours=hours, minutes=minutes) * (-1 if zone[0] == "-" else 1)


def _from_number(number: float) -> Moment | None:
    if not math.isfinite(number):
        return None
    if int(number) in _SERIALS:
        if number.is_integer():
            return _day((_EXCEL_EPOCH + timedelta(days=number)).date())
        value = _EXCEL_EPOCH + timedelta(seconds=round(number * 86_400))
        return _moment(value, Precision.SECOND)
    for seconds in (number, number / 1000):
        if int(seconds) in _UNIX_SECONDS:
            return Moment(datetime.fromtimestamp(int(seconds), UTC), Precision.SECOND)
    return None


def _moment(local: datetime, precision: Precision) -> Moment | None:
    try:
        return Moment(local.replace(tzinfo=local.tzinfo or SHANGHAI).astimezone(UTC), precision)
    except (ValueError, OverflowError):
        return None


def _day(day: date) -> Moment | None:
    try:
        return Moment(day_start(day), Precision.DAY)
    except (ValueError, OverflowError):
        return None
