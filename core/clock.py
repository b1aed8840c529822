"""The only place where "now" is read, and the office's time zone.

DESIGN: instants are UTC in storage and always aware; Asia/Shanghai only in calendar arithmetic, pages and
reports. Tests and `HUIYING_NOW` move time here and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC as UTC
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from core.errors import InvalidInput

SHANGHAI = ZoneInfo("Asia/Shanghai")
# The day of one message's receipt is asked for half a dozen times while its clocks are set.
_INSTANTS_KEPT = 4096


class Clock(Protocol):
    """Tells the present instant."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """The computer's clock: the default of the embedded deployment."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class FixedClock:
    """A clock that stands still until it is moved; for tests, `HUIYING_NOW` and the demo."""

    instant: datetime

    def __post_init__(self) -> None:
        self.instant = require_aware(self.instant)

    def now(self) -> datetime:
        return self.instant

    def advance(self, **amount: float) -> None:
        """Move forward by a `timedelta` given as keywords, for example `advance(hours=5)`."""
        self.instant += timedelta(**amount)

    def move_to(self, instant: datetime) -> None:
        """Stand at `instant` from now on."""
        self.instant = require_aware(instant)


def require_aware(instant: datetime) -> datetime:
    """The same instant in UTC.

    Raises:
        InvalidInput: `instant` has no time zone.
    """
    if instant.tzinfo is None:
        raise InvalidInput(
            f"时间 {instant.isoformat()} 没有时区。", mend="请写明时区，例如 2026-09-30T09:00+08:00。"
        )
    return instant.astimezone(UTC)


def shanghai(instant: datetime) -> datetime:
    """The same instant on the office's wall clock."""
    return require_aware(instant).astimezone(SHANGHAI)


@lru_cache(_INSTANTS_KEPT)
def local_day(instant: datetime) -> date:
    """The day on which `instant` falls in the office."""
    return shanghai(instant).date()


def day_start(day: date) -> datetime:
    """00:00 of `day` in the office, in UTC."""
    return datetime.combine(day, time.min, SHANGHAI).astimezone(UTC)


def day_end(day: date) -> datetime:
    """24:00 of `day` in the office, which is 00:00 of the next day, in UTC."""
    return day_start(day + timedelta(days=1))


def due_day(due_at: datetime) -> date:
    """The day on which something falls due: midnight is the 24:00 of the day before, as the law counts it."""
    return local_day(due_at - timedelta(microseconds=1))


def iso(instant: datetime | None) -> str | None:
    """ISO 8601 with offset +08:00, seconds (microseconds only where there are any); None stays None."""
    return None if instant is None else shanghai(instant).isoformat()


def parse_instant(text: str) -> datetime:
    """Read an instant a person typed: ISO 8601 with an offset, or a bare local time of the office.

    Raises:
        InvalidInput: the text is no instant.
    """
    try:
        value = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInput(f"看不懂时间“{text}”。", mend="请写成 2026-09-30T09:00+08:00 的样子。") from None
    if value.tzinfo is None:
        value = value.replace(tzinfo=SHANGHAI)
    return value.astimezone(UTC)


def parse_day(text: str) -> date:
    """Read a day written `YYYY-MM-DD`.

    Raises:
        InvalidInput: the text is no day of the calendar.
    """
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInput(f"看不懂日期“{text}”。", mend="请写成 2026-09-30 的样子。") from None
