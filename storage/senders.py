"""Systems that push messages and sign them: whom we know, and until when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from storage.tables import push_senders


def add(connection: Connection, *, name: str, source_key: str, sealed_secret: bytes, now: datetime) -> int:
    """Store a new sender; its id."""
    values = {"name": name, "source_key": source_key, "sealed_secret": sealed_secret, "created_at": now}
    return int(
        connection.execute(push_senders.insert().values(values).returning(push_senders.c.id)).scalar_one()
    )


def find(connection: Connection, sender_id: int) -> RowMapping | None:
    """The sender while it may push; None otherwise."""
    query = sa.select(push_senders).where(
        push_senders.c.id == sender_id, push_senders.c.disabled_at.is_(None)
    )
    return connection.execute(query).mappings().first()


def listed(connection: Connection) -> Sequence[RowMapping]:
    """Every sender, the oldest first."""
    return connection.execute(sa.select(push_senders).order_by(push_senders.c.id)).mappings().all()


def disable(connection: Connection, sender_id: int, now: datetime) -> bool:
    """End a sender at once; False where there is none that may push."""
    command = (
        push_senders.update()
        .where(push_senders.c.id == sender_id, push_senders.c.disabled_at.is_(None))
        .values(disabled_at=now)
    )
    return connection.execute(command).rowcount == 1
