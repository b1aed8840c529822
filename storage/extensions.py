"""Asked for and granted: longer limits of single clocks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.vocabulary import ExtensionState
from storage.tables import deadlines, extensions, people


def ask(
    connection: Connection,
    *,
    case_id: int,
    deadline_id: int,
    amount: int,
    reason: str,
    person_id: int,
    now: datetime,
) -> int:
    """Enter a request; its number. The caller holds the lock of the case and knows that none stands."""
    values = {
        "case_id": case_id,
        "deadline_id": deadline_id,
        "amount": amount,
        "reason": reason,
        "asked_by": person_id,
        "asked_at": now,
        "state": ExtensionState.ASKED.value,
    }
    inserted = connection.execute(extensions.insert().values(values).returning(extensions.c.id))
    return int(inserted.scalar_one())


def decide(
    connection: Connection,
    extension_id: int,
    state: ExtensionState,
    *,
    person_id: int,
    reason: str,
    now: datetime,
) -> None:
    """Grant or refuse a request; the caller holds the lock of the case."""
    connection.execute(
        extensions.update()
        .where(extensions.c.id == extension_id)
        .values(state=state.value, decided_by=person_id, decided_at=now, decided_reason=reason)
    )


def of_case(connection: Connection, case_id: int) -> Sequence[RowMapping]:
    """Every request of a case with its clock's rule and who asked, oldest first."""
    query = (
        sa.select(extensions, deadlines.c.rule_key, people.c.name)
        .join(deadlines, deadlines.c.id == extensions.c.deadline_id)
        .join(people, people.c.id == extensions.c.asked_by)
        .where(extensions.c.case_id == case_id)
        .order_by(extensions.c.id)
    )
    return connection.execute(query).mappings().all()


def granted(connection: Connection, deadline_id: int) -> int:
    """By how many units of its rule a clock was extended; 0 where it was not."""
    query = sa.select(extensions.c.amount).where(
        extensions.c.deadline_id == deadline_id, extensions.c.state == ExtensionState.GRANTED.value
    )
    return connection.execute(query).scalar() or 0
