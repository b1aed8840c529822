"""延期: whoever answers asks, a leader decides; the longer limit is counted from the same anchor."""

from __future__ import annotations

from alerts import clocks
from alerts.casework import Law
from alerts.owed import rule_of
from alerts.steps import Act, Outcome, Step, begin, said
from core.clock import iso
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.vocabulary import Command, DeadlineState, ExtensionState
from storage import deadlines, extensions
from storage.database import Connection, Row


def ask_extension(
    connection: Connection,
    case_id: int,
    act: Act,
    law: Law,
    *,
    deadline_id: int,
    reason: str,
    amount: int | None = None,
) -> Outcome:
    """申请延期: no clock moves before a leader has granted it.

    Args:
        deadline_id: the clock that cannot be kept.
        amount: how much longer, in the unit of the rule; None for as much as the rule allows.

    Raises:
        Conflict: the rule knows no extension, the clock has run out, or a request stands already.
        InvalidInput: no reason, or more than the rule allows.
        NotFound: the case has no such running clock; or see `alerts.steps.begin`.
        NotAllowed: see `alerts.steps.begin`.
    """
    request = {"deadline": deadline_id, "reason": reason, "amount": amount}
    step = begin(connection, case_id, Command.EXTEND, act, request)
    if isinstance(step, Outcome):
        return step
    if act.actor.person_id is None:
        raise NotAllowed("系统不能代人申请延期。", mend="请由承办人申请。")
    why = said(reason, "reason", "延期理由")
    clock = _running(step, deadline_id)
    units = _units(step, law, clock, amount)
    number = extensions.ask(
        connection,
        case_id=case_id,
        deadline_id=deadline_id,
        amount=units,
        reason=why,
        person_id=act.actor.person_id,
        now=act.now,
    )
    facts = {"extension": number, "rule": clock["rule_key"], "amount": units, "reason": why}
    return step.finish({**facts, "due_at": iso(clock["due_at"])})


def grant_extension(
    connection: Connection, case_id: int, act: Act, law: Law, *, extension_id: int
) -> Outcome:
    """批准延期: the clock gets its new due instant, with every day explained; the ladder is planned anew.

    Returns:
        facts: `was` and `clocks` with the new due instant.

    Raises:
        Conflict: decided already, or the clock has run out meanwhile: an overdue is not taken back.
        NotFound: no such request; or see `alerts.steps.begin`.
        NotAllowed: see `alerts.steps.begin`.
    """
    step = begin(connection, case_id, Command.GRANT_EXTENSION, act, {"extension": extension_id})
    if isinstance(step, Outcome):
        return step
    asked = _asked(step, extension_id)
    clock = _running(step, asked["deadline_id"])
    _decide(step, asked, ExtensionState.GRANTED, "")
    due = clocks.recounted(connection, law, clock, act.now, rule=rule_of(law, clock))
    moved = clocks.move_due(connection, law, clock, due, act.now)
    facts = {"extension": extension_id, "rule": clock["rule_key"], "amount": asked["amount"]}
    return step.finish({**facts, "was": iso(clock["due_at"]), "clocks": clocks.facts_of([moved])})


def refuse_extension(
    connection: Connection, case_id: int, act: Act, *, extension_id: int, reason: str
) -> Outcome:
    """不予延期: the clock runs on as it did.

    Raises:
        Conflict: decided already.
        InvalidInput: no reason.
        NotFound, NotAllowed: see `grant_extension`.
    """
    request = {"extension": extension_id, "reason": reason}
    step = begin(connection, case_id, Command.REFUSE_EXTENSION, act, request)
    if isinstance(step, Outcome):
        return step
    asked = _asked(step, extension_id)
    why = said(reason, "reason", "不予延期的理由")
    _decide(step, asked, ExtensionState.REFUSED, why)
    return step.finish({"extension": extension_id, "rule": asked["rule_key"], "reason": why})


def _running(step: Step, deadline_id: int) -> Row:
    """The clock, which must run and not have run out."""
    live = {row["id"]: row for row in deadlines.live(step.connection, step.case_id)}
    clock = live.get(deadline_id)
    if clock is None:
        raise NotFound("办件没有这个时限。", mend="请从办件页面选择。", code="deadline.not_found")
    if clock["state"] != DeadlineState.RUNNING.value:
        raise _refused(step, "时限没有在计时，不能延期。", "请核对时限的状态。", "clock.not_running")
    if clock["due_at"] < step.act.now:
        raise _refused(step, "时限已经超期，不能再延期。", "请尽快答复。", "clock.overdue")
    return clock


def _units(step: Step, law: Law, clock: Row, amount: int | None) -> int:
    rule = rule_of(law, clock)
    most = rule.extension.amount if rule.extension is not None else None
    if most is None:
        raise _refused(
            step, f"“{rule.label}”没有可以延期的规定。", "请按原定时限办理。", "clock.not_extendable"
        )
    standing = [
        row
        for row in extensions.of_case(step.connection, step.case_id)
        if row["deadline_id"] == clock["id"] and row["state"] != ExtensionState.REFUSED.value
    ]
    if standing:
        raise _refused(step, "这个时限已经申请过延期。", "一个时限只能延期一次。", "extension.standing")
    wanted = most if amount is None else amount
    if not 1 <= wanted <= most:
        raise InvalidInput(f"延期最多{most}。", mend="请按规定填写。", field="amount")
    return wanted


def _asked(step: Step, extension_id: int) -> Row:
    found = {row["id"]: row for row in extensions.of_case(step.connection, step.case_id)}.get(extension_id)
    if found is None:
        raise NotFound("没有这份延期申请。", mend="请从办件页面选择。", code="extension.not_found")
    if found["state"] != ExtensionState.ASKED.value:
        raise _refused(step, "这份延期申请已经有了结论。", "无需再做。", "extension.decided")
    return found


def _decide(step: Step, asked: Row, state: ExtensionState, reason: str) -> None:
    person_id = step.act.actor.person_id
    if person_id is None or person_id == asked["asked_by"]:
        raise NotAllowed("申请人不能自己批准。", mend="请由另一位领导批准。", code="extension.same_person")
    extensions.decide(
        step.connection, asked["id"], state, person_id=person_id, reason=reason, now=step.act.now
    )


def _refused(step: Step, message: str, mend: str, code: str) -> Conflict:
    command = step.move.command.value
    return Conflict(message, mend=mend, code=code, status=step.case["state"], command=command)
