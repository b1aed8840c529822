"""Keeping routine notices off the full and the half hour, when everybody's robots write.

Pure. Source: Feishu, 自定义机器人使用指南: avoid 10:00, 17:30 and other full and half hours (error 11232).
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

_HALF_HOUR = timedelta(minutes=30)


def off_peak(instant: datetime, key: str, guard: timedelta, spread: timedelta) -> datetime:
    """`instant`, or a moment after it when it falls within `guard` of a full or half hour.

    The same key always gives the same moment; different keys are spread evenly over `spread`. Never earlier,
    and later by at most twice `guard` and `spread`.
    """
    # Offsets of whole half hours apart, the zone does not matter here.
    past = timedelta(minutes=instant.minute % 30, seconds=instant.second, microseconds=instant.microsecond)
    if guard <= past <= _HALF_HOUR - guard:
        return instant
    peak = instant - past if past < guard else instant - past + _HALF_HOUR
    share = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4]) / 2**32
    return peak + guard + spread * share
