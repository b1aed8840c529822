"""登记办理步骤: one verb for every step that a request or a task goes through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from alerts import claims, clocks
from alerts.answering import response_row
from alerts.casework import Law
from alerts.owed import Fact
from alerts.procedure_effects import definition, procedures_of
from alerts.procedures import ProcedureStep, open_steps
from alerts.steps import Act, Outcome, Step, begin, happened, said
from core.clock import require_aware
from core.errors import Conflict, InvalidInput, NotAllowed
from core.labels import label
from core.vocabulary import CaseState, Command, ResponseKind
from storage import deadlines, opinions, responses
from storage.database import Connection, Row
from storage.saved_copies import SavedCopy


@dataclass(frozen=True, slots=True)
class StepGiven:
    """A step as a person records it.

    Attributes:
        key: which step.
        at: when it was taken; None for now.
        document: the paper that went out or came in, by title or number.
        result: key of what came of it.
        text: what else should be known.
        until: when the clock ends that the step starts, where the step asks for it.
        copy: evidence; needed where it claims to be older than a due instant that has passed.
    """

    key: str
    at: datetime | None = None
    document: str = ""
    result: str = ""
    text: str = ""
    until: datetime | None = None
    copy: SavedCopy | None = None


def take_step(connection: Connection, case_id: int, act: Act, law: Law, given: StepGiven) -> Outcome:
    """登记办理步骤: record that a step was taken; its procedure says what that does to the clocks.

    A step that was taken before a due instant and is recorded after it waits for a second person.

    Raises:
        Conflict: the step cannot be taken now (`allowed` holds the steps that can).
        InvalidInput: no paper, no result, or a time in the future or before the case began.
        NotAllowed: the step is not for the actor's role.
        NotFound: see `alerts.steps.begin`.
    """
    request = {**asdict(given), "copy": given.copy.sha256 if given.copy else None}
    step = begin(connection, case_id, Command.TAKE_STEP, act, request)
    if isinstance(step, Outcome):
        return step
    what = _chosen(step, law, given.key)
    document = said(given.document, "document", what.document) if what.document else given.document.strip()
    row = response_row(
        step,
        act,
        ResponseKind.STEP,
        _taken_at(step, given),
        text=given.text.strip(),
        copy=given.copy,
        shown={"title": document},
    )
    _require_judged(step, what)
    stops = " ".join(fact.value for fact in what.stops)
    named = {"step": what.key, "result": _result(what, given.result), "stops": stops}
    return claims.record(step, law, {**row, **named}, until=_until(step, what, given.until))


def steps_now(connection: Connection, law: Law, case: Fact) -> list[ProcedureStep]:
    """The steps that may be taken in a case now, in the order of its procedures; may be empty."""
    owed = [row for row in deadlines.live(connection, case["id"]) if row["cycle"] == case["cycle"]]
    rules = {row["rule_key"] for row in owed}
    procedures = procedures_of(connection, law, case)
    taken = {row["step"] for row in taken_steps(connection, case)}
    # What an export printed has started its clock without a step of ours.
    taken |= {
        one.key for procedure in procedures for one in procedure.steps if rules.intersection(one.starts)
    }
    is_closed = case["state"] == CaseState.CLOSED.value
    return list(open_steps(procedures, taken, rules, is_closed=is_closed))


def taken_steps(connection: Connection, case: Fact) -> Sequence[Row]:
    """The steps of the present cycle that stand, in the order they were recorded."""
    return [
        row
        for row in responses.standing(connection, case["id"])
        if row["kind"] == ResponseKind.STEP.value and row["cycle"] == case["cycle"]
    ]


def step_words(connection: Connection, law: Law, case: Fact, row: Row) -> tuple[str, str]:
    """What a recorded step and its result are called; the keys where the procedure has them no more."""
    what = definition(connection, law, case, row["step"])
    if what is None:
        return row["step"], row["result"] or ""
    return what.label, what.results.get(row["result"] or "", row["result"] or "")


def _chosen(step: Step, law: Law, key: str) -> ProcedureStep:
    possible = steps_now(step.connection, law, step.case)
    what = next((one for one in possible if one.key == key), None)
    if what is None:
        known = definition(step.connection, law, step.case, key)
        words = "、".join(one.label for one in possible)
        raise Conflict(
            f"现在不能登记“{known.label if known else key}”。",
            mend=f"现在可以登记：{words}。" if words else "现在没有可以登记的步骤。",
            code="step.not_now",
            status=step.case["state"],
            command=Command.TAKE_STEP.value,
            allowed=tuple(one.key for one in possible),
        )
    role = step.act.actor.role
    if role is not None and role not in what.roles:
        names = "、".join(label(one) for one in what.roles)
        raise NotAllowed(f"您的岗位不登记“{what.label}”。", mend=f"请由{names}登记。", code="role.refused")
    return what


def _taken_at(step: Step, given: StepGiven) -> datetime:
    since = clocks.anchor_of_cycle(step.connection, step.case)[1]
    at = given.at or step.act.now
    return happened(at, step.act, "at", since=min(since, step.case["received_at"]), since_what="收到时间")


def _result(what: ProcedureStep, result: str) -> str | None:
    if not what.results:
        return None
    if result not in what.results:
        words = "、".join(what.results.values())
        raise InvalidInput("没有选择结果。", mend=f"请选择：{words}。", field="result")
    return result


def _until(step: Step, what: ProcedureStep, until: datetime | None) -> datetime | None:
    if not what.until:
        return None
    if until is None or require_aware(until) <= step.act.now:
        raise InvalidInput("没有填写以后的期限。", mend="请填写以后的时间。", field="until")
    return until


def _require_judged(step: Step, what: ProcedureStep) -> None:
    """What was adopted cannot be published while an opinion has not been judged."""
    if what.key != "adoption_published":
        return
    left: int = opinions.unjudged(step.connection, step.case_id)
    facts: dict[str, Any] = {"status": step.case["state"], "command": Command.TAKE_STEP.value}
    if left:
        raise Conflict(
            f"还有{left}条意见没有写明是否采纳。",
            mend="请先逐条写明采纳与否和理由。",
            code="opinion.unjudged",
            **facts,
        )
