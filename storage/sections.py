"""The sections of the office."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.database import insert_if_new
from storage.tables import sections


def ensure(connection: Connection, names: Iterable[str], now: datetime) -> None:
    """Make sections that exports name and the office has not entered yet; their name is their key."""
    wanted = {name for name in names if name}
    known = set(connection.execute(sa.select(sections.c.key)).scalars()) if wanted else set()
    for name in sorted(wanted - known):
        insert_if_new(connection, sections, {"key": name, "name": name, "created_at": now})


def names(connection: Connection) -> dict[str, str]:
    """Key → name of every section."""
    rows = connection.execute(sa.select(sections.c.key, sections.c.name).order_by(sections.c.key))
    return {row.key: row.name for row in rows}
