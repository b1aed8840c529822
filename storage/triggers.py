"""Triggers survive a migration that makes a table anew.

SQLite changes a table by copying it into a new one, and the triggers of the old one go with it, unsaid: the
audit trail would become writable, the search index would no longer follow. PostgreSQL alters a table in its
place and loses none.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection


class Triggers:
    """The triggers of a SQLite database as they stood after the last step; a step that means to drop one also
    makes another of its name, or drops its table."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known = self._standing()

    def put_back(self) -> list[str]:
        """Make again those that are gone while their table stands; their names."""
        standing, tables = self._standing(), self._tables()
        lost = [
            (name, statement)
            for name, (table, statement) in self._known.items()
            if name not in standing and table in tables
        ]
        for _, statement in lost:
            self._connection.exec_driver_sql(statement)
        self._known = self._standing()
        return [name for name, _ in lost]

    def _standing(self) -> dict[str, tuple[str, str]]:
        if self._connection.dialect.name != "sqlite":
            return {}
        rows = self._connection.execute(
            sa.text("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
        )
        return {row.name: (row.tbl_name, row.sql) for row in rows}

    def _tables(self) -> set[str]:
        if self._connection.dialect.name != "sqlite":
            return set()
        return set(sa.inspect(self._connection).get_table_names())
