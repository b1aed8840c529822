"""Where messages come from, by key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.errors import Conflict
from core.labels import label
from core.vocabulary import Channel
from storage.database import insert_if_new
from storage.tables import sources


@dataclass(frozen=True, slots=True)
class Source:
    """One source; its key never changes its channel."""

    id: int
    key: str
    channel: Channel


def ensure(connection: Connection, key: str, channel: Channel, now: datetime) -> Source:
    """The source of that key; made when it is new.

    Raises:
        Conflict: the key is already used for another channel.
    """
    row = connection.execute(sa.select(sources).where(sources.c.key == key)).first()
    if row is None:
        insert_if_new(connection, sources, {"key": key, "channel": channel.value, "created_at": now})
        row = connection.execute(sa.select(sources).where(sources.c.key == key)).one()
    if row.channel != channel.value:
        raise Conflict(
            f"来源“{key}”已用于{label(Channel(row.channel))}，不能再用于{label(channel)}。",
            mend="请用 --source 换一个来源名。",
            code="source.taken",
        )
    return Source(row.id, row.key, channel)


def lock(connection: Connection, source_id: int) -> None:
    """Let nobody else who locks the source add to it until the transaction ends."""
    connection.execute(sa.select(sources.c.id).where(sources.c.id == source_id).with_for_update())


def find(connection: Connection, key: str) -> Source | None:
    """The source of that key, or None."""
    row = connection.execute(sa.select(sources).where(sources.c.key == key)).first()
    return Source(row.id, row.key, Channel(row.channel)) if row else None
