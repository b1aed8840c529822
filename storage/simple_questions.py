"""Where what the analysis holds about simple questions and the clocks that run have come apart."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.vocabulary import CaseKind, CaseState, Channel, DeadlineState, Tag
from storage.tables import assessments, cases, deadlines, events, messages

_PROGRAM = "system"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A case whose clocks do not say what the analysis says; `reasons` are those of the analysis."""

    case_id: int
    is_simple: bool
    reasons: Sequence[str]


def undecided(
    connection: Connection,
    *,
    states: Collection[CaseState],
    channels: Collection[Channel],
    rules: Collection[str],
    limit: int,
) -> list[Doubt]:
    """Cases that nobody of the office has decided about, in order of id.

    To be started: the message's present revision was called a simple question, and the program has not
    decided in this case before. To be withdrawn: the program has, and the present revision is none.

    Args:
        states: only cases that stand so; history is left out.
        channels: those that have a rule for simple questions.
        rules: the keys of these rules.
    """
    query = (
        sa.select(cases.c.id, assessments.c.is_simple, assessments.c.reasons)
        .join(assessments, assessments.c.message_id == cases.c.message_id)
        .join(
            messages,
            sa.and_(messages.c.id == assessments.c.message_id, messages.c.revision == assessments.c.revision),
        )
        .where(
            cases.c.kind == CaseKind.MESSAGE.value,
            cases.c.is_history.is_(False),
            cases.c.state.in_([state.value for state in states]),
            cases.c.channel.in_([channel.value for channel in channels]),
            ~_decided(events.c.actor_kind != _PROGRAM),
            sa.case(
                (assessments.c.is_simple, ~_decided(events.c.actor_kind == _PROGRAM)),
                else_=sa.and_(_decided(events.c.actor_kind == _PROGRAM), _runs(rules)),
            ),
        )
        .order_by(cases.c.id)
        .limit(limit)
    )
    return [
        Doubt(row.id, row.is_simple, tuple((row.reasons or {}).get("is_simple", ())))
        for row in connection.execute(query)
    ]


def _decided(by: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return (
        sa.select(sa.literal(1))
        .where(
            events.c.stream == cases.c.id,
            events.c.tag == Tag.CASE_SIMPLE_SET.value,
            by,
        )
        .exists()
    )


def _runs(rules: Collection[str]) -> sa.ColumnElement[bool]:
    return (
        sa.select(sa.literal(1))
        .where(
            deadlines.c.case_id == cases.c.id,
            deadlines.c.rule_key.in_(rules),
            deadlines.c.state == DeadlineState.RUNNING.value,
        )
        .exists()
    )
