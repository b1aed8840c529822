"""The clocks an office still owes an answer to, page by page, as the desk and the API list them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.vocabulary import DeadlineState
from storage.deadlines import status
from storage.tables import assisting_sections, cases, deadlines, messages, sources
from storage.types import Instant

_STILL = (DeadlineState.RUNNING.value, DeadlineState.PAUSED.value)
_GONE = (DeadlineState.SUPERSEDED.value, DeadlineState.CANCELLED.value)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which clocks are asked for; None means "not told apart by this".

    Attributes:
        as_of: the instant they are judged at.
        soon: how long before its due instant a clock is due soon.
        state: `running` (not answered, overdue or not), `later` (not answered, neither overdue nor due
            soon; a clock that stands still is one of these), `due_soon`, `overdue`, `met`.
        is_history: received before the office went live.
        is_provisional: rests on a calendar that is not published yet.
        text: stands in the title, or is the source's number.
    """

    as_of: datetime
    soon: timedelta
    state: str | None = None
    section: str | None = None
    channel: str | None = None
    is_history: bool | None = None
    is_provisional: bool | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many clocks of a choice stand how: the three states add up to all."""

    overdue: int
    due_soon: int
    later: int
    provisional: int

    @property
    def total(self) -> int:
        """Every clock that is still owed an answer."""
        return self.overdue + self.due_soon + self.later

    def less(self, other: Counts) -> Counts:
        """What is left without those of `other`."""
        return Counts(
            self.overdue - other.overdue,
            self.due_soon - other.due_soon,
            self.later - other.later,
            self.provisional - other.provisional,
        )


def listed(
    connection: Connection, choice: Choice, *, after: tuple[datetime, int] | None = None, limit: int
) -> Sequence[RowMapping]:
    """At most `limit` clocks with their case, by due instant and then id, behind the position `after`."""
    query = (
        _lines(choice.as_of).where(*chosen(choice)).order_by(deadlines.c.due_at, deadlines.c.id).limit(limit)
    )
    if after is not None:
        due_at, deadline_id = _at(after[0]), after[1]
        query = query.where(
            sa.or_(
                deadlines.c.due_at > due_at,
                sa.and_(deadlines.c.due_at == due_at, deadlines.c.id > deadline_id),
            )
        )
    return connection.execute(query).mappings().all()


def assisted(connection: Connection, choice: Choice, *, limit: int) -> Sequence[RowMapping]:
    """The clocks that still run in cases with which the section of a choice assists, by due instant."""
    theirs = sa.select(assisting_sections.c.case_id).where(assisting_sections.c.section == choice.section)
    query = (
        _lines(choice.as_of)
        .where(deadlines.c.state.in_(_STILL), cases.c.id.in_(theirs), cases.c.section != choice.section)
        .order_by(deadlines.c.due_at, deadlines.c.id)
        .limit(limit)
    )
    return connection.execute(query).mappings().all()


def total(connection: Connection, choice: Choice) -> int:
    """How many clocks there are in all."""
    query = sa.select(sa.func.count()).select_from(deadlines.join(cases)).where(*chosen(choice))
    return connection.execute(query).scalar_one()


def counts(connection: Connection, choice: Choice) -> Counts:
    """The unanswered clocks of a choice by state; its own `state` is not looked at."""
    if choice.is_history is False and _narrowed(replace(choice, is_history=None)) == []:
        # An index of the clocks alone answers how all stand, and history is little or nothing.
        every, older = replace(choice, is_history=None), replace(choice, is_history=True)
        return _counts(connection, every, deadlines).less(counts(connection, older))
    return _counts(connection, choice, deadlines.join(cases))


def _counts(connection: Connection, choice: Choice, counted: sa.FromClause) -> Counts:
    now, soon = _at(choice.as_of), _at(choice.as_of + choice.soon)
    running = deadlines.c.state == DeadlineState.RUNNING.value
    overdue = sa.and_(running, deadlines.c.due_at < now)
    due_soon = sa.and_(running, deadlines.c.due_at >= now, deadlines.c.due_at <= soon)
    query = (
        sa.select(
            sa.func.count(sa.case((overdue, 1))),
            sa.func.count(sa.case((due_soon, 1))),
            sa.func.count(sa.case((_later(soon), 1))),
            sa.func.count(sa.case((deadlines.c.is_provisional, 1))),
        )
        .select_from(counted)
        .where(owed(deadlines), *_narrowed(choice))
    )
    return Counts(*connection.execute(query).one())


def channels(connection: Connection) -> list[str]:
    """The channels that have unanswered clocks, in order of name."""
    query = (
        sa.select(cases.c.channel)
        .select_from(deadlines.join(cases))
        .where(owed(deadlines))
        .distinct()
        .order_by(cases.c.channel)
    )
    return list(connection.execute(query).scalars())


def _lines(as_of: datetime) -> sa.Select[Any]:
    """What a line of a list shows of a clock and its case."""
    return sa.select(
        deadlines,
        deadlines.c.id.label("deadline_id"),
        cases.c.kind.label("case_kind"),
        cases.c.channel,
        cases.c.section,
        cases.c.title,
        cases.c.is_history,
        messages.c.native_id,
        sources.c.key.label("source"),
        status(as_of).label("status"),
    ).select_from(_joined())


def _joined() -> sa.Join:
    return (
        deadlines.join(cases)
        .outerjoin(messages, messages.c.id == cases.c.message_id)
        .outerjoin(sources, sources.c.id == messages.c.source_id)
    )


def _at(instant: datetime) -> sa.BindParameter[datetime]:
    return sa.bindparam(None, instant, Instant())


def owed(clocks: sa.FromClause) -> sa.ColumnElement[bool]:
    """Whether a clock still runs or stands still; spelt out, so that the index of just these is used."""
    return clocks.c.state.in_([sa.literal_column(f"'{state}'") for state in _STILL])


def chosen(choice: Choice, clocks: sa.FromClause = deadlines) -> list[sa.ColumnElement[bool]]:
    """The conditions of a choice, for a query over clocks joined with their cases."""
    now, soon = _at(choice.as_of), _at(choice.as_of + choice.soon)
    running = clocks.c.state == sa.literal_column(f"'{DeadlineState.RUNNING.value}'")
    states: dict[str | None, sa.ColumnElement[bool]] = {
        None: clocks.c.state.not_in(_GONE),
        "running": owed(clocks),
        "later": sa.and_(owed(clocks), _later(soon, clocks)),
        "due_soon": sa.and_(running, clocks.c.due_at >= now, clocks.c.due_at <= soon),
        "overdue": sa.and_(running, clocks.c.due_at < now),
        "met": clocks.c.state == DeadlineState.MET.value,
    }
    return [states[choice.state], *_narrowed(choice, clocks)]


def _later(soon: sa.BindParameter[datetime], clocks: sa.FromClause = deadlines) -> sa.ColumnElement[bool]:
    """Neither overdue nor due soon: a clock that stands still is never either."""
    return sa.or_(clocks.c.due_at > soon, clocks.c.state == DeadlineState.PAUSED.value)


def _narrowed(choice: Choice, clocks: sa.FromClause = deadlines) -> list[sa.ColumnElement[bool]]:
    wanted: list[tuple[sa.ColumnElement[Any], Any]] = [
        (cases.c.section, choice.section),
        (cases.c.channel, choice.channel),
        (cases.c.is_history, choice.is_history),
        (clocks.c.is_provisional, choice.is_provisional),
    ]
    conditions: list[sa.ColumnElement[bool]] = [
        column == value for column, value in wanted if value is not None
    ]
    if choice.text is not None:
        numbered = sa.select(messages.c.id).where(messages.c.native_id == choice.text)
        named = cases.c.title.contains(choice.text, autoescape=True)
        conditions.append(sa.or_(named, cases.c.message_id.in_(numbered)))
    return conditions
