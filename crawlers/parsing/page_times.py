"""Instants as pages write them: exact, relative to now, or without their year. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from core.clock import SHANGHAI, day_start, shanghai
from core.vocabulary import Precision
from crawlers.parsing.dates import Moment, read_moment

_AGO = re.compile(r"(\d{1,3})\s*(秒|分钟|分|小时)前")
_NEAR_DAY = re.compile(r"(今天|昨天|前天)\s*(?:(\d{1,2}):(\d{2}))?")
_NO_YEAR = re.compile(r"(\d{1,2})[-/.月](\d{1,2})日?(?:\s*(\d{1,2}):(\d{2}))?")
_ENGLISH = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d{2}:\d{2}:\d{2}) ([+-]\d{4}) (\d{4})")
_BACK = {"今天": 0, "昨天": 1, "前天": 2}
_LABEL = re.compile(r"^[^\d刚今昨前A-Z]{1,12}[:\uff1a]\s*")


def page_moment(
    text: str, now: datetime, *, near: datetime | None = None, month_first: bool = False
) -> Moment | None:
    """The instant in a page's text; None where it is none.

    Args:
        text: `2026-11-19`, `11-09`, `昨天 12:30`, `5分钟前`, `Fri Nov 20 09:15:32 +0800 2026`, Unix
            seconds …; a label before it (`来信时间：`) does not count.
        now: when the page was fetched; aware.
        near: about when it must be (from the number of a post), for the year of a date without one; without
            it the newest such day that is not in the future.
        month_first: see `read_moment`.
    """
    text = _LABEL.sub("", text.strip())
    if not text:
        return None
    return (
        read_moment(text, month_first=month_first)
        or _relative(text, now)
        or _without_year(text, near or now, exact=near is not None)
        or _english(text)
    )


def _relative(text: str, now: datetime) -> Moment | None:
    if text == "刚刚":
        return Moment(now, Precision.MINUTE)
    if found := _AGO.fullmatch(text):
        amount, unit = int(found.group(1)), found.group(2)
        length = timedelta(
            seconds=amount if unit == "秒" else 0,
            minutes=amount if unit in {"分", "分钟"} else 0,
            hours=amount if unit == "小时" else 0,
        )
        return Moment(now - length, Precision.MINUTE)
    if found := _NEAR_DAY.fullmatch(text):
        day = shanghai(now).date() - timedelta(days=_BACK[found.group(1)])
        if found.group(2) is None:
            return Moment(day_start(day), Precision.DAY)
        return _at(day.year, day.month, day.day, found.group(2), found.group(3))
    return None


def _without_year(text: str, near: datetime, *, exact: bool) -> Moment | None:
    found = _NO_YEAR.fullmatch(text)
    if found is None:
        return None
    month, day, hour, minute = found.groups()
    year = shanghai(near).year
    candidates = [_at(one, int(month), int(day), hour, minute) for one in (year + 1, year, year - 1)]
    known = [one for one in candidates if one is not None]
    if exact:
        return min(known, key=lambda one: abs(one.at - near), default=None)
    return next((one for one in known if one.at <= near), None)


def _at(year: int, month: int, day: int, hour: str | None, minute: str | None) -> Moment | None:
    try:
        local = datetime(year, month, day, int(hour or 0), int(minute or 0), tzinfo=SHANGHAI)
    except ValueError:
        return None
    return Moment(local.astimezone(UTC), Precision.DAY if hour is None else Precision.MINUTE)


def _english(text: str) -> Moment | None:
    """Weibo's `Fri Nov 20 09:15:32 +0800 2026` and the date of RSS (RFC 5322)."""
    if found := _ENGLISH.fullmatch(text):
        month, day, clock, zone, year = found.groups()
        text = f"{day} {month} {year} {clock} {zone}"
    try:
        parsed = parsedate_to_datetime(text)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    if parsed.tzinfo is None:
        parsed = parsed.replace(tzinfo=SHANGHAI)
    return read_moment(parsed)
