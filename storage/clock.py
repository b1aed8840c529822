"""The database's own clock: the one all processes of an installation share.

An application server whose clock is wrong changes nothing: its own time is never asked, only how much of it
has passed since the database was last asked. On SQLite there is one machine and its clock
(`core.clock.SystemClock`).
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from storage.database import Database

_ASK_EVERY_SECONDS = 1.0
# A step back below this is the delay of an answer; a longer one is real and is shown, so that it is noticed.
_DELAY = timedelta(seconds=1)


class DatabaseClock:
    """Asks the server once a second and counts on by the monotonic clock in between.

    It may be behind by as long as an answer takes, never ahead, so nothing fires early.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._told: datetime | None = None
        self._told_at = 0.0
        self._last: datetime | None = None

    def now(self) -> datetime:
        """The present instant.

        Raises:
            StorageError: the server was to be asked and does not answer.
        """
        with self._lock:
            if self._told is None or time.monotonic() - self._told_at >= _ASK_EVERY_SECONDS:
                self._told = self._ask()
                self._told_at = time.monotonic()
            instant = self._told + timedelta(seconds=time.monotonic() - self._told_at)
            if self._last is not None and timedelta(0) < self._last - instant < _DELAY:
                instant = self._last
            self._last = instant
            return instant

    def _ask(self) -> datetime:
        # The volatile function: `now()` stands still from the beginning of a transaction.
        # Whoever asks may hold a connection; waiting for another one of the pool, all of them would wait.
        with self._database.ask() as connection:
            told: datetime = connection.execute(sa.text("SELECT clock_timestamp()")).scalar_one()
        return told.astimezone(UTC)
