"""The voices of one incident as its page tells them: with the group each belongs to, and how each sounds."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from storage.tables import assessments, duplicate_groups, incident_messages, messages, sources


def of_incident(connection: Connection, case_id: int) -> Sequence[RowMapping]:
    """Every message of an incident, the oldest first.

    `group_id` is the first of those that say nearly the same, or the message itself; `polarity` is None where
    nobody has assessed it yet.
    """
    query = (
        sa.select(
            messages.c.id.label("message_id"),
            messages.c.channel,
            messages.c.title,
            messages.c.area,
            messages.c.url,
            messages.c.author_display,
            messages.c.received_at,
            sources.c.key.label("source"),
            sa.func.coalesce(duplicate_groups.c.group_id, messages.c.id).label("group_id"),
            assessments.c.polarity,
            assessments.c.place,
            messages.c.author_hash,
        )
        .join(incident_messages, incident_messages.c.message_id == messages.c.id)
        .join(sources, sources.c.id == messages.c.source_id)
        .outerjoin(duplicate_groups, duplicate_groups.c.message_id == messages.c.id)
        .outerjoin(assessments, assessments.c.message_id == messages.c.id)
        .where(incident_messages.c.case_id == case_id, messages.c.withdrawn_at.is_(None))
        .order_by(messages.c.received_at, messages.c.id)
    )
    return connection.execute(query).mappings().all()
