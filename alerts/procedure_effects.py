"""What a step of a procedure does to the clocks of its case, once it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from alerts import clocks
from alerts.casework import Law
from alerts.owed import Fact, rule_of
from alerts.procedures import Procedure, ProcedureStep
from alerts.steps import Step
from core.clock import iso, local_day
from core.errors import NotAllowed
from core.vocabulary import CaseKind, CaseState, Channel, DeadlineState, ResponseKind
from storage import deadlines, pauses, planned_actions, tasks
from storage.database import Connection, Row


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a step.

    Attributes:
        state: the state the case goes into; None where it stays.
        clocks: those that were started.
        facts: what was paused, resumed or ended, as the audit trail tells it.
    """

    state: CaseState | None = None
    clocks: Sequence[Fact] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


def procedures_of(connection: Connection, law: Law, case: Fact) -> tuple[Procedure, ...]:
    """The procedures a case goes through."""
    kind = CaseKind(case["kind"])
    task = tasks.procedure_of(connection, case["id"]) if kind is CaseKind.TASK else ""
    return law.procedures.of(kind, Channel(case["channel"]), task)


def definition(connection: Connection, law: Law, case: Fact, key: str) -> ProcedureStep | None:
    """What a step of this case's procedures is; None for one that no procedure has any more."""
    found = (one.step(key) for one in procedures_of(connection, law, case))
    return next((one for one in found if one is not None), None)


def of(step: Step, law: Law, row: Mapping[str, Any] | Row, until: datetime | None = None) -> Taken:
    """Let a step that stands do what its procedure says; nothing for any other response.

    Args:
        until: when the clock ends that the step starts, where its rule has no limit of its own.
    """
    if row["kind"] != ResponseKind.STEP.value:
        return Taken()
    what = definition(step.connection, law, step.case, row["step"])
    if what is None:
        return Taken()
    at = row["occurred_at"]
    facts = {
        "what": what.label,
        "came": what.results.get(row["result"] or "", ""),
        "cancelled": _end(step, what.cancels, DeadlineState.CANCELLED),
        "paused": _pause(step, law, what, row) if what.pauses else [],
        "resumed": _resume(step, law, at) if what.resumes else [],
    }
    ended = _end(step, what.restarts, DeadlineState.SUPERSEDED)
    again = [one["rule"] for one in ended]
    opened = [*_start(step, law, again, at, anchor=what.key), *_open(step, law, what, at, until)]
    shown = {name: value for name, value in {**facts, "superseded": ended}.items() if value}
    return Taken(_state_after(step, what), opened, shown)


def _state_after(step: Step, what: ProcedureStep) -> CaseState | None:
    if not what.completes or step.case["state"] == CaseState.CLOSED.value:
        return None
    return CaseState.COMPLETED if step.case["kind"] == CaseKind.TASK.value else CaseState.REPLIED


def _end(step: Step, keys: Sequence[str], state: DeadlineState) -> list[dict[str, Any]]:
    rows = [row for row in clocks.still_running(step.connection, step.case_id) if row["rule_key"] in keys]
    clocks.end(step.connection, rows, state, step.act.now)
    return clocks.facts_of(rows)


def _open(
    step: Step, law: Law, what: ProcedureStep, at: datetime, until: datetime | None
) -> list[dict[str, Any]]:
    if until is not None:
        return [
            clocks.start_until(step.connection, law, step.case, key, due_at=until, now=step.act.now)
            for key in what.starts
        ]
    anchors = {key: law.rulebook.rule(key, local_day(at)).starts.value for key in what.starts}
    return [row for key, name in anchors.items() for row in _start(step, law, [key], at, anchor=name)]


def _start(step: Step, law: Law, keys: Sequence[str], at: datetime, *, anchor: str) -> list[dict[str, Any]]:
    return clocks.start(step.connection, law, step.case, keys, anchor=anchor, started_at=at, now=step.act.now)


def _pause(step: Step, law: Law, what: ProcedureStep, row: Mapping[str, Any] | Row) -> list[dict[str, Any]]:
    """Let stand still whatever may, from when the paper went out; an overdue is not taken back."""
    since, now = row["occurred_at"], step.act.now
    if what.within is not None and since > _due_of(step, law, what.within):
        return []
    person_id = step.act.actor.person_id
    if person_id is None:
        raise NotAllowed("系统不能代人暂停计时。", mend="请由本人登记。")
    chosen = [
        clock
        for clock in clocks.still_running(step.connection, step.case_id)
        if clock["state"] == DeadlineState.RUNNING.value
        and rule_of(law, clock).pausable
        and clock["due_at"] >= now
    ]
    for clock in chosen:
        pauses.open_one(
            step.connection,
            clock["id"],
            since=max(since, clock["started_at"]),
            reason=what.label,
            authority=row["title"] or what.label,
            person_id=person_id,
        )
        deadlines.update(step.connection, clock["id"], state=DeadlineState.PAUSED.value)
    planned_actions.supersede(step.connection, [clock["id"] for clock in chosen], now)
    return clocks.facts_of(chosen)


def _due_of(step: Step, law: Law, key: str) -> datetime:
    """When the limit of a rule that has no clock of its own runs out, counted from the receipt."""
    received = step.case["received_at"]
    return law.due_times.due(law.rulebook.rule(key, local_day(received)), received).due_at


def _resume(step: Step, law: Law, at: datetime) -> list[dict[str, Any]]:
    still = [
        row
        for row in clocks.still_running(step.connection, step.case_id)
        if row["state"] == DeadlineState.PAUSED.value
    ]
    moved = []
    for clock in still:
        since = max(one.since for one in pauses.of_deadline(step.connection, clock["id"]))
        pauses.close(step.connection, [clock["id"]], max(since, at))
        due = clocks.recounted(step.connection, law, clock, step.act.now, rule=rule_of(law, clock))
        running = DeadlineState.RUNNING.value
        row = clocks.move_due(step.connection, law, clock, due, step.act.now, state=running)
        moved.append({**clocks.facts_of([row])[0], "was": iso(clock["due_at"])})
    return moved
