"""Recording what was said, and the second person that a back-dated record needs.

A response recorded after a due instant that claims to be from before would turn an overdue clock into an
on-time one by one person's word. It needs evidence, and it stops no clock until somebody else confirms it.
Both views stay in the trail: when it is said to have happened, and when it was recorded and confirmed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from alerts import clocks, procedure_effects
from alerts.casework import Law
from alerts.steps import Act, Outcome, Step, begin, said
from core.clock import iso
from core.errors import Conflict, InvalidInput, NotAllowed
from core.vocabulary import CaseState, Command, Confirmation, ResponseKind, Tag
from storage import responses
from storage.database import Connection, Row

_MOVE_NOTHING = {
    ResponseKind.PRESS_CONFERENCE.value,
    ResponseKind.REBUTTAL.value,
    ResponseKind.STEP.value,
}


def record(step: Step, law: Law, row: dict[str, Any], *, until: datetime | None = None) -> Outcome:
    """Store a response and stop the clocks it stops, or let it wait for a second person.

    Args:
        until: for a step that starts a clock without a limit of its own, when that one ends.

    Raises:
        InvalidInput: it claims to be older than a due instant that has passed, without a copy as evidence.
    """
    claimed = _claimed_against(step, law, row)
    if claimed:
        return _wait(step, row, claimed)
    response_id = responses.add(step.connection, row)
    settled = clocks.settle(step.connection, law, step.case_id, step.act.now)
    facts = {**_facts(row, response_id), "awaits_confirmation": False, "met": settled.met}
    further = clocks.roll_on(step.connection, law, step.case, step.act.now)
    taken = procedure_effects.of(step, law, row, until)
    facts = {**facts, **taken.facts, "clocks": clocks.facts_of([*further, *taken.clocks])}
    return step.finish(facts, to=taken.state, occurred_at=row["occurred_at"])


def confirm(connection: Connection, case_id: int, act: Act, law: Law, *, response_id: int) -> Outcome:
    """确认补录: a second person vouches for a back-dated response; the clocks stop at its claimed time.

    Raises:
        NotAllowed: the same person recorded it.
        Conflict: it does not wait for anybody, or see `alerts.steps.begin`.
        NotFound: no such response.
    """
    step = begin(connection, case_id, Command.CONFIRM, act, {"response": response_id})
    if isinstance(step, Outcome):
        return step
    row = _awaited(step, response_id)
    responses.set_confirmation(connection, response_id, Confirmation.CONFIRMED)
    settled = clocks.settle(connection, law, case_id, act.now)
    further = clocks.roll_on(connection, law, step.case, act.now)
    taken = procedure_effects.of(step, law, row)
    opened = clocks.facts_of([*further, *taken.clocks])
    facts = {**_facts(row, response_id), **taken.facts, "met": settled.met, "clocks": opened}
    stays = row["kind"] in _MOVE_NOTHING
    return step.finish(facts, to=taken.state or (CaseState(step.case["state"]) if stays else None))


def refuse(connection: Connection, case_id: int, act: Act, *, response_id: int, reason: str) -> Outcome:
    """不予确认补录: the response does not stand; the clocks run on.

    Raises:
        InvalidInput: no reason.
        NotAllowed: the same person recorded it.
        Conflict: it does not wait for anybody, or see `alerts.steps.begin`.
        NotFound: no such response.
    """
    request = {"response": response_id, "reason": reason}
    step = begin(connection, case_id, Command.REFUSE, act, request)
    if isinstance(step, Outcome):
        return step
    why = said(reason, "reason", "理由")
    row = _awaited(step, response_id)
    responses.set_confirmation(connection, response_id, Confirmation.REFUSED)
    responses.withdraw(connection, [response_id], act.now)
    return step.finish({**_facts(row, response_id), "reason": why})


def _claimed_against(step: Step, law: Law, row: dict[str, Any]) -> list[Row]:
    """The running clocks that the response would meet in time by its own word only."""
    stops = clocks.stops_of(row)
    running = clocks.still_running(step.connection, step.case_id)
    # By token, too, somebody tells it afterwards, though no person of ours is written beside it.
    told = {**row, "recorded_by": step.act.actor.login}
    return [
        clock for clock in clocks.stopped_by(law, running, stops) if clocks.is_claim(told, clock["due_at"])
    ]


def _wait(step: Step, row: dict[str, Any], claimed: Sequence[Row]) -> Outcome:
    if row["copy_sha256"] is None:
        raise InvalidInput(
            "补录的回应称在期限之前作出，须附凭证。",
            mend="请上传当时的凭证，再由第二人确认。",
            code="response.no_evidence",
            field="copy",
        )
    response_id = responses.add(step.connection, {**row, "confirmation": Confirmation.AWAITED.value})
    facts = {
        **_facts(row, response_id),
        "awaits_confirmation": True,
        "met": [],
        "claimed_against": clocks.facts_of(claimed),
    }
    state = CaseState(step.case["state"])
    return step.finish(facts, to=state, tag=Tag.RESPONSE_CLAIMED, occurred_at=row["occurred_at"])


def _awaited(step: Step, response_id: int) -> Row:
    row = responses.get(step.connection, step.case_id, response_id)
    if row["confirmation"] != Confirmation.AWAITED.value or row["withdrawn_at"] is not None:
        raise Conflict(
            "这条回应不在等待确认。",
            mend="请刷新页面后再看。",
            code="response.not_awaited",
            status=step.case["state"],
            command=step.move.command.value,
        )
    if row["recorded_by"] == step.act.actor.person_id:
        raise NotAllowed("补录的人不能自己确认。", mend="请由另一人确认。", code="response.second_person")
    return row


def _facts(row: Row | dict[str, Any], response_id: int) -> dict[str, Any]:
    return {
        "response": response_id,
        "kind": row["kind"],
        "occurred_at": iso(row["occurred_at"]),
        "recorded_at": iso(row["recorded_at"]),
        "url": row["url"],
        "copy": row["copy_sha256"],
        **({"step": row["step"], "result": row["result"], "document": row["title"]} if _is_step(row) else {}),
    }


def _is_step(row: Row | dict[str, Any]) -> bool:
    return bool(row["kind"] == ResponseKind.STEP.value)
