"""What a ladder will do for one clock, and which of the steps that are due still make sense.

Pure: every moment follows from the clock's own start and due instants, never from "now plus something", so a
ladder that was planned late or fired late does not shift.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from alerts.ladders import Ladder, Step
from core.vocabulary import ActionKind, ActionState, Audience

PASSED_AT_OPENING = "开始计时的时候，这一提醒的时刻已经过去"
OVERTAKEN = "恢复运行时已到后一步，这一提醒不再有意义"
PAST_DUE = "期限已到，临期提醒不再有意义"
REPEATED = "同一时刻的这一步此前已经执行"
ACKNOWLEDGED = "已签收，不再催签"

# What is owed by the rule is done however late; a reminder is not.
_OWED = frozenset({ActionKind.DUE, ActionKind.ESCALATE})


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step with its moment.

    Attributes:
        n: 1…n in order of moment.
        state: `planned`, or `skipped` with `reason`.
    """

    n: int
    kind: ActionKind
    audience: Audience
    priority: int
    planned_at: datetime
    state: ActionState
    reason: str | None


@dataclass(frozen=True, slots=True)
class DueStep:
    """A planned step whose moment has come.

    Attributes:
        awaits_others: on this level everybody has to sign, and somebody has not.
    """

    id: int
    kind: ActionKind
    audience: Audience
    planned_at: datetime
    awaits_others: bool = False


def plan(ladder: Ladder, started_at: datetime, due_at: datetime, opened_at: datetime) -> list[PlannedStep]:
    """The steps of `ladder` for a clock, in order of moment.

    A reminder whose moment lay before `opened_at` is planned as skipped, with the reason; what falls due or
    is escalated stays planned and happens once, late.

    Args:
        started_at: the legal anchor.
        opened_at: when the clock was entered here, at or after the anchor (before it for a limit counted
            backwards, whose run is then from the opening to the due instant).
    """
    timed = [(_moment(step, started_at, due_at, opened_at), step) for step in ladder.steps]
    timed.sort(key=lambda pair: pair[0])
    return [_planned(n, at, step, opened_at) for n, (at, step) in enumerate(timed, start=1)]


def _moment(step: Step, started_at: datetime, due_at: datetime, opened_at: datetime) -> datetime:
    if step.share is not None:
        begin = started_at if started_at < due_at else min(opened_at, due_at)
        return begin + (due_at - begin) * step.share
    return (opened_at if step.after == "opening" else due_at) + step.length


def _planned(n: int, at: datetime, step: Step, opened_at: datetime) -> PlannedStep:
    missed = at < opened_at and step.kind not in _OWED
    return PlannedStep(
        n,
        step.kind,
        step.audience,
        step.priority,
        at,
        ActionState.SKIPPED if missed else ActionState.PLANNED,
        PASSED_AT_OPENING if missed else None,
    )


def without_repeats(
    steps: Sequence[PlannedStep], fired: Collection[tuple[str, str, datetime]]
) -> list[PlannedStep]:
    """A new plan of a clock, with the steps that its earlier plans carried out left out.

    Args:
        fired: kind, audience and planned moment of each step that was carried out.
    """
    return [
        replace(step, state=ActionState.SKIPPED, reason=REPEATED)
        if (step.kind.value, step.audience.value, step.planned_at) in fired
        else step
        for step in steps
    ]


def pointless(
    steps: Sequence[DueStep], due_at: datetime, now: datetime, *, acknowledged_until: datetime | None
) -> dict[int, str]:
    """Which of the due steps of one clock are not carried out, with the reason.

    After downtime several are due together. What is owed (due, escalate) is always carried out. A reminder
    is left out when a later step to the same people, or an owed one, is due too, when it would speak of time
    left after the due instant, or when it asks for an acknowledgement that has been given and still counts.

    Args:
        acknowledged_until: how long the newest acknowledgement counts; None where nobody has given one.
    """
    reasons: dict[int, str] = {}
    for step in steps:
        if step.kind in _OWED:
            continue
        if any(_overtakes(other, step) for other in steps):
            reasons[step.id] = OVERTAKEN
        elif step.kind is ActionKind.WARN and step.planned_at < due_at <= now:
            reasons[step.id] = PAST_DUE
        elif step.kind is ActionKind.REMIND and _is_answered(step, acknowledged_until):
            reasons[step.id] = ACKNOWLEDGED
    return reasons


def _is_answered(step: DueStep, acknowledged_until: datetime | None) -> bool:
    counts = acknowledged_until is not None and step.planned_at < acknowledged_until
    return counts and not step.awaits_others


def _overtakes(later: DueStep, step: DueStep) -> bool:
    return later.planned_at > step.planned_at and (later.audience is step.audience or later.kind in _OWED)
