"""What citizens said to a draft decision, and what became of each opinion."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.errors import NotFound
from core.vocabulary import OpinionVerdict
from storage.database import allocate_ids, insert_many
from storage.tables import opinions


def add(connection: Connection, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Store opinions; their numbers."""
    numbers = list(allocate_ids(connection, opinions, len(rows)))
    entered = [{"id": number, **row} for number, row in zip(numbers, rows, strict=True)]
    insert_many(connection, opinions, entered)
    return numbers


def of_case(connection: Connection, case_id: int) -> Sequence[RowMapping]:
    """The opinions on a decision, in the order they were entered."""
    query = sa.select(opinions).where(opinions.c.case_id == case_id).order_by(opinions.c.id)
    return connection.execute(query).mappings().all()


def unjudged(connection: Connection, case_id: int) -> int:
    """How many opinions nobody has judged yet."""
    wanted = (opinions.c.case_id == case_id, opinions.c.verdict.is_(None))
    return connection.execute(sa.select(sa.func.count()).select_from(opinions).where(*wanted)).scalar_one()


def judge(
    connection: Connection,
    case_id: int,
    opinion_id: int,
    verdict: OpinionVerdict,
    *,
    reason: str,
    person_id: int,
    now: datetime,
) -> RowMapping:
    """Say what becomes of an opinion; how it stood before. The caller holds the lock of the case.

    Raises:
        NotFound: the case has no such opinion.
    """
    wanted = (opinions.c.id == opinion_id, opinions.c.case_id == case_id)
    before = connection.execute(sa.select(opinions).where(*wanted)).mappings().first()
    if before is None:
        raise NotFound("没有这条意见。", mend="请从意见表中选择。", code="opinion.not_found")
    values = {"verdict": verdict.value, "reason": reason, "judged_by": person_id, "judged_at": now}
    connection.execute(opinions.update().where(*wanted).values(values))
    return before
