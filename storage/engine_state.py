"""The few facts about the installation itself."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.clock import parse_instant
from core.errors import StorageError
from storage.database import insert_if_new
from storage.tables import engine_state

CREATED_AT = "created_at"
LAST_TICK_AT = "last_tick_at"
LAST_TICK_SECONDS = "last_tick_seconds"


def set_once(connection: Connection, key: str, value: str) -> None:
    """Write a fact unless it is already known."""
    insert_if_new(connection, engine_state, {"key": key, "value": value})


def put(connection: Connection, key: str, value: str) -> None:
    """Write a fact in place of what was known."""
    set_once(connection, key, value)
    connection.execute(engine_state.update().where(engine_state.c.key == key).values(value=value))


def find(connection: Connection, key: str) -> str | None:
    """A fact, or None."""
    query = sa.select(engine_state.c.value).where(engine_state.c.key == key)
    value: str | None = connection.execute(query).scalar()
    return value


def created_at(connection: Connection) -> datetime:
    """When this database was made; an office without a set date went live on that day."""
    value = find(connection, CREATED_AT)
    if value is None:
        raise StorageError("数据库没有建完。", mend="请运行 huiying migrate。", code="storage.unfinished")
    return parse_instant(value)
