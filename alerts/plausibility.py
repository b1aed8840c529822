"""Whether the time can be true: what the clock says now against what it said before, and how long ago.

Pure. A database that fails over to a server with another clock must not make ten thousand deadlines overdue.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

FORWARD = timedelta(seconds=60)
BACKWARD = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the clock said, and the process's monotonic seconds at that moment."""

    instant: datetime
    monotonic: float


def implausible(before: Seen, now: Seen) -> str | None:
    """Why the time cannot be true, in Chinese; None when it can.

    More than `FORWARD` off what has really passed, or back by more than `BACKWARD`.
    """
    expected = before.instant + timedelta(seconds=now.monotonic - before.monotonic)
    ahead = now.instant - expected
    if ahead > FORWARD:
        return f"数据库时间突然快了{round(ahead.total_seconds())}秒"
    if before.instant - now.instant > BACKWARD:
        return f"数据库时间倒退了{round((before.instant - now.instant).total_seconds())}秒"
    if ahead < -FORWARD:
        return f"数据库时间突然慢了{round(-ahead.total_seconds())}秒"
    return None
