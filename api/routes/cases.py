"""Cases: what is owed, what happened, and the commands that move a case along."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from alerts import claims, handling, reopening
from alerts.answering import Reply, holding_reply, reply
from api.commands import ByPerson, BySender, Sent, outcome_json
from api.cursors import decode, encode
from api.dossier import case_json, dossier
from api.evidence import UPLOAD_BYTES, kept_copy
from api.periods import instant_of
from api.routes.answers import BEARER, COOKIE, problems
from api.schemas.cases import (
    AcknowledgeIn,
    AssignIn,
    CaseDetail,
    CaseList,
    CloseIn,
    ConfirmIn,
    ReferIn,
    RefuseIn,
    ReplyIn,
    SimpleIn,
    SuggestedReplies,
)
from api.schemas.handling import AcknowledgedOut, OutcomeOut, ReasonIn
from api.security.identity import Reader, Wired, require_scope
from api.standing import Standing
from api.suggestions import suggested_replies
from api.visible import Number, get_visible_case
from core.clock import iso
from core.vocabulary import CaseKind, CaseState, Channel, Command, Scope
from storage import case_pages
from storage.case_pages import CaseChoice
from storage.database import Connection
from storage.desk import Choice

router = APIRouter(tags=["办件"], dependencies=[Depends(BEARER), Depends(COOKIE)])

_Reads = Annotated[Reader, Depends(require_scope(Scope.READ))]
_REFUSALS: Any = problems(401, 403, 404, 409, 413, 422)
_COMMAND: Any = {"response_model": OutcomeOut, "responses": _REFUSALS}


@router.get("/cases", summary="办件列表", response_model=CaseList, responses=problems(401, 403, 422))
def listed(
    services: Wired,
    reader: _Reads,
    state: Annotated[Standing | None, Query(description="有这种时限的；running 含即将到期和超期。")] = None,
    case_state: Annotated[CaseState | None, Query(description="办件本身的状态。")] = None,
    kind: Annotated[CaseKind | None, Query(description="办件种类。")] = None,
    channel: Annotated[Channel | None, Query(description="渠道。")] = None,
    section: Annotated[str | None, Query(description="科室。", max_length=200, pattern=r"^[^\x00]*$")] = None,
    cursor: Annotated[str | None, Query(description="上一页给出的 next。", max_length=200)] = None,
    limit: Annotated[int, Query(description="一页几件。", ge=1, le=500)] = 100,
) -> dict[str, Any]:
    """A page of cases, next due first; those in which nothing is due stand last."""
    clocks = Choice(
        services.clock.now(),
        services.soon,
        state=state.value if state else None,
        section=reader.sees_only if reader.sees_only is not None else section,
        channel=channel.value if channel else None,
    )
    choice = CaseChoice(clocks, case_state, kind)
    with services.database.read() as connection:
        rows = case_pages.listed(connection, choice, after=decode(cursor), limit=limit + 1)
        total = case_pages.total(connection, choice)
        shown = rows[:limit]
        owed = case_pages.clocks_of(connection, [row["id"] for row in shown], clocks.as_of)
    last = shown[-1] if len(rows) > limit else None
    return {
        "items": [case_json(row, owed[row["id"]], services, clocks) for row in shown],
        "next": encode(last["next_due_at"], last["id"]) if last is not None else None,
        "total": total,
    }


@router.get(
    "/cases/{case_id}", summary="一件办件", response_model=CaseDetail, responses=problems(401, 403, 404, 422)
)
def one(services: Wired, reader: _Reads, case_id: Number) -> dict[str, Any]:
    """A case with its clocks, its trail and its replies."""
    with services.database.read() as connection:
        case = get_visible_case(connection, case_id, reader.sees_only)
        return dossier(connection, case, services)


@router.get(
    "/cases/{case_id}/suggested-replies",
    summary="可参考的以往答复",
    response_model=SuggestedReplies,
    responses=problems(401, 403, 404, 422),
)
def suggested(
    services: Wired,
    reader: _Reads,
    case_id: Number,
    limit: Annotated[int, Query(description="最多几条。", ge=1, le=20)] = 5,
) -> dict[str, Any]:
    """Substantive replies to the letters most like this one, with their source and date; nothing is sent."""
    with services.database.read() as connection:
        case = get_visible_case(connection, case_id, reader.sees_only)
        if case["message_id"] is None:
            return {"items": []}
        found = suggested_replies(connection, case["message_id"], section=reader.sees_only, limit=limit)
    return {
        "items": [
            {
                "case": one.case_id,
                "title": one.title,
                "text": one.text,
                "source": one.source,
                "answered_at": iso(one.answered_at),
                "similarity": one.similarity,
                "same": one.is_same,
            }
            for one in found
        ]
    }


@router.post("/cases/{case_id}/assign", summary="交办", **_COMMAND)
def assign(sent: BySender, case_id: Number, given: AssignIn) -> Response:
    """A section becomes responsible; no clock changes."""
    act = sent.act(given.seq)
    return sent.give(lambda connection: handling.assign(connection, case_id, act, section=given.section))


@router.post(
    "/cases/{case_id}/acknowledge", summary="签收", response_model=AcknowledgedOut, responses=_REFUSALS
)
def acknowledge(sent: ByPerson, case_id: Number, given: AcknowledgeIn | None = None) -> Response:
    """Sign for a case; a second person is recorded, too, and told who was first. Stops no clock."""
    return signed(sent, case_id, given)


def signed(sent: Sent, case_id: int, given: AcknowledgeIn | None) -> Response:
    """The answer to a signature, for a case of any kind."""
    cycle = given.cycle if given is not None else None

    def sign(connection: Connection) -> dict[str, Any]:
        outcome = handling.acknowledge(connection, case_id, sent.act(), cycle=cycle)
        told = {name: outcome.facts[name] for name in ("acknowledged_at", "by", "first")}
        return {**outcome_json(outcome), **told}

    return sent.answer(sign)


@router.post("/cases/{case_id}/reply", summary="答复", max_body_size=UPLOAD_BYTES, **_COMMAND)
def answer(sent: BySender, case_id: Number, given: ReplyIn) -> Response:
    """Answer the citizen; the clocks that wait for an answer stop at its time."""
    earlier = sent.once.earlier()
    if earlier is not None:
        return earlier
    said, act = _reply(sent, case_id, Command.REPLY, given), sent.act(given.seq)
    return sent.give(lambda connection: reply(connection, case_id, act, sent.services.law, said))


@router.post("/cases/{case_id}/holding-reply", summary="告知收悉", max_body_size=UPLOAD_BYTES, **_COMMAND)
def answer_later(sent: BySender, case_id: Number, given: ReplyIn) -> Response:
    """Tell the citizen that the message has arrived; stops no clock."""
    earlier = sent.once.earlier()
    if earlier is not None:
        return earlier
    said, act = _reply(sent, case_id, Command.HOLDING_REPLY, given), sent.act(given.seq)
    return sent.give(lambda connection: holding_reply(connection, case_id, act, sent.services.law, said))


@router.post("/cases/{case_id}/send-back", summary="退回", **_COMMAND)
def send_back(sent: BySender, case_id: Number, given: ReasonIn) -> Response:
    """The section is not responsible; the clocks run on."""
    act = sent.act(given.seq)
    return sent.give(lambda connection: handling.send_back(connection, case_id, act, reason=given.reason))


@router.post("/cases/{case_id}/refer", summary="转办", **_COMMAND)
def refer(sent: BySender, case_id: Number, given: ReferIn) -> Response:
    """Another office is asked to deal with it; the answer is owed on."""
    act = sent.act(given.seq)
    return sent.give(
        lambda connection: handling.refer(connection, case_id, act, office=given.office, reason=given.reason)
    )


@router.post("/cases/{case_id}/dismiss", summary="不予处理", **_COMMAND)
def dismiss(sent: ByPerson, case_id: Number, given: ReasonIn) -> Response:
    """Nothing is owed; running clocks are cancelled and shown apart."""
    act = sent.act(given.seq)
    return sent.give(lambda connection: handling.dismiss(connection, case_id, act, reason=given.reason))


@router.post("/cases/{case_id}/close", summary="办结", **_COMMAND)
def close(sent: BySender, case_id: Number, given: CloseIn) -> Response:
    """Everything owed has been given."""
    act, law = sent.act(given.seq), sent.services.law
    return sent.give(lambda connection: handling.close(connection, case_id, act, law, outcome=given.outcome))


@router.post("/cases/{case_id}/reopen", summary="重新办理", **_COMMAND)
def reopen(sent: ByPerson, case_id: Number, given: ReasonIn) -> Response:
    """The next cycle begins with clocks of its own."""
    act, law = sent.act(given.seq), sent.services.law
    return sent.give(lambda connection: reopening.reopen(connection, case_id, act, law, reason=given.reason))


@router.post("/cases/{case_id}/set-simple", summary="认定是否简单问题", **_COMMAND)
def set_simple(sent: BySender, case_id: Number, given: SimpleIn) -> Response:
    """Opens or cancels the clock of simple questions."""
    act, law = sent.act(given.seq), sent.services.law
    return sent.give(
        lambda connection: handling.set_simple(
            connection, case_id, act, law, is_simple=given.is_simple, reason=given.reason
        )
    )


@router.post("/cases/{case_id}/confirm", summary="确认补录", **_COMMAND)
def confirm(sent: ByPerson, case_id: Number, given: ConfirmIn) -> Response:
    """A second person vouches for a back-dated response."""
    act, law = sent.act(given.seq), sent.services.law
    return sent.give(
        lambda connection: claims.confirm(connection, case_id, act, law, response_id=given.response)
    )


@router.post("/cases/{case_id}/refuse", summary="不予确认补录", **_COMMAND)
def refuse(sent: ByPerson, case_id: Number, given: RefuseIn) -> Response:
    """A second person does not vouch for a back-dated response; the clocks run on."""
    act = sent.act(given.seq)
    return sent.give(
        lambda connection: claims.refuse(
            connection, case_id, act, response_id=given.response, reason=given.reason
        )
    )


def _reply(sent: Sent, case_id: int, command: Command, given: ReplyIn) -> Reply:
    at = instant_of(given.replied_at, "replied_at") if given.replied_at is not None else None
    copy = kept_copy(sent, case_id, command, given.copy_)
    return Reply(given.text, at, given.org.strip(), copy)
