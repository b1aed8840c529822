"""The newest thing that happened anywhere in the office, for those who watch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.vocabulary import Tag
from storage.tables import cases, events
from storage.types import Instant, to_microseconds

# A transaction that was recorded a little earlier may be committed a little later; its event still counts.
_LATE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Change:
    """The newest event.

    Attributes:
        mark: differs whenever an event was added since; one line of ASCII.
        case_id: None where it concerns the office as a whole.
        section: of the case; empty for none.
    """

    mark: str
    at: datetime
    tag: Tag
    case_id: int | None
    section: str


def newest(connection: Connection) -> Change | None:
    """The event that was recorded last, or None where nothing has happened; two short queries."""
    last = connection.execute(
        sa.select(events.c.stream, events.c.seq, events.c.tag, events.c.recorded_at, cases.c.section)
        .outerjoin(cases, cases.c.id == events.c.stream)
        .order_by(events.c.recorded_at.desc(), events.c.stream.desc(), events.c.seq.desc())
        .limit(1)
    ).first()
    if last is None:
        return None
    since = sa.bindparam(None, last.recorded_at - _LATE, Instant())
    count = connection.execute(sa.select(sa.func.count()).where(events.c.recorded_at >= since)).scalar_one()
    return Change(
        mark=f"{to_microseconds(last.recorded_at)}-{count}",
        at=last.recorded_at,
        tag=Tag(last.tag),
        case_id=last.stream or None,
        section=last.section or "",
    )
