"""The messages of a period with what stands about each, for reports on what is said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from storage.tables import cases, matter_messages, matters, messages, sources


def heard(connection: Connection, *, since: datetime, until: datetime) -> Sequence[RowMapping]:
    """Messages received in a half-open period, in order of number, withdrawn ones left out.

    `matter` is the name of a matter of two messages or more, None otherwise.
    """
    query = (
        sa.select(
            messages.c.id,
            sources.c.key.label("source"),
            messages.c.native_id,
            messages.c.channel,
            messages.c.title,
            messages.c.received_at,
            cases.c.id.label("case_id"),
            messages.c.category,
            messages.c.extra,
            sa.case((matters.c.size > 1, matters.c.name)).label("matter"),
        )
        .join(sources, sources.c.id == messages.c.source_id)
        .outerjoin(matter_messages, matter_messages.c.message_id == messages.c.id)
        .outerjoin(cases, cases.c.message_id == messages.c.id)
        .outerjoin(matters, matters.c.id == matter_messages.c.matter_id)
        .where(
            messages.c.received_at >= since, messages.c.received_at < until, messages.c.withdrawn_at.is_(None)
        )
        .order_by(messages.c.id)
    )
    return connection.execute(query).mappings().all()
