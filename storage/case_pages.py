"""Cases page by page, the next due first, as the JSON interface lists them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.vocabulary import CaseKind, CaseState
from storage.counting import bounded_total
from storage.database import in_chunks
from storage.deadlines import status
from storage.desk import Choice, chosen, owed
from storage.tables import cases, deadlines
from storage.types import Instant

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
    rows: list[RowMapping] = []
    if after is None or after[0] < _NEVER:
        rows += connection.execute(_due(choice, after).limit(limit)).mappings().all()
    if choice.clocks.state is None and len(rows) < limit:
        behind = after[1] if after is not None and after[0] >= _NEVER else 0
        rows += connection.execute(_never_due(choice, behind).limit(limit - len(rows))).mappings().all()
    return rows


def total(connection: Connection, choice: CaseChoice) -> int | None:
    """How many cases there are in all; None where there are more than anybody pages through."""
    rows = sa.select(cases.c.id).where(*_conditions(choice))
    if choice.clocks.state is not None:
        rows = rows.join(deadlines).where(*chosen(choice.clocks)).distinct()
    return bounded_total(connection, rows)


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


def _due(choice: CaseChoice, after: tuple[datetime, int] | None) -> sa.Select[tuple[object, ...]]:
    """Cases with a clock that is asked for, in the order of an index: only as many are read as are shown."""
    earlier = deadlines.alias("earlier")
    at, number = deadlines.c.due_at, deadlines.c.case_id
    is_before = sa.or_(earlier.c.due_at < at, sa.and_(earlier.c.due_at == at, earlier.c.id < deadlines.c.id))
    has_earlier = (
        sa.select(sa.literal(1))
        .select_from(earlier)
        .where(earlier.c.case_id == number, is_before, *_looked_at(choice.clocks, earlier))
        .correlate(deadlines, cases)
        .exists()
    )
    query = (
        sa.select(cases, at.label("next_due_at"))
        .select_from(deadlines.join(cases))
        .where(*_looked_at(choice.clocks, deadlines), ~has_earlier, *_conditions(choice))
        .order_by(at, number)
    )
    if after is None:
        return query
    given = _at(after[0])
    return query.where(at >= given, sa.or_(at > given, number > after[1]))


def _never_due(choice: CaseChoice, behind: int) -> sa.Select[tuple[object, ...]]:
    """Cases in which nothing is due, by number."""
    has_clock = (
        sa.select(sa.literal(1))
        .select_from(deadlines)
        .where(deadlines.c.case_id == cases.c.id, *_looked_at(choice.clocks, deadlines))
        .correlate(cases)
        .exists()
    )
    return (
        sa.select(cases, _at(_NEVER).label("next_due_at"))
        .where(cases.c.id > behind, ~has_clock, *_conditions(choice))
        .order_by(cases.c.id)
    )


def _looked_at(choice: Choice, clocks: sa.FromClause) -> list[sa.ColumnElement[bool]]:
    return [*chosen(choice, clocks), *([] if choice.state else [owed(clocks)])]


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
