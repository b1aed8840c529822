"""How far behind the engine and the outbox are: the figures of a watchdog, each from an index."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.vocabulary import ActionState, DeadlineState, DeliveryOutcome, OutboxState
from storage import outbox as outbox_rows
from storage import planned_actions as actions
from storage.tables import cases, deadlines, delivery_attempts, outbox, planned_actions
from storage.types import Instant

_LATE = 5.0
_RECENT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Vitals:
    """How things stand at one instant.

    Attributes:
        oldest_due_at: planned moment of the longest due step that has not happened, or None.
        waiting_since: by priority, since when the longest waiting notice could be sent.
        depth: by priority, how many notices wait, ready or not.
        late_fires: steps of the last hour that fired more than five seconds late.
        ambiguous: attempts of the last hour whose end is not known.
        quarantined: steps that were set aside and have not been mended.
    """

    oldest_due_at: datetime | None
    waiting_since: Mapping[int, datetime]
    depth: Mapping[int, int]
    late_fires: int
    ambiguous: int
    quarantined: int


def measure(connection: Connection, now: datetime) -> Vitals:
    """Ask; a few milliseconds."""
    return Vitals(
        actions.oldest_due(connection, now),
        outbox_rows.oldest_waiting_by_priority(connection, now),
        _depth(connection),
        _late_fires(connection, now - _RECENT),
        _ambiguous(connection, now - _RECENT),
        _quarantined(connection),
    )


def unplanned(connection: Connection, now: datetime, limit: int) -> list[tuple[int, int]]:
    """Case and number of running clocks that have yet to run out and have no step planned; by number.

    Each running clock has at least the step of its due instant ahead of it; one that has none was forgotten.
    What came in before the office went live reminds nobody and is left out.
    """
    ahead = sa.select(planned_actions.c.id).where(
        planned_actions.c.deadline_id == deadlines.c.id,
        planned_actions.c.state.in_([ActionState.PLANNED.value, ActionState.QUARANTINED.value]),
    )
    query = (
        sa.select(deadlines.c.case_id, deadlines.c.id)
        .join(cases, cases.c.id == deadlines.c.case_id)
        .where(
            deadlines.c.state == DeadlineState.RUNNING.value,
            deadlines.c.due_at > sa.bindparam(None, now, Instant()),
            ~cases.c.is_history,
            ~ahead.exists(),
        )
        .order_by(deadlines.c.id)
        .limit(limit)
    )
    return [(row.case_id, row.id) for row in connection.execute(query)]


def _depth(connection: Connection) -> dict[int, int]:
    waiting = [OutboxState.PENDING.value, OutboxState.CLAIMED.value]
    query = (
        sa.select(outbox.c.priority, sa.func.count())
        .where(outbox.c.state.in_(waiting))
        .group_by(outbox.c.priority)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _late_fires(connection: Connection, since: datetime) -> int:
    query = sa.select(sa.func.count()).where(
        planned_actions.c.state == ActionState.FIRED.value,
        planned_actions.c.fired_at >= sa.bindparam(None, since, Instant()),
        planned_actions.c.lag_seconds > _LATE,
    )
    return int(connection.execute(query).scalar_one())


def _ambiguous(connection: Connection, since: datetime) -> int:
    query = sa.select(sa.func.count()).where(
        delivery_attempts.c.at >= sa.bindparam(None, since, Instant()),
        delivery_attempts.c.outcome == DeliveryOutcome.AMBIGUOUS.value,
    )
    return int(connection.execute(query).scalar_one())


def _quarantined(connection: Connection) -> int:
    query = sa.select(sa.func.count()).where(planned_actions.c.state == ActionState.QUARANTINED.value)
    return int(connection.execute(query).scalar_one())
