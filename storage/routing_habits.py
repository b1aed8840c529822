"""Which section the office itself gave what to: the newest cases with their topic and place."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.vocabulary import CaseKind
from storage.corrections import newest
from storage.database import in_chunks
from storage.tables import assessments, cases, sections


def handed_out(connection: Connection, *, newest_cases: int) -> list[tuple[str, str, str]]:
    """Topic, place and the name of the section that has the case now, of the newest cases that have one.

    A case that was given to another section counts for that one; a topic that a person corrected counts as
    corrected. The cost is bounded by `newest_cases`.
    """
    query = (
        sa.select(cases.c.message_id, assessments.c.topic, assessments.c.place, sections.c.name)
        .join(assessments, assessments.c.message_id == cases.c.message_id)
        .join(sections, sections.c.key == cases.c.section)
        .where(cases.c.kind == CaseKind.MESSAGE.value, cases.c.section != "")
        .order_by(cases.c.id.desc())
        .limit(newest_cases)
    )
    rows = connection.execute(query).all()
    topics: dict[int, str] = {}
    for some in in_chunks([row.message_id for row in rows]):
        said = newest(connection, some)
        topics.update({number: one["topic"] for number, one in said.items() if "topic" in one})
    return [(topics.get(row.message_id, row.topic), row.place, row.name) for row in rows]
