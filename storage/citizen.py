"""A citizen's messages, found by the number somebody gives on the telephone; none is kept in the clear."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.tables import messages, sources


def of_author(connection: Connection, key: str, *, limit: int) -> list[int]:
    """The newest messages whose author has this keyed hash, the newest first."""
    query = (
        sa.select(messages.c.id)
        .where(messages.c.author_hash == key, messages.c.withdrawn_at.is_(None))
        .order_by(messages.c.received_at.desc(), messages.c.id.desc())
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def of_order_number(connection: Connection, number: str, *, limit: int) -> list[int]:
    """Messages that have this number with whoever gave it, the newest first; usually one."""
    # Source by source: numbers are indexed within a source.
    every = list(connection.execute(sa.select(sources.c.id)).scalars())
    query = (
        sa.select(messages.c.id)
        .where(
            messages.c.source_id.in_(every),
            messages.c.native_id == number,
            messages.c.withdrawn_at.is_(None),
        )
        .order_by(messages.c.received_at.desc(), messages.c.id.desc())
        .limit(limit)
    )
    return list(connection.execute(query).scalars())
