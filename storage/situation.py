"""What came in lately, counted for the large screen: by hour, topic, place and sound; and who is silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.vocabulary import Polarity
from storage.tables import assessments, messages, sources
from storage.types import Instant


@dataclass(frozen=True, slots=True)
class Situation:
    """Counts over one half-open period; withdrawn messages are left out.

    Attributes:
        topics: the most frequent first; messages without one are left out.
        places: every place, with its parents where the analysis found them, else as the source wrote it.
        polarities: polarity → count; `None` for what is not assessed yet.
    """

    total: int
    topics: Sequence[tuple[str, int]]
    places: Sequence[tuple[str, int]]
    polarities: dict[Polarity | None, int]


def situation(connection: Connection, since: datetime, until: datetime, *, most: int) -> Situation:
    """The situation of a period, with at most `most` topics and all places."""
    within = [
        messages.c.received_at >= sa.bindparam(None, since, Instant()),
        messages.c.received_at < sa.bindparam(None, until, Instant()),
        messages.c.withdrawn_at.is_(None),
    ]
    joined = messages.outerjoin(assessments, assessments.c.message_id == messages.c.id)
    number = sa.func.count().label("number")

    def most_frequent(column: sa.ColumnElement[str], most: int | None = None) -> list[tuple[str, int]]:
        query = (
            sa.select(column, number)
            .select_from(joined)
            .where(*within, column != "")
            .group_by(column)
            .order_by(number.desc(), column)
            .limit(most)
        )
        return [(name, count) for name, count in connection.execute(query)]

    polarity = sa.select(assessments.c.polarity, number).select_from(joined).where(*within)
    sounds = connection.execute(polarity.group_by(assessments.c.polarity)).all()
    return Situation(
        total=sum(count for _, count in sounds),
        topics=most_frequent(assessments.c.topic, most),
        places=most_frequent(sa.func.coalesce(sa.func.nullif(assessments.c.place, ""), messages.c.area)),
        polarities={Polarity(name) if name else None: count for name, count in sounds},
    )


def arrivals(connection: Connection, since: datetime, until: datetime) -> Sequence[RowMapping]:
    """`channel` and `received_at` of every message of a half-open period, the oldest first."""
    query = (
        sa.select(messages.c.channel, messages.c.received_at)
        .where(
            messages.c.received_at >= sa.bindparam(None, since, Instant()),
            messages.c.received_at < sa.bindparam(None, until, Instant()),
            messages.c.withdrawn_at.is_(None),
        )
        .order_by(messages.c.received_at)
    )
    return connection.execute(query).mappings().all()


def last_heard(connection: Connection) -> Sequence[RowMapping]:
    """`key`, `channel` and `heard_at` of every source, the longest silent first; None for never."""
    heard = sa.func.max(messages.c.first_seen_at)
    query = (
        sa.select(sources.c.key, sources.c.channel, sa.type_coerce(heard, Instant()).label("heard_at"))
        .outerjoin(messages, messages.c.source_id == sources.c.id)
        .group_by(sources.c.id, sources.c.key, sources.c.channel)
    )
    rows = connection.execute(query).mappings().all()
    return sorted(rows, key=lambda row: (row["heard_at"] is not None, row["heard_at"], row["key"]))
