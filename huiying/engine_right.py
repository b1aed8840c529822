"""The right to run the engine on SQLite, which allows one engine process; the web may run beside it.

Two guards: a lock on a file beside the database, which the system frees when the process dies however it
dies, and a lease in the database, which also refuses an engine on another machine.
"""

from __future__ import annotations

import fcntl
import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from core.errors import Conflict
from storage import leases
from storage.database import Database
from storage.leases import Lease

_NAME = "engine"
_LENGTH = timedelta(seconds=30)


@dataclass
class EngineRight:
    """Held from `acquire` to `release`."""

    database: Database
    lease: Lease
    lock: int

    @classmethod
    def acquire(cls, database: Database, now: datetime) -> EngineRight:
        """Become the one engine of a SQLite database.

        Raises:
            Conflict: another process is the engine.
        """
        lock = _lock(Path(f"{database.engine.url.database}.engine-lock"))
        host = socket.gethostname()
        with database.write() as connection:
            owner = f"{host}/{os.getpid()}"
            lease = leases.acquire(connection, _NAME, owner, now, now + _LENGTH, host=host)
            holder = leases.holder(connection, _NAME)
        if lease is None:
            os.close(lock)
            raise _taken(f"({holder})")
        return cls(database, lease, lock)

    def renew(self, now: datetime) -> None:
        """Hold it longer.

        Raises:
            Conflict: it was taken over meanwhile; this process must do no more.
        """
        with self.database.write() as connection:
            if not leases.renew(connection, self.lease, now + _LENGTH):
                raise _taken("")

    def release(self) -> None:
        """Let another process be the engine at once."""
        with self.database.write() as connection:
            leases.release(connection, self.lease)
        os.close(self.lock)


def _lock(path: Path) -> int:
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise _taken("") from None
    return lock


def _taken(holder: str) -> Conflict:
    return Conflict(
        f"已有另一个提醒引擎{holder}在使用这个数据库。",
        mend="SQLite 只允许运行一个引擎，请先停止另一个，或改用 PostgreSQL。",
        code="engine.running",
    )
