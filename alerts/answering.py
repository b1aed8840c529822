"""The verbs that answer a citizen: a reply, which stops clocks, and a holding reply, which stops none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from alerts import claims, clocks
from alerts.casework import Law
from alerts.drafting import require_reviewed
from alerts.replies import classify_reply
from alerts.steps import Act, Outcome, Step, begin, happened, said
from core.clock import iso
from core.errors import InvalidInput, NotAllowed
from core.vocabulary import Command, DraftKind, Precision, ReplyKind, ResponseKind
from storage import deadlines, responses, saved_copies
from storage.database import Connection
from storage.saved_copies import SavedCopy


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to a citizen.

    Attributes:
        text: what the citizen is told.
        replied_at: when; None for now.
        org: the unit that answers, as the citizen sees it.
        copy: evidence; needed where the reply claims to be older than a due instant that has passed.
    """

    text: str
    replied_at: datetime | None = None
    org: str = ""
    copy: SavedCopy | None = None


def reply(connection: Connection, case_id: int, act: Act, law: Law, given: Reply) -> Outcome:
    """答复: the citizen has an answer, and the clocks that wait for one stop at its time.

    A reply that was given before a due instant and is recorded after it waits for a second person: until then
    no clock stops (`facts["awaits_confirmation"]`).

    Raises:
        InvalidInput: no text, the text only acknowledges receipt (code `reply.holding`), a time in the future
            or before the receipt, or a claimed time without evidence.
        NotFound, NotAllowed, Conflict: see `alerts.steps.begin`.
    """
    step = begin(connection, case_id, Command.REPLY, act, _request(given))
    if isinstance(step, Outcome):
        return step
    text = said(given.text, "text", "答复内容")
    verdict = classify_reply(text, law.holding)
    if verdict.kind is ReplyKind.HOLDING:
        raise InvalidInput(
            "这段文字只告知收悉，不是答复，不能停表。",
            mend="请写明处理结果，或改为登记“告知收悉”。",
            code="reply.holding",
            field="text",
        )
    require_reviewed(step, law, DraftKind.REPLY, text)
    at = _replied_at(step, given, act)
    row = response_row(step, act, ResponseKind.SUBSTANTIVE, at, text=text, org=given.org, copy=given.copy)
    return claims.record(step, law, {**row, "is_doubtful": verdict.doubtful})


def holding_reply(connection: Connection, case_id: int, act: Act, law: Law, given: Reply) -> Outcome:
    """告知收悉: kept and shown; stops no clock, and the case stays as it is.

    Raises:
        InvalidInput: no text, or a time in the future or before the receipt.
        NotFound, NotAllowed, Conflict: see `alerts.steps.begin`.
    """
    step = begin(connection, case_id, Command.HOLDING_REPLY, act, _request(given))
    if isinstance(step, Outcome):
        return step
    text = said(given.text, "text", "告知内容")
    at = _replied_at(step, given, act)
    row = response_row(step, act, ResponseKind.HOLDING, at, text=text, org=given.org, copy=given.copy)
    response_id = responses.add(connection, row)
    deadlines.note_holding_reply(connection, case_id, at)
    # What a person calls a holding reply is one, but a text that answers should be looked at.
    answers = classify_reply(text, law.holding).kind is ReplyKind.SUBSTANTIVE
    facts = {"response": response_id, "occurred_at": iso(at), "reads_like_an_answer": answers}
    return step.finish(facts, occurred_at=at)


def response_row(
    step: Step,
    act: Act,
    kind: ResponseKind,
    at: datetime,
    *,
    text: str = "",
    org: str = "",
    copy: SavedCopy | None = None,
    shown: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The row of something a person says was said.

    Args:
        shown: `url`, `publisher`, `title` of what was published.

    Raises:
        NotAllowed: the program would speak for the office.
    """
    if act.actor.person_id is None and not act.actor.by_token:
        raise NotAllowed("系统不能代人答复。", mend="请由承办人或新闻宣传人员办理。")
    if copy is not None:
        saved_copies.ensure(step.connection, copy)
    shown = shown or {}
    return {
        "case_id": step.case_id,
        "cycle": step.case["cycle"],
        "kind": kind.value,
        "is_doubtful": False,
        "text": text,
        "org": org,
        "occurred_at": at,
        "precision": Precision.SECOND.value,
        "recorded_at": act.now,
        "import_id": None,
        "recorded_by": act.actor.person_id,
        "url": shown.get("url") or None,
        "publisher": shown.get("publisher") or None,
        "title": shown.get("title") or None,
        "copy_sha256": copy.sha256 if copy else None,
        "confirmation": None,
    }


def _request(given: Reply) -> dict[str, Any]:
    """The wish without the moment its copy was stored, which differs when it is sent a second time."""
    return {**asdict(given), "copy": given.copy.sha256 if given.copy else None}


def _replied_at(step: Step, given: Reply, act: Act) -> datetime:
    _, since = clocks.anchor_of_cycle(step.connection, step.case)
    at = given.replied_at or act.now
    return happened(at, act, "replied_at", since=since, since_what="收到时间")
