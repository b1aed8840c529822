"""The clocks that run in live cases, as far as a morning's digest counts them."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.vocabulary import DeadlineState
from storage.tables import acknowledgements, cases, deadlines


def open_cases(connection: Connection) -> Sequence[RowMapping]:
    """Each running clock with its case's section and whether anybody has signed in the present cycle."""
    signed = sa.select(acknowledgements.c.id).where(
        acknowledgements.c.case_id == cases.c.id, acknowledgements.c.cycle == cases.c.cycle
    )
    query = (
        sa.select(
            deadlines.c.case_id, deadlines.c.due_at, cases.c.section, signed.exists().label("is_signed")
        )
        .join(cases, cases.c.id == deadlines.c.case_id)
        .where(deadlines.c.state == DeadlineState.RUNNING.value, cases.c.is_history.is_(False))
        .order_by(deadlines.c.case_id, deadlines.c.id)
    )
    return connection.execute(query).mappings().all()
