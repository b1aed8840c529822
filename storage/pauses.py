"""When clocks stood still."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.model import Pause
from storage.database import in_chunks
from storage.tables import deadline_pauses, people


def open_one(
    connection: Connection,
    deadline_id: int,
    *,
    since: datetime,
    reason: str,
    authority: str,
    person_id: int,
) -> None:
    """Let a clock stand still from `since` on; the caller holds the lock of its case."""
    values = {
        "deadline_id": deadline_id,
        "since": since,
        "reason": reason,
        "authority": authority,
        "paused_by": person_id,
    }
    connection.execute(deadline_pauses.insert().values(values))


def close(connection: Connection, deadline_ids: Sequence[int], until: datetime) -> None:
    """End the pauses of these clocks that have not ended; the others stay as they are."""
    for some in in_chunks(deadline_ids):
        connection.execute(
            deadline_pauses.update()
            .where(deadline_pauses.c.deadline_id.in_(some), deadline_pauses.c.until.is_(None))
            .values(until=until)
        )


def of_deadline(connection: Connection, deadline_id: int) -> list[Pause]:
    """The pauses of a clock, oldest first."""
    query = (
        sa.select(deadline_pauses.c.since, deadline_pauses.c.until)
        .where(deadline_pauses.c.deadline_id == deadline_id)
        .order_by(deadline_pauses.c.since, deadline_pauses.c.id)
    )
    return [Pause(row.since, row.until) for row in connection.execute(query)]


def listed(connection: Connection, deadline_id: int) -> Sequence[RowMapping]:
    """The pauses of a clock with the names of those who ordered them, oldest first."""
    query = (
        sa.select(deadline_pauses, people.c.name)
        .join(people, people.c.id == deadline_pauses.c.paused_by)
        .where(deadline_pauses.c.deadline_id == deadline_id)
        .order_by(deadline_pauses.c.since, deadline_pauses.c.id)
    )
    return connection.execute(query).mappings().all()
