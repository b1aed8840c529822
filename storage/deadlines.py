"""Clocks, and the one expression that says how each of them stands at an instant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.vocabulary import DeadlineState, DeadlineStatus, Precision
from storage.database import allocate_ids, in_chunks, insert_many
from storage.tables import cases, deadlines, messages, sources
from storage.types import Instant

_STILL = (DeadlineState.RUNNING.value, DeadlineState.PAUSED.value)
_GONE = (DeadlineState.SUPERSEDED.value, DeadlineState.CANCELLED.value)


def insert(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Store new clocks."""
    insert_many(connection, deadlines, rows)


def add(connection: Connection, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Store new clocks; the same rows with their ids."""
    ids = allocate_ids(connection, deadlines, len(rows))
    numbered = [{"id": new, **row} for new, row in zip(ids, rows, strict=True)]
    insert_many(connection, deadlines, numbered)
    return numbered


def row(connection: Connection, deadline_id: int) -> RowMapping:
    """The row of one clock that stands in the database."""
    return connection.execute(sa.select(deadlines).where(deadlines.c.id == deadline_id)).mappings().one()


def of_case(connection: Connection, case_id: int) -> Sequence[RowMapping]:
    """Every clock of a case, also those that were superseded or cancelled, in order of id."""
    query = sa.select(deadlines).where(deadlines.c.case_id == case_id).order_by(deadlines.c.id)
    return connection.execute(query).mappings().all()


def counted_with(connection: Connection) -> list[str]:
    """The versions of calendars that clocks which were not superseded or cancelled were counted with."""
    query = (
        sa.select(deadlines.c.calendar_version)
        .where(deadlines.c.state.not_in(_GONE), deadlines.c.calendar_version != "")
        .distinct()
        .order_by(deadlines.c.calendar_version)
    )
    return list(connection.execute(query).scalars())


def cases_counted_with(connection: Connection, calendar_versions: Sequence[str]) -> list[int]:
    """The cases with a standing clock that was counted with one of these calendars, in order of id."""
    query = (
        sa.select(deadlines.c.case_id)
        .where(deadlines.c.calendar_version.in_(calendar_versions), deadlines.c.state.not_in(_GONE))
        .distinct()
        .order_by(deadlines.c.case_id)
    )
    return list(connection.execute(query).scalars())


def cases_under(connection: Connection, rule_key: str, *, but_version: str) -> list[int]:
    """The cases with an unanswered clock of a rule in another version than this, in order of id."""
    query = (
        sa.select(deadlines.c.case_id)
        .where(
            deadlines.c.rule_key == rule_key,
            deadlines.c.rule_version != but_version,
            deadlines.c.state.in_(_STILL),
        )
        .distinct()
        .order_by(deadlines.c.case_id)
    )
    return list(connection.execute(query).scalars())


def _at(as_of: datetime) -> sa.BindParameter[datetime]:
    return sa.bindparam(None, as_of, Instant())


def is_answered(as_of: datetime) -> sa.ColumnElement[bool]:
    """Whether the answer was known at `as_of`: history from an import counts from its own time."""
    return sa.and_(deadlines.c.state == DeadlineState.MET.value, deadlines.c.met_known_at <= _at(as_of))


def status(as_of: datetime) -> sa.ColumnElement[str]:
    """How a clock stands at `as_of`, as a `DeadlineStatus`; the page, the API and the report all use it.

    On time means answered at or before the due instant; overdue means not answered and past it. Overdue is
    a fact about a clock that still runs, never a stored state. A clock that stands still cannot run out: only
    one that is not overdue may be paused.
    """
    answered = is_answered(as_of)
    return sa.case(
        (deadlines.c.state == DeadlineState.CANCELLED.value, DeadlineStatus.CANCELLED.value),
        (sa.and_(answered, deadlines.c.is_time_unknown), DeadlineStatus.TIME_UNKNOWN.value),
        (sa.and_(answered, deadlines.c.met_at <= deadlines.c.due_at), DeadlineStatus.ON_TIME.value),
        (answered, DeadlineStatus.LATE.value),
        (
            sa.and_(deadlines.c.due_at < _at(as_of), deadlines.c.state != DeadlineState.PAUSED.value),
            DeadlineStatus.OVERDUE.value,
        ),
        else_=DeadlineStatus.OPEN.value,
    )


def live(connection: Connection, case_id: int) -> Sequence[RowMapping]:
    """The clocks of a case that were not superseded or cancelled."""
    query = (
        sa.select(deadlines)
        .where(deadlines.c.case_id == case_id, deadlines.c.state.not_in(_GONE))
        .order_by(deadlines.c.id)
    )
    return connection.execute(query).mappings().all()


def meet(
    connection: Connection, deadline_id: int, *, met_at: datetime, precision: Precision, known_at: datetime
) -> bool:
    """Stop a clock with the qualifying fact; False, and nothing changed, where it does not run any more."""
    done = connection.execute(
        deadlines.update()
        .where(deadlines.c.id == deadline_id, deadlines.c.state.in_(_STILL))
        .values(
            state=DeadlineState.MET.value,
            met_at=met_at,
            met_precision=precision.value,
            met_known_at=known_at,
            is_time_unknown=False,
        )
    )
    return done.rowcount == 1


def end(connection: Connection, deadline_ids: Sequence[int], state: DeadlineState) -> None:
    """Cancel or supersede clocks; the rows stay with all they say."""
    for some in in_chunks(deadline_ids):
        connection.execute(deadlines.update().where(deadlines.c.id.in_(some)).values(state=state.value))


def note_holding_reply(connection: Connection, case_id: int, at: datetime) -> None:
    """Remember beside the clocks that still run that the citizen was told of the receipt; none stops."""
    connection.execute(
        deadlines.update()
        .where(deadlines.c.case_id == case_id, deadlines.c.state.in_(_STILL))
        .values(has_holding_reply=True, holding_at=sa.func.coalesce(deadlines.c.holding_at, _at(at)))
    )


def update(connection: Connection, deadline_id: int, **values: Any) -> None:
    """Change columns of one clock; the caller holds the lock of its case."""
    connection.execute(deadlines.update().where(deadlines.c.id == deadline_id).values(**values))


def supersede_of_cases(connection: Connection, case_ids: Sequence[int]) -> None:
    """Take all clocks of these cases out of every figure; the rows stay."""
    for some in in_chunks(case_ids):
        connection.execute(
            deadlines.update()
            .where(deadlines.c.case_id.in_(some))
            .values(state=DeadlineState.SUPERSEDED.value)
        )


def count_by_status(connection: Connection, import_ids: Sequence[int], as_of: datetime) -> dict[str, int]:
    """How the clocks of the messages that these imports stored stand at `as_of`."""
    state = status(as_of).label("status")
    query = (
        sa.select(state, sa.func.count())
        .select_from(deadlines)
        .join(cases, cases.c.id == deadlines.c.case_id)
        .join(messages, messages.c.id == cases.c.message_id)
        .where(messages.c.import_id.in_(import_ids), deadlines.c.state != DeadlineState.SUPERSEDED.value)
        .group_by(state)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def population(
    connection: Connection,
    *,
    rule: str | None,
    basis: str,
    since: datetime,
    until: datetime,
    as_of: datetime,
    section: str | None = None,
) -> Sequence[RowMapping]:
    """The clocks a response-time report counts, with how each stands at `as_of`.

    Args:
        rule: key of a rule, or None for all.
        basis: `received` (the clock started in the period) or `due` (it falls due in the period; a due
            instant at midnight is the 24:00 of the day before and belongs to that day).
        since, until: 00:00 of the first day and 24:00 of the last.
        section: only this section's; None for all.
        as_of: clocks that had not started by then did not exist yet and are left out.

    Returns:
        One row per clock and cycle, in order of start, then of id; superseded clocks never.
    """
    started, due = deadlines.c.started_at, deadlines.c.due_at
    in_period = (
        sa.and_(started >= _at(since), started < _at(until))
        if basis == "received"
        else sa.and_(due > _at(since), due <= _at(until))
    )
    # A backwards limit ("3 days before the day") falls due before its anchor, so its anchor may lie ahead.
    began = sa.or_(deadlines.c.started_at <= _at(as_of), deadlines.c.due_at < deadlines.c.started_at)
    query = (
        _with_message()
        .add_columns(status(as_of).label("status"))
        .where(
            in_period,
            began,
            deadlines.c.state != DeadlineState.SUPERSEDED.value,
        )
        .order_by(deadlines.c.started_at, deadlines.c.id)
    )
    if rule is not None:
        query = query.where(deadlines.c.rule_key == rule)
    if section is not None:
        query = query.where(cases.c.section == section)
    return connection.execute(query).mappings().all()


def standing(
    connection: Connection,
    *,
    state: str | None,
    as_of: datetime,
    soon: timedelta,
    section: str | None = None,
    limit: int | None = None,
) -> Sequence[RowMapping]:
    """Clocks with their case, by next due.

    Args:
        state: `running` (not answered, overdue or not), `due_soon` (due within `soon`), `overdue`, `met`,
            or None for all that were not superseded or cancelled.
        section: only this section's.
        limit: at most so many.
    """
    now = _at(as_of)
    still = deadlines.c.state.in_([DeadlineState.RUNNING.value, DeadlineState.PAUSED.value])
    running = deadlines.c.state == DeadlineState.RUNNING.value
    chosen = {
        "running": still,
        "due_soon": sa.and_(running, deadlines.c.due_at >= now, deadlines.c.due_at <= _at(as_of + soon)),
        "overdue": sa.and_(running, deadlines.c.due_at < now),
        "met": deadlines.c.state == DeadlineState.MET.value,
    }
    query = (
        _with_message()
        .add_columns(status(as_of).label("status"))
        .where(
            deadlines.c.state.not_in([DeadlineState.SUPERSEDED.value, DeadlineState.CANCELLED.value])
            if state is None
            else chosen[state]
        )
        .order_by(deadlines.c.due_at, deadlines.c.id)
        .limit(limit)
    )
    if section is not None:
        query = query.where(cases.c.section == section)
    return connection.execute(query).mappings().all()


def get(connection: Connection, deadline_id: int, as_of: datetime) -> RowMapping | None:
    """One clock with its case and message, or None."""
    query = _with_message().add_columns(status(as_of).label("status")).where(deadlines.c.id == deadline_id)
    return connection.execute(query).mappings().first()


def _with_message() -> sa.Select[Any]:
    return (
        sa.select(
            deadlines,
            deadlines.c.id.label("deadline_id"),
            cases.c.kind.label("case_kind"),
            cases.c.channel,
            cases.c.section,
            cases.c.title,
            cases.c.is_history,
            messages.c.native_id,
            messages.c.received_precision,
            sources.c.key.label("source"),
        )
        .join(cases, cases.c.id == deadlines.c.case_id)
        .outerjoin(messages, messages.c.id == cases.c.message_id)
        .outerjoin(sources, sources.c.id == messages.c.source_id)
    )
