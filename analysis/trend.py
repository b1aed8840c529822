"""Whether a matter is growing or fading, and over how many accounts it spread. By counts alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# Compared stretches, the shortest in which something was heard before.
_STRETCHES = (timedelta(hours=6), timedelta(days=1), timedelta(days=7))
_TIMES = 1.5


class Direction(StrEnum):
    """Which way a matter goes."""

    RISING = "rising"
    STEADY = "steady"
    FALLING = "falling"


_NAMES = {Direction.RISING: "上升", Direction.STEADY: "持平", Direction.FALLING: "回落"}


@dataclass(frozen=True, slots=True)
class Trend:
    """Which way a matter goes, and over how many accounts.

    Attributes:
        hours: length of the stretch before now that is compared with the one before it.
        recent, before: messages in the two stretches.
        accounts: different authors; a message without a known one counts as one of its own.
        loudest: messages of the account with the most.
        reason: a Chinese sentence with the numbers.
    """

    direction: Direction
    hours: int
    recent: int
    before: int
    accounts: int
    loudest: int
    reason: str


def trend_of(voices: Sequence[tuple[datetime, str]], now: datetime) -> Trend:
    """The trend of a matter; steady where nothing was heard lately.

    Args:
        voices: when each message was received, and its author; in any order, may be empty.
        now: messages after it do not count.
    """
    heard = [(at, who) for at, who in voices if at <= now]
    stretch = next(
        (one for one in _STRETCHES if any(now - 2 * one < at <= now - one for at, _ in heard)), _STRETCHES[1]
    )
    recent = sum(at > now - stretch for at, _ in heard)
    before = sum(now - 2 * stretch < at <= now - stretch for at, _ in heard)
    direction = Direction.STEADY
    if recent > before * _TIMES:
        direction = Direction.RISING
    elif recent * _TIMES < before:
        direction = Direction.FALLING
    authors = Counter(who for _, who in heard)
    loudest = max(authors.values(), default=0)
    hours = int(stretch / timedelta(hours=1))
    told = f"走势{_NAMES[direction]}：最近{hours}小时{recent}条，此前{hours}小时{before}条"
    spread = f"共{len(authors)}个账号"
    spread += f"，最多的一个发了{loudest}条" if loudest > 1 else ""
    return Trend(direction, hours, recent, before, len(authors), loudest, f"{told}；{spread}。")
