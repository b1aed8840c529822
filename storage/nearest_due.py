"""The next deadline that runs for a message."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.vocabulary import DeadlineState
from storage.database import in_chunks
from storage.tables import cases, deadlines


def of_messages(connection: Connection, message_ids: Iterable[int]) -> dict[int, datetime]:
    """Message → when its next running clock ends, past or future; messages without one are left out.

    History (received before the office went live) wakes nobody and does not count.
    """
    found: dict[int, datetime] = {}
    for some in in_chunks(sorted(set(message_ids))):
        query = (
            sa.select(cases.c.message_id, sa.func.min(deadlines.c.due_at).label("due_at"))
            .join(deadlines, deadlines.c.case_id == cases.c.id)
            .where(
                cases.c.message_id.in_(some),
                cases.c.is_history.is_(False),
                deadlines.c.state == DeadlineState.RUNNING.value,
            )
            .group_by(cases.c.message_id)
        )
        found.update({row.message_id: row.due_at for row in connection.execute(query)})
    return found
