"""The verbs that move a case along: assign, acknowledge, send back, refer, dismiss, close and more.

None of them stops a clock; only dismissing cancels them, with a reason and the name of who did it.
"""

from __future__ import annotations

from typing import Any

from alerts import clocks
from alerts.casework import Law
from alerts.owed import rule_of, simple_rules
from alerts.steps import Act, Outcome, Step, begin, said
from core.clock import iso
from core.errors import Conflict, InvalidInput, NotAllowed
from core.labels import label
from core.vocabulary import (
    CaseState,
    ClockStop,
    Command,
    DeadlineState,
)
from storage import acknowledgements, deadlines, sections
from storage.database import Connection, Row


def assign(connection: Connection, case_id: int, act: Act, *, section: str) -> Outcome:
    """交办: a section becomes responsible; the clocks run on from where they started.

    Raises:
        InvalidInput: the office has no such section.
        NotFound, NotAllowed, Conflict: see `alerts.steps.begin`.
    """
    step = begin(connection, case_id, Command.ASSIGN, act, {"section": section})
    if isinstance(step, Outcome):
        return step
    if section not in sections.names(connection):
        raise InvalidInput(f"没有科室“{section}”。", mend="请从科室表中选择。", field="section")
    return step.finish({"section": section, "was": step.case["section"]}, section=section)


def acknowledge(connection: Connection, case_id: int, act: Act, *, cycle: int | None = None) -> Outcome:
    """签收: a person says to have seen the case. It stops no clock.

    Exactly one person is the first of a cycle; the next are recorded beside and told who was first. A person
    who signs twice gets the first answer again.

    Args:
        cycle: the cycle the notice or page was about; None for the present one. A page that is older than
            the case is no reason to refuse: two people may sign from the same page.

    Returns:
        facts: `acknowledged_at`, `by` (of the first), `first` (whether it was this actor).

    Raises:
        Conflict: the notice was about an earlier cycle, or the state does not allow it.
        NotFound, NotAllowed: see `alerts.steps.begin`.
    """
    fresh = Act(act.actor, act.now, None, act.idempotency_key)
    step = begin(connection, case_id, Command.ACKNOWLEDGE, fresh, {"cycle": cycle})
    if isinstance(step, Outcome):
        return step
    if act.actor.person_id is None:
        raise NotAllowed("系统不能代人签收。", mend="请由值班员或承办人签收。")
    if cycle is not None and cycle != step.case["cycle"]:
        raise _of_another_cycle(step, cycle)
    is_new = acknowledgements.add(
        connection,
        case_id=case_id,
        cycle=step.case["cycle"],
        person_id=act.actor.person_id,
        at=act.now,
    )
    facts = _first_signature(connection, step.case, act.actor.person_id)
    if not is_new:
        state = CaseState(step.case["state"])
        return Outcome(case_id, state, step.case["seq"], act.now, facts)
    return step.finish(facts)


def _first_signature(connection: Connection, case: Row, person_id: int) -> dict[str, Any]:
    first = acknowledgements.of_cycle(connection, case["id"], case["cycle"])[0]
    return {
        "cycle": case["cycle"],
        "acknowledged_at": iso(first["at"]),
        "by": first["name"],
        "first": first["person_id"] == person_id,
    }


def _of_another_cycle(step: Step, cycle: int) -> Conflict:
    return Conflict(
        f"这条提醒针对第{cycle}次办理，办件现在是第{step.case['cycle']}次办理，状态是“"
        f"{label(CaseState(step.case['state']))}”。",
        mend="请打开办件，按现在的情况签收。",
        code="case.another_cycle",
        status=step.case["state"],
        command=Command.ACKNOWLEDGE.value,
    )


def send_back(connection: Connection, case_id: int, act: Act, *, reason: str) -> Outcome:
    """退回: the section is not responsible; the case waits to be assigned again, its clocks run on.

    Raises:
        InvalidInput: no reason.
        NotFound, NotAllowed, Conflict: see `alerts.steps.begin`.
    """
    step = begin(connection, case_id, Command.SEND_BACK, act, {"reason": reason})
    if isinstance(step, Outcome):
        return step
    facts = {"reason": said(reason, "reason", "退回理由"), "section": step.case["section"]}
    return step.finish(facts, section="")


