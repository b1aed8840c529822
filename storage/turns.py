"""Work that only one process does at a time, for the length of a transaction."""

from __future__ import annotations

from enum import IntEnum

import sqlalchemy as sa
from sqlalchemy.engine import Connection


class Work(IntEnum):
    """What is done in turn; the number is the lock's."""

    GROUPING = 7_201
    MATTERS = 7_202


def take_turn(connection: Connection, work: Work) -> None:
    """Wait until nobody else does this work; the turn ends with the transaction.

    On SQLite a write transaction is alone anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(int(work))))
