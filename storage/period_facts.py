"""What came in during a period, as papers list it: one line a message, without its body."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from storage.tables import cases, messages, sources
from storage.types import Instant


def received(connection: Connection, since: datetime, until: datetime) -> Sequence[RowMapping]:
    """The messages received in a half-open period, in order of receipt; withdrawn ones left out.

    `section` is that of the case, or where none was opened the one the source names.
    """
    query = (
        sa.select(
            messages.c.id,
            messages.c.native_id,
            messages.c.channel,
            messages.c.title,
            messages.c.received_at,
            sources.c.key.label("source"),
            cases.c.id.label("case_id"),
            sa.func.coalesce(cases.c.section, messages.c.section).label("section"),
        )
        .select_from(
            messages.join(sources, sources.c.id == messages.c.source_id).outerjoin(
                cases, cases.c.message_id == messages.c.id
            )
        )
        .where(
            messages.c.withdrawn_at.is_(None),
            messages.c.received_at >= _at(since),
            messages.c.received_at < _at(until),
        )
        .order_by(messages.c.received_at, messages.c.id)
    )
    return connection.execute(query).mappings().all()


def _at(instant: datetime) -> sa.BindParameter[datetime]:
    return sa.bindparam(None, instant, Instant())
