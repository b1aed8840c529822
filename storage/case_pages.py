"""Cases page by page, the next due first, as the JSON interface lists them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.vocabulary import CaseKind, CaseState, DeadlineState
from storage.database import in_chunks
from storage.deadlines import status
from storage.desk import Choice, chosen
from storage.tables import cases, deadlines
from storage.types import Instant

_STILL = (DeadlineState.RUNNING.value, DeadlineState.PAUSED.value)
# A case nothing is due in stands behind all others.
_NEVER = datetime(9999, 12, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class CaseChoice:
    """Which cases are asked for; None means "not told apart by this".

    Attributes:
        clocks: with a `state`, only cases that have such a clock.
    """

    clocks: Choice
    state: CaseState | None = None
    kind: CaseKind | None = None


def listed(
    connection: Connection, choice: CaseChoice, *, after: tuple[datetime, int] | None = None, limit: int
) -> Sequence[RowMapping]:
    """At most `limit` cases by `next_due_at` and then id, behind the position `after`.

    `next_due_at` is the earliest due instant among the clocks asked for, or among those that still run where
    no state is asked for; the end of the calendar for a case that has none.
    """
    next_due = _next_due(choice.clocks)
    due_at = sa.func.coalesce(next_due.c.due_at, _at(_NEVER), type_=Instant())
    query = (
        sa.select(cases, due_at.label("next_due_at"))
        .select_from(_joined(choice, next_due))
        .where(*_conditions(choice))
        .order_by(due_at, cases.c.id)
        .limit(limit)
    )
    if after is not None:
        at, number = _at(after[0]), after[1]
        query = query.where(sa.or_(due_at > at, sa.and_(due_at == at, cases.c.id > number)))
    return connection.execute(query).mappings().all()


def total(connection: Connection, choice: CaseChoice) -> int:
    """How many cases there are in all."""
    joined = _joined(choice, _next_due(choice.clocks))
    query = sa.select(sa.func.count()).select_from(joined).where(*_conditions(choice))
    return connection.execute(query).scalar_one()


def clocks_of(
    connection: Connection, case_ids: Sequence[int], as_of: datetime
) -> dict[int, list[RowMapping]]:
    """Every clock of these cases, also those that were cancelled or superseded, by due instant."""
    by_case: dict[int, list[RowMapping]] = {one: [] for one in case_ids}
    for some in in_chunks(case_ids):
        query = (
            sa.select(deadlines, status(as_of).label("status"))
            .where(deadlines.c.case_id.in_(some))
            .order_by(deadlines.c.due_at, deadlines.c.id)
        )
        for row in connection.execute(query).mappings():
            by_case[row["case_id"]].append(row)
    return by_case


def _next_due(choice: Choice) -> sa.Subquery:
    looked_at = [] if choice.state else [deadlines.c.state.in_(_STILL)]
    return (
        sa.select(deadlines.c.case_id, sa.func.min(deadlines.c.due_at).label("due_at"))
        .select_from(deadlines.join(cases))
        .where(*chosen(choice), *looked_at)
        .group_by(deadlines.c.case_id)
        .subquery()
    )


def _joined(choice: CaseChoice, next_due: sa.Subquery) -> sa.Join:
    is_any = choice.clocks.state is None
    return cases.join(next_due, next_due.c.case_id == cases.c.id, isouter=is_any)


def _conditions(choice: CaseChoice) -> list[sa.ColumnElement[bool]]:
    wanted = [
        (cases.c.section, choice.clocks.section),
        (cases.c.channel, choice.clocks.channel),
        (cases.c.state, choice.state.value if choice.state else None),
        (cases.c.kind, choice.kind.value if choice.kind else None),
    ]
    return [column == value for column, value in wanted if value is not None]


def _at(instant: datetime) -> sa.BindParameter[datetime]:
    return sa.bindparam(None, instant, Instant())
