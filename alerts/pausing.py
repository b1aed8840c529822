"""暂停计时 and 恢复计时: a clock stands still only where its rule allows it, and not once it is overdue.

Stretches are rows; what is left is counted in the rule's own unit when the clock runs again.
"""

from __future__ import annotations

import logging

from alerts import clocks
from alerts.casework import Law
from alerts.owed import rule_of
from alerts.steps import Act, Outcome, Step, begin, said
from core.clock import iso
from core.errors import Conflict, NotAllowed
from core.vocabulary import Command, DeadlineState
from storage import deadlines, pauses, planned_actions
from storage.database import Connection, Row

_log = logging.getLogger(__name__)


def pause(
    connection: Connection, case_id: int, act: Act, law: Law, *, reason: str, authority: str
) -> Outcome:
    """暂停计时: every running clock of the case whose rule allows it stands still from now on.

    Args:
        authority: the paper that allows it, by title or number.

    Raises:
        Conflict: none of the running clocks may be paused, all that may stand still already, or they have
            run out: standing still never takes an overdue back.
        InvalidInput: no reason or no authority.
        NotFound, NotAllowed: see `alerts.steps.begin`.
    """
    step = begin(connection, case_id, Command.PAUSE, act, {"reason": reason, "authority": authority})
    if isinstance(step, Outcome):
        return step
    if act.actor.person_id is None:
        raise NotAllowed("系统不能代人暂停计时。", mend="请由新闻宣传人员或领导办理。")
    chosen = _to_pause(step, law)
    why = said(reason, "reason", "暂停理由")
    paper = said(authority, "authority", "依据的文书")
    for clock in chosen:
        pauses.open_one(
            connection,
            clock["id"],
            since=act.now,
            reason=why,
            authority=paper,
            person_id=act.actor.person_id,
        )
        deadlines.update(connection, clock["id"], state=DeadlineState.PAUSED.value)
    planned_actions.supersede(connection, [clock["id"] for clock in chosen], act.now)
    return step.finish({"reason": why, "authority": paper, "paused": clocks.facts_of(chosen)})


def resume(connection: Connection, case_id: int, act: Act, law: Law, *, reason: str) -> Outcome:
    """恢复计时: what stood still runs again; the days that were paused are shown as such and not counted.

    Returns:
        facts: `clocks` with the new due instants, `was` the former ones.

    Raises:
        Conflict: no clock of the case stands still.
        InvalidInput: no reason.
        NotFound, NotAllowed: see `alerts.steps.begin`.
    """
    step = begin(connection, case_id, Command.RESUME, act, {"reason": reason})
    if isinstance(step, Outcome):
        return step
    why = said(reason, "reason", "恢复的理由")
    paused = [row for row in clocks.still_running(connection, case_id) if _is_paused(row)]
    if not paused:
        raise _refused(step, "没有暂停中的时限。", "无需再做。", "clock.not_paused")
    pauses.close(connection, [row["id"] for row in paused], act.now)
    moved = [
        clocks.move_due(
            connection,
            law,
            clock,
            clocks.recounted(connection, law, clock, act.now, rule=rule_of(law, clock)),
            act.now,
            state=DeadlineState.RUNNING.value,
        )
        for clock in paused
    ]
    was = [iso(row["due_at"]) for row in paused]
    return step.finish({"reason": why, "was": was, "clocks": clocks.facts_of(moved)})


def _to_pause(step: Step, law: Law) -> list[Row]:
    running = clocks.still_running(step.connection, step.case_id)
    allowed = [row for row in running if rule_of(law, row).pausable]
    if not allowed:
        names = "、".join(dict.fromkeys(rule_of(law, row).label for row in running)) or "本件"
        _log.warning("clock.pause_refused case=%d by=%s", step.case_id, step.act.actor.login)
        raise _refused(step, f"“{names}”的时限依规定不能暂停。", "请按原定时限办理。", "clock.not_pausable")
    fresh = [row for row in allowed if not _is_paused(row)]
    if not fresh:
        raise _refused(step, "时限已在暂停中。", "恢复计时后才能再次暂停。", "clock.paused")
    in_time = [row for row in fresh if row["due_at"] >= step.act.now]
    if not in_time:
        raise _refused(step, "时限已经超期，暂停不能改变。", "请尽快答复。", "clock.overdue")
    return in_time


def _is_paused(row: Row) -> bool:
    return bool(row["state"] == DeadlineState.PAUSED.value)


def _refused(step: Step, message: str, mend: str, code: str) -> Conflict:
    command = step.move.command.value
    return Conflict(message, mend=mend, code=code, status=step.case["state"], command=command)
