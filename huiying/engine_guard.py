"""Whether this process may act now: the time is plausible, the database is not older than what it has seen.

What is found stops every engine of the installation (`alerts.halting`) until a person has decided.
"""

from __future__ import annotations

import json
import logging
import os
import time
from datetime import datetime, timedelta
from pathlib import Path

from alerts.halting import Halt, halt, halted, resumptions
from alerts.ladders import Delivery
from alerts.plausibility import BACKWARD, Seen, implausible
from core.clock import iso, parse_instant
from storage import engine_state
from storage.database import Connection, Database

_log = logging.getLogger(__name__)
FILE = "engine-mark.json"
# The database is written first and the file after it; less than this apart they tell the same.
_OLDER = timedelta(seconds=60)


class EngineGuard:
    """Asked before each tick; remembers what the clock said the last time.

    Args:
        folder: the data folder, where the mark is kept of what this machine has seen of the database.
    """

    def __init__(self, database: Database, delivery: Delivery, folder: Path) -> None:
        self._database = database
        self._delivery = delivery
        self._mark = folder / FILE
        self._seen: Seen | None = None
        self._resumed = ""

    def may_act(self, now: datetime) -> bool:
        """Whether to go on; False while everything stands still.

        Raises:
            StorageError: the database cannot be used now.
        """
        seen = Seen(now, time.monotonic())
        with self._database.read() as connection:
            stopped, resumed = halted(connection), resumptions(connection)
            found = None if stopped else self._judge(connection, seen, resumed)
        self._seen, self._resumed = seen, resumed
        if found is not None:
            _log.error("engine.halted")
            with self._database.write() as connection:
                halt(connection, self._delivery, found)
        return stopped is None and found is None

    def sign(self, connection: Connection, now: datetime) -> None:
        """Say in the database that this engine lives; `remember` follows when that is committed."""
        engine_state.put(connection, engine_state.LAST_TICK_AT, iso(now) or "")

    def remember(self, now: datetime) -> None:
        """Note beside the database what it was told, so that an older copy of it is recognised."""
        with self._database.read() as connection:
            facts = {"database": iso(engine_state.created_at(connection)), "seen_at": iso(now)}
        temporary = self._mark.with_suffix(f".{os.getpid()}")
        temporary.write_text(json.dumps(facts), encoding="utf-8")
        temporary.replace(self._mark)

    def _judge(self, connection: Connection, seen: Seen, resumed: str) -> Halt | None:
        if self._seen is not None and resumed == self._resumed:
            reason = implausible(self._seen, seen)
            return Halt(reason, seen.instant) if reason else None
        text = engine_state.find(connection, engine_state.LAST_TICK_AT)
        last = parse_instant(text) if text else None
        if resumed and (last is None or parse_instant(resumed) >= last):
            return None
        if last is not None and last - seen.instant > BACKWARD:
            behind = round((last - seen.instant).total_seconds())
            return Halt(f"数据库时间比上次运行时早{behind}秒", seen.instant)
        known = self._known(connection)
        if known is not None and (last is None or known - last > _OLDER):
            gap_from = last or engine_state.created_at(connection)
            return Halt("数据库比本机上次运行时旧，像是恢复了备份", seen.instant, gap_from, known)
        return None

    def _known(self, connection: Connection) -> datetime | None:
        """Until when this machine has seen this database, or None."""
        try:
            facts = json.loads(self._mark.read_text(encoding="utf-8"))
            if facts["database"] != iso(engine_state.created_at(connection)):
                return None
            return parse_instant(facts["seen_at"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
