"""When incidents were dismissed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.vocabulary import Tag
from storage.database import in_chunks
from storage.tables import events


def dismissed_at(connection: Connection, case_ids: Iterable[int]) -> dict[int, datetime]:
    """Incident → when somebody dismissed it last; those nobody did are left out."""
    found: dict[int, datetime] = {}
    for some in in_chunks(sorted(set(case_ids))):
        query = (
            sa.select(events.c.stream, sa.func.max(events.c.recorded_at).label("at"))
            .where(events.c.stream.in_(some), events.c.tag == Tag.CASE_DISMISSED.value)
            .group_by(events.c.stream)
        )
        found.update({row.stream: row.at for row in connection.execute(query)})
    return found
