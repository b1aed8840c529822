"""The cases of one group of repeats: letters that say the same and are still owed an answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.vocabulary import CaseState
from storage.tables import cases, duplicate_groups, messages


def unanswered(
    connection: Connection, message_id: int, states: Collection[CaseState], *, section: str | None, limit: int
) -> Sequence[RowMapping]:
    """The cases of the group that this message belongs to, its own too, in order of receipt.

    Empty where the message stands alone. Each row is the case with `body` of its letter and `similarity`.

    Args:
        states: those in which an answer is owed.
        section: only cases of this section; None for all.
    """
    own = sa.select(duplicate_groups.c.group_id).where(duplicate_groups.c.message_id == message_id)
    query = (
        sa.select(cases, messages.c.body, messages.c.author_display, duplicate_groups.c.similarity)
        .join(messages, messages.c.id == cases.c.message_id)
        .join(duplicate_groups, duplicate_groups.c.message_id == messages.c.id)
        .where(
            duplicate_groups.c.group_id == own.scalar_subquery(),
            cases.c.state.in_([one.value for one in states]),
        )
        .order_by(cases.c.received_at, cases.c.id)
        .limit(limit)
    )
    if section is not None:
        query = query.where(cases.c.section == section)
    return connection.execute(query).mappings().all()
