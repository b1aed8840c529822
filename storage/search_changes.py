"""Which messages the search index does not hold as they are; triggers note them as they change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.database import in_chunks
from storage.tables import search_changes

_FIRST_RETRY = timedelta(seconds=2)
_MOST_DOUBLINGS = 8


@dataclass(frozen=True, slots=True)
class Change:
    """One row: this message changed."""

    id: int
    message_id: int


def waiting(connection: Connection, now: datetime, *, limit: int) -> list[Change]:
    """At most `limit` changes to be indexed, the oldest first; refused ones come again after a while."""
    due = sa.or_(search_changes.c.retry_at.is_(None), search_changes.c.retry_at <= now)
    query = (
        sa.select(search_changes.c.id, search_changes.c.message_id)
        .where(due)
        .order_by(search_changes.c.id)
        .limit(limit)
    )
    return [Change(row.id, row.message_id) for row in connection.execute(query)]


def done(connection: Connection, change_ids: Sequence[int]) -> None:
    """The index holds these; a row written since has another number and stays."""
    for some in in_chunks(change_ids):
        connection.execute(search_changes.delete().where(search_changes.c.id.in_(some)))


def refused(connection: Connection, reasons: Mapping[int, str], now: datetime) -> None:
    """The engine refused these changes; they are offered again, each time after twice as long."""
    for change_id, reason in reasons.items():
        here = search_changes.c.id == change_id
        attempts = connection.execute(sa.select(search_changes.c.attempts).where(here)).scalar() or 0
        wait = _FIRST_RETRY * 2 ** min(attempts, _MOST_DOUBLINGS)
        connection.execute(
            search_changes.update()
            .where(here)
            .values(attempts=attempts + 1, retry_at=now + wait, reason=reason)
        )


def offer_again(connection: Connection) -> None:
    """What was refused is offered at once: the index is another one now."""
    connection.execute(search_changes.update().values(attempts=0, retry_at=None, reason=None))


def add(connection: Connection, message_ids: Sequence[int]) -> None:
    """Have these messages indexed again."""
    for some in in_chunks(message_ids):
        connection.execute(search_changes.insert(), [{"message_id": one} for one in some])


def count(connection: Connection) -> int:
    """How many messages wait."""
    query = sa.select(sa.func.count(sa.distinct(search_changes.c.message_id)))
    return connection.execute(query).scalar_one()


def refusals(connection: Connection, *, limit: int) -> list[tuple[int, str]]:
    """Message and reason of what the engine refused, the oldest first."""
    query = (
        sa.select(search_changes.c.message_id, search_changes.c.reason)
        .where(search_changes.c.reason.is_not(None))
        .order_by(search_changes.c.id)
        .limit(limit)
    )
    return [(row.message_id, row.reason) for row in connection.execute(query)]
