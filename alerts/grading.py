"""定级: what a level would mean before anybody confirms it, and giving it.

A level decides which clocks run. They count from the earliest known instant however late the grade comes, so
late grading never hides lost hours. Clocks of a former level are superseded and kept.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from alerts import clocks
from alerts.casework import Law
from alerts.instants import Instants, instants_of
from alerts.owed import rule_of, rules_of_level
from alerts.steps import Act, Outcome, Step, begin, said
from core.clock import local_day
from core.errors import Conflict
from core.labels import label
from core.rulebook import Rule
from core.vocabulary import ClockStart, Command, Confirmation, DeadlineState, Level, Tag
from storage import cases, incidents, responses
from storage.database import Connection, Row


@dataclass(frozen=True, slots=True)
class PreviewedClock:
    """One clock that a grade would bring.

    Attributes:
        left: time until it is due; negative when it is overdue at once.
        says: one Chinese sentence about it.
    """

    rule: str
    label: str
    started_at: datetime
    due_at: datetime
    left: timedelta
    says: str


def preview_grade(
    connection: Connection,
    case_id: int,
    law: Law,
    *,
    level: Level,
    now: datetime,
    instants: Instants | None = None,
) -> list[PreviewedClock]:
    """What grading would do, clock by clock, the next due first; nothing is written.

    Raises:
        NotFound: no such case.
        InvalidInput: an instant is in the future.
    """
    cases.get(connection, case_id)
    at = (instants or instants_of(incidents.get(connection, case_id))).checked(now).earliest
    previews = []
    for rule in _owed(law, level, at):
        due_at = law.due_times.due(rule, at).due_at
        left = due_at - now
        state = f"已经超期{spell(-left)}" if left < timedelta(0) else f"还剩{spell(left)}"
        says = f"定为{label(level)}后，“{rule.label}”{state}。"
        previews.append(PreviewedClock(rule.key, rule.label, at, due_at, left, says))
    return sorted(previews, key=lambda one: (one.due_at, one.rule))


def grade(
    connection: Connection,
    case_id: int,
    act: Act,
    law: Law,
    *,
    level: Level,
    reason: str,
    instants: Instants | None = None,
) -> Outcome:
    """Give an incident its level, for the first time or anew, and start the clocks that the level owes.

    A clock that the new level owes from the same instant runs on untouched; every other one of this cycle is
    superseded and kept. Statements that were published before count for the new clocks at their time.

    Args:
        instants: the three as the grader confirms them; None keeps what stands.

    Returns:
        facts: `graded_after_seconds` counts from the instant the clocks start from.

    Raises:
        InvalidInput: no reason, or an instant is in the future.
        Conflict: level and instants are what stands already, or see `alerts.steps.begin`.
        NotFound, NotAllowed: see `alerts.steps.begin`.
    """
    request = {"level": level, "reason": reason, "instants": asdict(instants) if instants else None}
    step = begin(connection, case_id, Command.GRADE, act, request)
    if isinstance(step, Outcome):
        return step
    former = incidents.get(connection, case_id)
    why = said(reason, "reason", "定级理由")
    chosen = (instants or instants_of(former)).checked(act.now)
    if former["level"] == level.value and chosen == instants_of(former):
        raise _same(step, level)
    _write(connection, case_id, act, level, chosen)
    return step.finish(
        {
            "level": level.value,
            "was": former["level"],
            "suggested": former["suggested_level"],
            "reason": why,
            **chosen.facts(),
            "graded_after_seconds": int((act.now - chosen.earliest).total_seconds()),
            **_exchange_clocks(step, law, level, chosen),
        },
        tag=Tag.INCIDENT_GRADED if former["level"] is None else Tag.INCIDENT_REGRADED,
    )


def spell(length: timedelta) -> str:
    """A length of time in hours and minutes, as a person says it: 3小时20分."""
    minutes = int(length.total_seconds()) // 60
    hours, rest = divmod(minutes, 60)
    if hours and rest:
        return f"{hours}小时{rest}分"
    return f"{hours}小时" if hours else f"{rest}分钟"


def _owed(law: Law, level: Level, at: datetime) -> list[Rule]:
    return rules_of_level(law, level, ClockStart.EARLIEST_KNOWN, local_day(at))


def _same(step: Step, level: Level) -> Conflict:
    return Conflict(
        f"事件已经定为{label(level)}，起算时间也没有改变。",
        mend="无需再做。",
        code="case.no_change",
        status=step.case["state"],
        command=step.move.command.value,
    )


def _write(connection: Connection, case_id: int, act: Act, level: Level, chosen: Instants) -> None:
    incidents.update(
        connection,
        case_id,
        level=level.value,
        graded_at=act.now,
        graded_by=act.actor.person_id,
        occurred_at=chosen.occurred_at,
        first_public_at=chosen.first_public_at,
        first_seen_at=chosen.first_seen_at,
    )


def _exchange_clocks(step: Step, law: Law, level: Level, chosen: Instants) -> dict[str, Any]:
    """Bring the clocks of the present cycle to what the level owes; what happened, for the trail."""
    connection, now = step.connection, step.act.now
    anchor, started_at = _start_of_cycle(connection, step.case, chosen)
    rules = _owed(law, level, started_at)
    owed = {rule.key: law.due_times.due(rule, started_at).due_at for rule in rules}
    standing = clocks.of_cycle(connection, step.case)
    gone = [row for row in standing if not _still_fits(law, row, owed, started_at, level)]
    clocks.end(connection, gone, DeadlineState.SUPERSEDED, now)
    kept = {row["rule_key"] for row in standing if row not in gone}
    fresh = [key for key in owed if key not in kept]
    opened = clocks.start(connection, law, step.case, fresh, anchor=anchor, started_at=started_at, now=now)
    settled = clocks.settle(connection, law, step.case_id, now)
    for response_id in settled.claimed:
        responses.set_confirmation(connection, response_id, Confirmation.AWAITED)
    rolling = clocks.roll_on(connection, law, step.case, now)
    return {
        "superseded": clocks.facts_of(gone),
        "clocks": clocks.facts_of([*opened, *rolling]),
        "met": settled.met,
        "awaits_confirmation": settled.claimed,
    }


def _start_of_cycle(connection: Connection, case: Row, chosen: Instants) -> tuple[str, datetime]:
    """The first cycle counts from the earliest known instant, a later one from its reopening."""
    standing = clocks.of_cycle(connection, case)
    if case["cycle"] > 1 and standing:
        return clocks.anchor_of_cycle(connection, case)
    return chosen.anchor, chosen.earliest


def _still_fits(law: Law, row: Row, owed: dict[str, datetime], started_at: datetime, level: Level) -> bool:
    if row["rule_key"] in owed:
        return bool(row["due_at"] == owed[row["rule_key"]] and row["started_at"] == started_at)
    rule = rule_of(law, row)
    if rule.starts is ClockStart.ORDERED:
        return True  # an order of supervision has nothing to do with the level
    return rule.starts is ClockStart.LAST_PUBLICATION and level in rule.applies_to.levels
