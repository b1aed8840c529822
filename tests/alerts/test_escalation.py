"""What a ladder does for one clock: moments from the law, missed steps, steps without sense."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from alerts.escalation import (
    ACKNOWLEDGED,
    OVERTAKEN,
    PASSED_AT_OPENING,
    PAST_DUE,
    REPEATED,
    DueStep,
    PlannedStep,
    plan,
    pointless,
    without_repeats,
)
from alerts.ladders import Ladder, Step
from core.clock import parse_instant
from core.vocabulary import ActionKind, ActionState, Audience

START = parse_instant("2026-02-16T22:30")
DUE = START + timedelta(hours=5)
STEPS = (
    Step(after="opening", kind=ActionKind.WARN, audience=Audience.DUTY, priority=0),
    Step(after="opening", amount=15, kind=ActionKind.REMIND, audience=Audience.DUTY, priority=0),
    Step(share=0.5, kind=ActionKind.WARN, audience=Audience.PRESS, priority=0),
    Step(share=0.8, kind=ActionKind.WARN, audience=Audience.PRESS, priority=0),
    Step(after="due", kind=ActionKind.DUE, audience=Audience.PRESS, priority=0),
    Step(after="due", amount=2, unit="hour", kind=ActionKind.ESCALATE, audience=Audience.MANAGER, priority=0),
)
LADDER = Ladder(label="测试", families=("incident",), delivery="any_time", steps=STEPS)


def moments(steps: list[PlannedStep], state: ActionState) -> list[datetime]:
    return [step.planned_at for step in steps if step.state is state]


def test_moments_are_shares_of_the_run_and_lengths_after_due() -> None:
    steps = plan(LADDER, START, DUE, START)
    minutes = [(step.planned_at - START) // timedelta(minutes=1) for step in steps]
    assert minutes == [0, 15, 150, 240, 300, 420]
    assert [step.n for step in steps] == [1, 2, 3, 4, 5, 6]
    assert {step.state for step in steps} == {ActionState.PLANNED}


def test_a_late_opening_does_not_move_the_legal_moments_and_leaves_missed_warnings_out() -> None:
    opened = START + timedelta(hours=3)
    steps = plan(LADDER, START, DUE, opened)
    missed = [step for step in steps if step.state is ActionState.SKIPPED]
    assert [(step.planned_at, step.reason) for step in missed] == [
        (START + timedelta(minutes=150), PASSED_AT_OPENING)
    ]
    assert moments(steps, ActionState.PLANNED) == [
        opened,
        opened + timedelta(minutes=15),
        START + timedelta(hours=4),
        DUE,
        DUE + timedelta(hours=2),
    ]


def test_a_clock_that_is_overdue_at_birth_keeps_its_breach_and_its_escalation() -> None:
    opened = DUE + timedelta(hours=6)
    kept = [step for step in plan(LADDER, START, DUE, opened) if step.state is ActionState.PLANNED]
    assert [(step.kind, step.planned_at) for step in kept][:2] == [
        (ActionKind.DUE, DUE),
        (ActionKind.ESCALATE, DUE + timedelta(hours=2)),
    ]


def test_a_limit_counted_backwards_runs_from_its_opening() -> None:
    planned_date, opened = START + timedelta(days=10), START
    due = planned_date - timedelta(days=3)
    half = next(step for step in plan(LADDER, planned_date, due, opened) if step.n == 3)
    assert half.planned_at == opened + (due - opened) / 2


def test_what_an_earlier_plan_carried_out_is_not_repeated() -> None:
    steps = without_repeats(plan(LADDER, START, DUE, START), {("due", "press", DUE)})
    assert [(step.kind, step.reason) for step in steps if step.reason] == [(ActionKind.DUE, REPEATED)]


def due_steps(*names: str) -> list[DueStep]:
    """`kind audience minutes`, minutes from the start."""
    steps = []
    for number, name in enumerate(names, start=1):
        kind, audience, minutes = name.split()
        at = START + timedelta(minutes=int(minutes))
        steps.append(DueStep(number, ActionKind(kind), Audience(audience), at))
    return steps


@pytest.mark.parametrize(
    ("steps", "now_minutes", "acknowledged", "expected"),
    [
        (["warn press 150"], 150, False, {}),
        (["warn press 150", "warn press 240"], 250, False, {1: OVERTAKEN}),
        (["warn press 240", "warn manager 240"], 250, False, {}),
        (["warn press 240", "due press 300", "escalate manager 420"], 430, False, {1: OVERTAKEN}),
        (["warn press 240"], 300, False, {1: PAST_DUE}),
        (["remind duty 15"], 15, True, {1: ACKNOWLEDGED}),
        (["remind duty 15"], 15, False, {}),
        (["due press 300", "escalate manager 420"], 430, True, {}),
        (["warn duty 360"], 360, False, {}),
    ],
    ids=[
        "一步到点即做",
        "同一人的两次提醒只做后一次",
        "不同的人各做一次",
        "到期和升级都做",
        "到期后不再说还剩多少",
        "已签收不再催签",
        "未签收就催",
        "签收不影响到期",
        "登记时已超期的首次通知照发",
    ],
)
def test_after_downtime_only_what_makes_sense_is_done(
    steps: list[str], now_minutes: int, acknowledged: bool, expected: dict[int, str]
) -> None:
    now = START + timedelta(minutes=now_minutes)
    until = DUE if acknowledged else None
    assert pointless(due_steps(*steps), DUE, now, acknowledged_until=until) == expected