def refer(connection: Connection, case_id: int, act: Act, *, office: str, reason: str) -> Outcome:
    """转办: another office is asked to deal with it. No clock stops; the citizen is still owed an answer.

    Raises:
        InvalidInput: no office or no reason.
        NotFound, NotAllowed, Conflict: see `alerts.steps.begin`.
    """
    step = begin(connection, case_id, Command.REFER, act, {"office": office, "reason": reason})
    if isinstance(step, Outcome):
        return step
    facts = {"office": said(office, "office", "转往单位"), "reason": said(reason, "reason", "转办理由")}
    return step.finish(facts)


def dismiss(connection: Connection, case_id: int, act: Act, *, reason: str) -> Outcome:
    """不予处理: nothing is owed. Running clocks are cancelled, which every report shows apart.

    Raises:
        InvalidInput: no reason.
        NotFound, NotAllowed, Conflict: see `alerts.steps.begin`.
    """
    step = begin(connection, case_id, Command.DISMISS, act, {"reason": reason})
    if isinstance(step, Outcome):
        return step
    why = said(reason, "reason", "不予处理的理由")
    running = clocks.still_running(connection, case_id)
    clocks.end(connection, running, DeadlineState.CANCELLED, act.now)
    return step.finish({"reason": why, "cancelled": clocks.facts_of(running)})


def close(connection: Connection, case_id: int, act: Act, law: Law, *, outcome: str) -> Outcome:
    """办结: everything owed has been given. Reminders to publish updates end here.

    Raises:
        InvalidInput: no outcome.
        Conflict: a clock still runs, or see `alerts.steps.begin`.
        NotFound, NotAllowed: see `alerts.steps.begin`.
    """
    step = begin(connection, case_id, Command.CLOSE, act, {"outcome": outcome})
    if isinstance(step, Outcome):
        return step
    result = said(outcome, "outcome", "办理结果")
    running = clocks.still_running(connection, case_id)
    rolling = clocks.stopped_by(law, running, {ClockStop.UPDATE_PUBLISHED})
    owed = [row for row in running if row not in rolling]
    if owed:
        raise _still_owed(law, step, owed)
    clocks.end(connection, rolling, DeadlineState.CANCELLED, act.now)
    return step.finish({"outcome": result, "cancelled": clocks.facts_of(rolling)})


def _still_owed(law: Law, step: Step, owed: list[Row]) -> Conflict:
    names = "、".join(dict.fromkeys(rule_of(law, row).label for row in owed))
    return Conflict(
        f"还有时限没有了结：{names}。",
        mend="请先完成并登记，再办结。",
        code="case.clock_running",
        status=step.case["state"],
        command=Command.CLOSE.value,
    )


def set_simple(
    connection: Connection, case_id: int, act: Act, law: Law, *, is_simple: bool, reason: str
) -> Outcome:
    """认定是否简单问题: opens or cancels the clock of simple questions, counted from the receipt.

    What stood before stays: a cancelled clock keeps its row, and each change is an event with its reason.

    Raises:
        InvalidInput: no reason.
        Conflict: it is so already, no rule of simple questions applies to the channel, or see `begin`.
        NotFound, NotAllowed: see `alerts.steps.begin`.
    """
    request = {"is_simple": is_simple, "reason": reason}
    step = begin(connection, case_id, Command.SET_SIMPLE, act, request)
    if isinstance(step, Outcome):
        return step
    facts: dict[str, Any] = {"is_simple": is_simple, "reason": said(reason, "reason", "理由")}
    keys = simple_rules(law, step.case)
    standing = [
        row
        for row in deadlines.live(connection, case_id)
        if row["rule_key"] in keys and row["cycle"] == step.case["cycle"]
    ]
    if not keys or is_simple == bool(standing):
        raise _no_change(step, has_rule=bool(keys), is_simple=is_simple)
    if not is_simple:
        clocks.end(connection, standing, DeadlineState.CANCELLED, act.now)
        return step.finish({**facts, "cancelled": clocks.facts_of(standing)})
    anchor, started_at = clocks.anchor_of_cycle(connection, step.case)
    opened = clocks.start(connection, law, step.case, keys, anchor=anchor, started_at=started_at, now=act.now)
    settled = clocks.settle(connection, law, case_id, act.now)
    return step.finish({**facts, "clocks": clocks.facts_of(opened), "met": settled.met})


def _no_change(step: Step, *, has_rule: bool, is_simple: bool) -> Conflict:
    if not has_rule:
        message, mend = "这个渠道没有简单问题的时限。", "无需认定。"
    else:
        message = f"这件来文已经认定为{'' if is_simple else '非'}简单问题。"
        mend = "无需再做。"
    return Conflict(
        message,
        mend=mend,
        code="case.no_change",
        status=step.case["state"],
        command=Command.SET_SIMPLE.value,
    )
