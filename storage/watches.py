"""Monitored topics: their rules, how far each has looked, and what it found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.errors import NotFound
from storage.database import insert_if_new
from storage.tables import messages, watch_hits, watches
from storage.types import Instant


def listed(connection: Connection) -> Sequence[RowMapping]:
    """All of them, those that are on first, then by name."""
    query = sa.select(watches).order_by(watches.c.is_on.desc(), watches.c.name)
    return connection.execute(query).mappings().all()


def get(connection: Connection, watch_id: int, *, lock: bool = False) -> RowMapping:
    """One of them, on request locked until the transaction ends.

    Raises:
        NotFound: no such monitored topic.
    """
    query = sa.select(watches).where(watches.c.id == watch_id)
    row = connection.execute(query.with_for_update() if lock else query).mappings().first()
    if row is None:
        raise NotFound(
            f"没有编号为 {watch_id} 的监测主题。", mend="请从“监测主题”进入。", code="watch.not_found"
        )
    return row


def find_named(connection: Connection, name: str) -> RowMapping | None:
    """The one of this name, or None."""
    return connection.execute(sa.select(watches).where(watches.c.name == name)).mappings().first()


def add(connection: Connection, values: Mapping[str, Any]) -> int:
    """Enter one that has looked at nothing yet; its number."""
    here = newest_message(connection)
    row = {**values, "is_on": True, "seen_through": here, "alerted_through": here}
    connection.execute(watches.insert().values(row))
    found = connection.execute(sa.select(watches.c.id).where(watches.c.name == values["name"]))
    return int(found.scalar_one())


def change(connection: Connection, watch_id: int, values: Mapping[str, Any]) -> None:
    """Set some of its values."""
    connection.execute(watches.update().where(watches.c.id == watch_id).values(values))


def forget_hits(connection: Connection, watch_id: int) -> None:
    """Nothing found yet: it looks for something else from now on."""
    connection.execute(watch_hits.delete().where(watch_hits.c.watch_id == watch_id))


def newest_message(connection: Connection) -> int:
    """The highest number of a message; 0 where there is none."""
    return connection.execute(sa.select(sa.func.max(messages.c.id))).scalar() or 0


def messages_after(connection: Connection, number: int, *, limit: int) -> Sequence[RowMapping]:
    """Messages that came in after this one, in order of number."""
    query = (
        sa.select(
            messages.c.id,
            messages.c.title,
            messages.c.body,
            messages.c.channel,
            messages.c.received_at,
            messages.c.first_seen_at,
        )
        .where(messages.c.id > number, messages.c.withdrawn_at.is_(None))
        .order_by(messages.c.id)
        .limit(limit)
    )
    return connection.execute(query).mappings().all()


def messages_since(connection: Connection, since: datetime, *, limit: int) -> Sequence[RowMapping]:
    """The newest `limit` messages received since then, the oldest of them first."""
    query = (
        sa.select(
            messages.c.id, messages.c.title, messages.c.body, messages.c.channel, messages.c.received_at
        )
        .where(
            messages.c.received_at >= sa.bindparam(None, since, Instant()), messages.c.withdrawn_at.is_(None)
        )
        .order_by(messages.c.received_at.desc(), messages.c.id.desc())
        .limit(limit)
    )
    return list(reversed(connection.execute(query).mappings().all()))


def note_hit(connection: Connection, watch_id: int, message_id: int, received_at: datetime) -> None:
    """It found this message; once, however often it looks."""
    insert_if_new(
        connection,
        watch_hits,
        {"watch_id": watch_id, "message_id": message_id, "received_at": received_at},
    )


def fresh_hits(connection: Connection, watch: RowMapping, since: datetime) -> Sequence[RowMapping]:
    """What it found that was received since then and has not been alerted, the newest first."""
    query = (
        sa.select(watch_hits.c.message_id, messages.c.title, messages.c.received_at)
        .join(messages, messages.c.id == watch_hits.c.message_id)
        .where(
            watch_hits.c.watch_id == watch["id"],
            watch_hits.c.message_id > watch["alerted_through"],
            watch_hits.c.received_at >= sa.bindparam(None, since, Instant()),
            messages.c.withdrawn_at.is_(None),
        )
        .order_by(watch_hits.c.received_at.desc(), watch_hits.c.message_id.desc())
    )
    return connection.execute(query).mappings().all()


def hit_counts(connection: Connection, since: datetime) -> dict[int, int]:
    """Watch → how many messages received since then it found; those that found none are left out."""
    query = (
        sa.select(watch_hits.c.watch_id, sa.func.count().label("found"))
        .where(watch_hits.c.received_at >= sa.bindparam(None, since, Instant()))
        .group_by(watch_hits.c.watch_id)
    )
    return {row.watch_id: row.found for row in connection.execute(query)}
