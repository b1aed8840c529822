"""Writing the plan of a clock into the database, in the transaction that starts, moves or resumes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from alerts.escalation import PlannedStep, plan, without_repeats
from alerts.ladders import Ladders
from core.clock import iso
from core.vocabulary import ActionState, DeadlineState, Tag
from storage import events, planned_actions
from storage.database import Connection, Row
from storage.events import Draft

Clock = Mapping[str, Any] | Row


def plan_for(connection: Connection, ladders: Ladders, clocks: Sequence[Clock], now: datetime) -> None:
    """Plan the ladders of running clocks, taking back whatever was planned for them before.

    Clocks in another state get no plan. What an earlier plan has carried out for the same moment is not
    repeated. Steps that are left out from the start are an event of the case.

    Args:
        clocks: rows of deadlines that stand in the database: `id`, `case_id`, `rule_key`, `state`,
            `started_at`, `due_at`.
        now: when the clock is opened here; the caller holds the lock of the case.
    """
    running = [row for row in clocks if row["state"] == DeadlineState.RUNNING.value]
    ids = [row["id"] for row in running]
    planned_actions.supersede(connection, ids, now)
    numbers = planned_actions.last_plan_numbers(connection, ids)
    rows, drafts = [], []
    for clock in running:
        steps = steps_of(ladders, clock, now)
        if clock["id"] in numbers:
            steps = without_repeats(steps, planned_actions.fired_moments(connection, clock["id"]))
        rows += action_rows(clock, steps, numbers.get(clock["id"], 0) + 1)
        left_out = skipped_facts(clock, steps)
        if left_out:
            facts = {"deadline": clock["id"], "steps": left_out}
            drafts.append(Draft(clock["case_id"], Tag.ACTION_SKIPPED, "system", "planning", now, facts))
    planned_actions.insert(connection, rows)
    if drafts:
        events.append(connection, drafts, now)


def steps_of(ladders: Ladders, clock: Clock, now: datetime) -> list[PlannedStep]:
    """The steps of one clock; none for a rule without a ladder."""
    ladder = ladders.for_rule(clock["rule_key"])
    return plan(ladder, clock["started_at"], clock["due_at"], now) if ladder else []


def action_rows(clock: Clock, steps: Sequence[PlannedStep], plan_no: int) -> list[dict[str, Any]]:
    """The rows of `planned_actions`: a copy of the ladder, so that a later edit of it changes nothing."""
    return [
        {
            "case_id": clock["case_id"],
            "deadline_id": clock["id"],
            "plan_no": plan_no,
            "n": step.n,
            "kind": step.kind.value,
            "audience": step.audience.value,
            "priority": step.priority,
            "planned_at": step.planned_at,
            "state": step.state.value,
            "error_count": 0,
        }
        for step in steps
    ]


def skipped_facts(clock: Clock, steps: Sequence[PlannedStep]) -> list[dict[str, Any]]:
    """What the audit trail says of steps that were left out when the plan was made."""
    return [
        {
            "rule": clock["rule_key"],
            "n": step.n,
            "kind": step.kind.value,
            "planned_at": iso(step.planned_at),
            "reason": step.reason,
        }
        for step in steps
        if step.state is ActionState.SKIPPED
    ]
