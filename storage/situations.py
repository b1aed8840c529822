"""What makes messages more or less pressing, read together for many of them."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from storage.database import in_chunks
from storage.tables import assessments, matter_messages, matters, messages


def of_messages(connection: Connection, message_ids: Iterable[int]) -> list[RowMapping]:
    """Assessed ones of these messages: risk with reasons, tone, topic, channel, extra columns, and matter.

    `matter_id` and `voices` are None where it has no matter yet.
    """
    found: list[RowMapping] = []
    for some in in_chunks(sorted(set(message_ids))):
        query = (
            sa.select(
                messages.c.id,
                messages.c.channel,
                messages.c.extra,
                assessments.c.topic,
                assessments.c.risk_score,
                assessments.c.reasons,
                assessments.c.sentiment_log_odds,
                matters.c.id.label("matter_id"),
                matters.c.voices,
            )
            .join(assessments, assessments.c.message_id == messages.c.id)
            .outerjoin(matter_messages, matter_messages.c.message_id == messages.c.id)
            .outerjoin(matters, matters.c.id == matter_messages.c.matter_id)
            .where(messages.c.id.in_(some))
            .order_by(messages.c.id)
        )
        found += connection.execute(query).mappings().all()
    return found
