"""Who of the office has signed for a case (签收), per cycle; the first is first, the others stand beside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from storage.database import in_chunks
from storage.tables import acknowledgements, cases, people


def add(connection: Connection, *, case_id: int, cycle: int, person_id: int, at: datetime) -> bool:
    """Record that a person signed; False, and nothing changed, where this person had signed before.

    The caller holds the lock of the case, so exactly one of several people becomes the first.
    """
    before = of_cycle(connection, case_id, cycle)
    if any(row["person_id"] == person_id for row in before):
        return False
    values = {"case_id": case_id, "cycle": cycle, "person_id": person_id, "at": at, "is_first": not before}
    connection.execute(acknowledgements.insert().values(values))
    return True


def first_of_cases(connection: Connection, case_ids: Sequence[int]) -> dict[int, RowMapping]:
    """Who signed first in the present cycle of each of these cases; cases nobody signed for are left out."""
    found: dict[int, RowMapping] = {}
    for some in in_chunks(case_ids):
        query = (
            sa.select(acknowledgements.c.case_id, acknowledgements.c.at, people.c.name)
            .join(people, people.c.id == acknowledgements.c.person_id)
            .join(
                cases,
                sa.and_(cases.c.id == acknowledgements.c.case_id, cases.c.cycle == acknowledgements.c.cycle),
            )
            .where(acknowledgements.c.case_id.in_(some), acknowledgements.c.is_first)
        )
        found.update((row["case_id"], row) for row in connection.execute(query).mappings())
    return found


def of_cases(connection: Connection, case_ids: Sequence[int]) -> dict[int, dict[int, datetime]]:
    """Case → person → when they signed in its present cycle; cases nobody signed for are left out."""
    found: dict[int, dict[int, datetime]] = {}
    for some in in_chunks(case_ids):
        query = (
            sa.select(acknowledgements.c.case_id, acknowledgements.c.person_id, acknowledgements.c.at)
            .join(
                cases,
                sa.and_(cases.c.id == acknowledgements.c.case_id, cases.c.cycle == acknowledgements.c.cycle),
            )
            .where(acknowledgements.c.case_id.in_(some))
        )
        for row in connection.execute(query):
            found.setdefault(row.case_id, {})[row.person_id] = row.at
    return found


def of_cycle(connection: Connection, case_id: int, cycle: int) -> Sequence[RowMapping]:
    """Who signed in a cycle, the first first, with their names."""
    query = (
        sa.select(acknowledgements, people.c.name, people.c.login)
        .join(people, people.c.id == acknowledgements.c.person_id)
        .where(acknowledgements.c.case_id == case_id, acknowledgements.c.cycle == cycle)
        .order_by(acknowledgements.c.is_first.desc(), acknowledgements.c.id)
    )
    return connection.execute(query).mappings().all()
