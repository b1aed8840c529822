"""How often a program may ask: counted in SQL across processes, taken a few at a time.

Each process takes a block of requests at once and spends it from memory, so that reading costs no write each
time. Together they never spend more than the limit, and at most a block for each process less.
"""

from __future__ import annotations

import threading
from datetime import datetime

from core.errors import TooManyAttempts
from storage import request_counts
from storage.database import Database

_BLOCK = 20
_MINUTE = 60


class RequestRate:
    """The blocks one process holds; safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, tuple[int, int]] = {}

    def spend(self, database: Database, owner: str, limit: int, now: datetime) -> None:
        """Count one request of this minute.

        Raises:
            TooManyAttempts: this minute's are used up, by all processes together.
        """
        seconds = int(now.timestamp())
        minute = seconds // _MINUTE
        with self._lock:
            held_for, left = self._held.get(owner, (minute, 0))
            if held_for != minute or not left:
                with database.write() as connection:
                    left = request_counts.take(connection, owner, minute, min(_BLOCK, limit), limit)
            self._held[owner] = (minute, max(0, left - 1))
        if not left:
            raise TooManyAttempts(
                f"这个接口令牌每分钟最多请求 {limit} 次，已经用完。",
                retry_after_seconds=_MINUTE - seconds % _MINUTE,
                mend="请放慢后再试。",
                code="token.too_many_requests",
            )
