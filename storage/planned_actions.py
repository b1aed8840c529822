"""Planned actions: everything a ladder will do, as rows written before it happens.

A row leaves `planned` once, by a conditional update, and never comes back; a new plan of the same clock has a
higher `plan_no`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.vocabulary import ActionKind, ActionState, DeadlineState
from storage.database import among, in_chunks, insert_many
from storage.tables import cases, deadlines, planned_actions

_PLANNED = ActionState.PLANNED.value


def insert(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Store the steps of new plans."""
    insert_many(connection, planned_actions, rows)


def supersede(connection: Connection, deadline_ids: Sequence[int], now: datetime) -> int:
    """Take back every step of these clocks that has not happened; how many there were.

    To be called in the transaction that stops, pauses, cancels or supersedes a clock, by whoever holds the
    lock of its case. What has fired stays fired; `now` becomes the moment the step was settled.
    """
    taken = 0
    for some in in_chunks(deadline_ids):
        done = connection.execute(
            planned_actions.update()
            .where(planned_actions.c.deadline_id.in_(some), planned_actions.c.state == _PLANNED)
            .values(state=ActionState.SUPERSEDED.value, fired_at=now)
        )
        taken += done.rowcount
    return taken


def supersede_of_cases(connection: Connection, case_ids: Sequence[int], now: datetime) -> int:
    """Take back every step of these cases that has not happened; how many there were."""
    taken = 0
    for some in in_chunks(case_ids):
        done = connection.execute(
            planned_actions.update()
            .where(planned_actions.c.case_id.in_(some), planned_actions.c.state == _PLANNED)
            .values(state=ActionState.SUPERSEDED.value, fired_at=now)
        )
        taken += done.rowcount
    return taken


def last_plan_numbers(connection: Connection, deadline_ids: Sequence[int]) -> dict[int, int]:
    """Clock → number of its newest plan; clocks without a plan are left out."""
    found: dict[int, int] = {}
    for some in in_chunks(deadline_ids):
        query = (
            sa.select(planned_actions.c.deadline_id, sa.func.max(planned_actions.c.plan_no))
            .where(planned_actions.c.deadline_id.in_(some))
            .group_by(planned_actions.c.deadline_id)
        )
        found.update({row[0]: row[1] for row in connection.execute(query)})
    return found


def fired_moments(connection: Connection, deadline_id: int) -> set[tuple[str, str, datetime]]:
    """Kind, audience and planned moment of every step of a clock that was carried out."""
    query = sa.select(planned_actions.c.kind, planned_actions.c.audience, planned_actions.c.planned_at).where(
        planned_actions.c.deadline_id == deadline_id, planned_actions.c.state == ActionState.FIRED.value
    )
    return {(row.kind, row.audience, row.planned_at) for row in connection.execute(query)}


def is_planned(connection: Connection, deadline_id: int) -> bool:
    """Whether the newest plan of a clock stands: not taken back, though all its steps may have happened."""
    query = (
        sa.select(planned_actions.c.state)
        .where(planned_actions.c.deadline_id == deadline_id)
        .order_by(planned_actions.c.plan_no.desc(), planned_actions.c.n.desc())
        .limit(1)
    )
    last = connection.execute(query).scalar()
    return last is not None and last != ActionState.SUPERSEDED.value


def of_deadline(connection: Connection, deadline_id: int) -> Sequence[RowMapping]:
    """Every step of every plan of a clock, in order."""
    query = (
        sa.select(planned_actions)
        .where(planned_actions.c.deadline_id == deadline_id)
        .order_by(planned_actions.c.plan_no, planned_actions.c.n)
    )
    return connection.execute(query).mappings().all()


def called_later(
    connection: Connection, deadline_id: int | None, since: datetime, audiences: Collection[str]
) -> int | None:
    """A call for a signature, or an escalation, of a clock that went to others than these after `since`."""
    query = (
        sa.select(planned_actions.c.id)
        .where(
            planned_actions.c.deadline_id == deadline_id,
            planned_actions.c.state == ActionState.FIRED.value,
            planned_actions.c.kind.in_([ActionKind.REMIND.value, ActionKind.ESCALATE.value]),
            planned_actions.c.fired_at > since,
            planned_actions.c.audience.not_in(audiences),
        )
        .limit(1)
    )
    found: int | None = connection.execute(query).scalar()
    return found


def lock_cases_with_due(connection: Connection, now: datetime, limit: int) -> list[int]:
    """Cases with a step that is due, locked until the transaction ends; the longest due first.

    Cases somebody else holds are left for the next time. `now` is a plain value and so usable by the index:
    a volatile function here was measured 10,000 times slower.

    Args:
        limit: at most so many due steps are looked at.
    """
    query = (
        sa.select(planned_actions.c.case_id)
        .join(cases, cases.c.id == planned_actions.c.case_id)
        .where(*_is_due(now))
        .order_by(planned_actions.c.planned_at)  # and by nothing else: the index gives them so, unsorted
        .limit(limit)
    )
    if connection.dialect.name == "postgresql":
        query = query.with_for_update(of=cases, skip_locked=True)
    return list(dict.fromkeys(connection.execute(query).scalars()))


