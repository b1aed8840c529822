"""决策征求意见: what citizens said to a draft, and for each opinion whether it was adopted and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from alerts.steps import Act, Outcome, Step, begin, said
from core.clock import local_day
from core.errors import Conflict, InvalidInput, NotAllowed
from core.redact import Redactor
from core.vocabulary import Command, OpinionVerdict
from storage import opinions, tasks
from storage.database import Connection

DECISION = "decision"


@dataclass(frozen=True, slots=True)
class NewOpinion:
    """One opinion as it came; name and text are masked before they are stored."""

    text: str
    author: str = ""
    received_on: date | None = None


def add_opinions(
    connection: Connection, case_id: int, act: Act, redactor: Redactor, given: Sequence[NewOpinion]
) -> Outcome:
    """登记意见: enter what was said to a draft decision.

    Raises:
        InvalidInput: no text, or a day that lies ahead.
        Conflict: the task is no consultation, or see `alerts.steps.begin`.
        NotFound, NotAllowed: see `alerts.steps.begin`.
    """
    request = {"opinions": [[one.text, one.author, str(one.received_on)] for one in given]}
    step = begin(connection, case_id, Command.ADD_OPINION, act, request)
    if isinstance(step, Outcome):
        return step
    _require_decision(step)
    if not given:
        raise InvalidInput("没有填写意见。", mend="请至少填写一条意见。", field="text")
    today = local_day(act.now)
    rows = []
    for one in given:
        on = one.received_on or today
        if on > today:
            raise InvalidInput("收到意见的日期还没有到。", mend="请核对日期。", field="received_on")
        rows.append(
            {
                "case_id": case_id,
                "author": redactor.name(one.author) if one.author.strip() else "",
                "text": redactor.text(said(one.text, "text", "意见")),
                "received_on": on,
                "recorded_at": act.now,
            }
        )
    return step.finish({"opinions": opinions.add(connection, rows)})


def judge_opinion(
    connection: Connection,
    case_id: int,
    act: Act,
    *,
    opinion_id: int,
    verdict: OpinionVerdict,
    reason: str,
) -> Outcome:
    """写明意见采纳与否: what became of an opinion, and why; a later word replaces it, both stay in the trail.

    Raises:
        InvalidInput: no reason.
        NotFound: no such opinion; or see `alerts.steps.begin`.
        Conflict, NotAllowed: see `alerts.steps.begin`.
    """
    request = {"opinion": opinion_id, "verdict": verdict, "reason": reason}
    step = begin(connection, case_id, Command.JUDGE_OPINION, act, request)
    if isinstance(step, Outcome):
        return step
    why = said(reason, "reason", "采纳与否的理由")
    if act.actor.person_id is None:
        raise NotAllowed("系统不能代人决定。", mend="请由承办人填写。")
    before = opinions.judge(
        connection,
        case_id,
        opinion_id,
        verdict,
        reason=why,
        person_id=act.actor.person_id,
        now=act.now,
    )
    facts = {"opinion": opinion_id, "verdict": verdict.value, "reason": why, "was": before["verdict"]}
    return step.finish(facts)


def _require_decision(step: Step) -> None:
    if tasks.procedure_of(step.connection, step.case_id) != DECISION:
        raise Conflict(
            "这项任务不是决策征求意见。",
            mend="请在决策征求意见的任务中登记意见。",
            code="task.no_consultation",
            status=step.case["state"],
            command=step.move.command.value,
        )
