"""Requests counted in SQL, so that all web processes count together."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from storage.tables import request_counts


def take(connection: Connection, owner: str, minute: int, wanted: int, limit: int) -> int:
    """Take up to `wanted` requests of this minute's `limit`; how many were left to take, perhaps none.

    What is older than the last minute is forgotten.
    """
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    connection.execute(
        request_counts.delete().where(request_counts.c.owner == owner, request_counts.c.minute < minute - 1)
    )
    statement = dialect.insert(request_counts).values(owner=owner, minute=minute, taken=wanted)
    taken: int = connection.execute(
        statement.on_conflict_do_update(
            index_elements=["owner", "minute"], set_={"taken": request_counts.c.taken + wanted}
        ).returning(sa.column("taken"))
    ).scalar_one()
    return max(0, min(wanted, limit - (taken - wanted)))
