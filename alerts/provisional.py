"""The clock of an incident nobody has graded yet: nobody waits for a grade.

It starts when the suggested level is one that the office watches (`rules/incidents.yml`), moves forward to an
earlier instant that new messages show, and ends with the first grade or a dismissal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from alerts import clocks
from alerts.casework import Law
from alerts.incident_rules import IncidentRules
from alerts.instants import Instants, Voice, instants_of, prefill
from core.clock import require_aware
from core.vocabulary import Channel, DeadlineState, Level
from storage import incidents
from storage.database import Connection, Row


def prefilled(rows: Sequence[Row], rules: IncidentRules, surge_at: datetime) -> Instants:
    """The instants that the rows of messages suggest; see `alerts.instants.prefill`."""
    voices = [Voice(Channel(row["channel"]), row["received_at"], row["first_seen_at"]) for row in rows]
    surge = require_aware(surge_at)
    return prefill(voices, surge_at=surge, window=rules.prefill_window, public=rules.public_channels)


def start_provisional(
    connection: Connection,
    law: Law,
    rules: IncidentRules,
    case: Row | Mapping[str, Any],
    suggested: Level | None,
    instants: Instants,
    now: datetime,
) -> list[dict[str, Any]]:
    """Start the provisional clocks where the suggested level calls for them and they do not run yet."""
    if suggested not in rules.provisional_levels:
        return []
    return clocks.start(
        connection,
        law,
        case,
        rules.provisional_rules,
        anchor=instants.anchor,
        started_at=instants.earliest,
        now=now,
    )


def take_over(
    connection: Connection,
    law: Law,
    rules: IncidentRules,
    case: Row,
    added: Sequence[Row],
    suggested: Level | None,
    now: datetime,
) -> dict[str, Any]:
    """What new messages change for an ungraded incident: an earlier instant, a graver suggested level.

    The suggestion only ever rises. A reopened incident counts from its reopening, whatever instant is found.

    Returns:
        What happened, for the trail; empty where nothing changed.
    """
    incident = incidents.get(connection, case["id"])
    stood, found = instants_of(incident), prefilled(added, rules, incident["raised_at"])
    public = [at for at in (stood.first_public_at, found.first_public_at) if at is not None]
    better = Instants(
        stood.occurred_at, min(public, default=None), min(stood.first_seen_at, found.first_seen_at)
    )
    former = Level(incident["suggested_level"]) if incident["suggested_level"] else None
    level = _graver(former, suggested)
    if (better, level) == (stood, former):
        return {}
    incidents.update(
        connection,
        case["id"],
        first_public_at=better.first_public_at,
        first_seen_at=better.first_seen_at,
        suggested_level=level.value if level else None,
    )
    gone: list[Row] = []
    if better.earliest != stood.earliest and case["cycle"] == 1:
        gone = [row for row in clocks.of_cycle(connection, case) if row["state"] == DeadlineState.RUNNING]
        clocks.end(connection, gone, DeadlineState.SUPERSEDED, now)
    answered = any(row["state"] == DeadlineState.MET for row in clocks.of_cycle(connection, case))
    opened = [] if answered else start_provisional(connection, law, rules, case, level, better, now)
    return {
        **better.facts(),
        "suggested": level.value if level else None,
        "superseded": clocks.facts_of(gone),
        "clocks": clocks.facts_of(opened),
        "met": clocks.settle(connection, law, case["id"], now).met,
    }


def _graver(one: Level | None, other: Level | None) -> Level | None:
    order = list(Level)
    return min((level for level in (one, other) if level is not None), key=order.index, default=None)