def due_of_cases(connection: Connection, case_ids: Sequence[int], now: datetime) -> Sequence[RowMapping]:
    """The due steps of locked cases with what a notice needs to say, by clock and step.

    To be read after the locks: locking a case does not refresh what was read of its children before.
    """
    query = (
        sa.select(
            planned_actions,
            deadlines.c.rule_key,
            deadlines.c.rule_version,
            deadlines.c.due_at,
            cases.c.kind.label("case_kind"),
            cases.c.cycle,
            cases.c.section,
            cases.c.title,
        )
        .join(cases, cases.c.id == planned_actions.c.case_id)
        .join(deadlines, deadlines.c.id == planned_actions.c.deadline_id)
        .where(among(connection, planned_actions.c.case_id, case_ids), *_is_due(now))
        .order_by(planned_actions.c.case_id, planned_actions.c.deadline_id, planned_actions.c.n)
    )
    return connection.execute(query).mappings().all()


def settle(connection: Connection, rows: Sequence[RowMapping], state: ActionState, now: datetime) -> set[int]:
    """Move steps out of `planned`, if they still are and their clock still runs; the ids that were moved.

    This update decides; every effect must follow from what it returns and from nothing read before.

    Args:
        rows: steps as `due_of_cases` gave them; the time since their planned moment is noted as their lag.
    """
    moved: set[int] = set()
    for some in in_chunks(rows):
        changed = connection.execute(
            planned_actions.update()
            .where(
                among(connection, planned_actions.c.id, [row["id"] for row in some]),
                planned_actions.c.state == _PLANNED,
                _runs(),
            )
            .values(state=state.value, fired_at=now, lag_seconds=_lag(connection, now))
            .returning(planned_actions.c.id)
        )
        moved.update(changed.scalars())
    return moved


def skip_reminders(connection: Connection, planned_until: datetime, now: datetime) -> int:
    """Pass over the warnings and reminders that were planned until then; how many there were.

    What says that a clock has run out is never passed over.
    """
    done = connection.execute(
        planned_actions.update()
        .where(
            planned_actions.c.state == sa.literal_column("'planned'"),
            planned_actions.c.planned_at <= planned_until,
            planned_actions.c.kind.in_([ActionKind.WARN.value, ActionKind.REMIND.value]),
        )
        .values(state=ActionState.SKIPPED.value, fired_at=now)
    )
    return done.rowcount


def count_failure(connection: Connection, ids: Sequence[int], allowed: int) -> list[int]:
    """Count a failed attempt to carry out these steps.

    Steps that failed `allowed` times are quarantined, so that they hold up nothing else.

    Returns:
        The ids that were quarantined just now.
    """
    out: list[int] = []
    for some in in_chunks(ids):
        mine = (planned_actions.c.id.in_(some), planned_actions.c.state == _PLANNED)
        connection.execute(
            planned_actions.update().where(*mine).values(error_count=planned_actions.c.error_count + 1)
        )
        out += connection.execute(
            planned_actions.update()
            .where(*mine, planned_actions.c.error_count >= allowed)
            .values(state=ActionState.QUARANTINED.value)
            .returning(planned_actions.c.id)
        ).scalars()
    return out


def oldest_due(connection: Connection, now: datetime) -> datetime | None:
    """The planned moment of the longest due step that has not happened, or None; a measure of lag."""
    query = (
        sa.select(planned_actions.c.planned_at)
        .where(*_is_due(now))
        .order_by(planned_actions.c.planned_at)
        .limit(1)
    )
    found: datetime | None = connection.execute(query).scalar()
    return found


def _is_due(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    # The state stands as a literal: a bound parameter would keep SQLite from the partial index.
    return (
        planned_actions.c.state == sa.literal_column("'planned'"),
        planned_actions.c.planned_at <= now,
        _runs(),
    )


def _runs() -> sa.ColumnElement[bool]:
    """Whether the clock of a step runs.

    Asked of each step's own clock: joined, PostgreSQL without fresh statistics begins at all clocks that run
    and looks through everything that is due for each of them (measured: 60 times slower at 2,000 clocks).
    """
    clock = deadlines.alias("clock")
    runs = clock.c.state == DeadlineState.RUNNING.value
    return sa.select(runs).where(clock.c.id == planned_actions.c.deadline_id).scalar_subquery()


def _lag(connection: Connection, now: datetime) -> sa.ColumnElement[Any]:
    """Seconds from the planned moment of a step to `now`."""
    instant = sa.bindparam(None, now, planned_actions.c.planned_at.type)
    if connection.dialect.name == "postgresql":
        return sa.cast(sa.extract("epoch", instant - planned_actions.c.planned_at), sa.Float)
    # On SQLite instants are whole microseconds.
    spent = sa.cast(instant, sa.BigInteger) - sa.cast(planned_actions.c.planned_at, sa.BigInteger)
    return spent / sa.literal(1_000_000.0, sa.Float)
