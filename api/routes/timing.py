"""What moves the clocks of a case, and what makes one case of two or two of one."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from alerts import clocks, extending, merging, pausing
from alerts.segments import segments
from api.commands import ByPerson
from api.routes.answers import BEARER, COOKIE, problems
from api.schemas.handling import OutcomeOut, ReasonIn
from api.schemas.timing import (
    ExtendIn,
    GrantIn,
    MergeIn,
    PauseIn,
    RefuseExtensionIn,
    SharesOut,
    SplitIn,
)
from api.security.identity import Reader, Wired, require_scope
from api.visible import Number, get_visible_case
from core.clock import iso
from core.vocabulary import Scope
from storage import deadlines, events

router = APIRouter(tags=["办件"], dependencies=[Depends(BEARER), Depends(COOKIE)])

_COMMAND: Any = {"response_model": OutcomeOut, "responses": problems(401, 403, 404, 409, 413, 422)}


@router.post("/cases/{case_id}/pause", summary="暂停计时", **_COMMAND)
def pause(sent: ByPerson, case_id: Number, given: PauseIn) -> Response:
    """Let the clocks stand still whose rule allows it; refused with 409 for all others."""
    act, law = sent.act(given.seq), sent.services.law
    return sent.give(
        lambda connection: pausing.pause(
            connection, case_id, act, law, reason=given.reason, authority=given.authority
        )
    )


@router.post("/cases/{case_id}/resume", summary="恢复计时", **_COMMAND)
def resume(sent: ByPerson, case_id: Number, given: ReasonIn) -> Response:
    """Let the clocks run again; what was paused is not counted."""
    act, law = sent.act(given.seq), sent.services.law
    return sent.give(lambda connection: pausing.resume(connection, case_id, act, law, reason=given.reason))


@router.post("/cases/{case_id}/extend", summary="申请延期", **_COMMAND)
def extend(sent: ByPerson, case_id: Number, given: ExtendIn) -> Response:
    """Ask for a longer limit; nothing moves before a leader has granted it."""
    act, law = sent.act(given.seq), sent.services.law
    return sent.give(
        lambda connection: extending.ask_extension(
            connection,
            case_id,
            act,
            law,
            deadline_id=given.deadline,
            reason=given.reason,
            amount=given.amount,
        )
    )


@router.post("/cases/{case_id}/grant-extension", summary="批准延期", **_COMMAND)
def grant_extension(sent: ByPerson, case_id: Number, given: GrantIn) -> Response:
    """The clock gets its longer limit, counted from the same anchor."""
    act, law = sent.act(given.seq), sent.services.law
    return sent.give(
        lambda connection: extending.grant_extension(
            connection, case_id, act, law, extension_id=given.extension
        )
    )


@router.post("/cases/{case_id}/refuse-extension", summary="不予延期", **_COMMAND)
def refuse_extension(sent: ByPerson, case_id: Number, given: RefuseExtensionIn) -> Response:
    """The clock runs on as it did."""
    act = sent.act(given.seq)
    return sent.give(
        lambda connection: extending.refuse_extension(
            connection, case_id, act, extension_id=given.extension, reason=given.reason
        )
    )


@router.post("/cases/{case_id}/merge", summary="并入另一件", **_COMMAND)
@router.post("/incidents/{case_id}/merge", summary="并入另一事件", tags=["事件"], **_COMMAND)
def merge(sent: ByPerson, case_id: Number, given: MergeIn) -> Response:
    """This case ends in another, which counts from the earliest anchor of both."""
    act, law = sent.act(given.seq), sent.services.law
    return sent.give(
        lambda connection: merging.merge(connection, case_id, act, law, into=given.into, reason=given.reason)
    )


@router.post("/incidents/{case_id}/split", summary="拆出为新事件", tags=["事件"], **_COMMAND)
def split(sent: ByPerson, case_id: Number, given: SplitIn) -> Response:
    """Some messages become an incident of their own; `facts.case` is its number."""
    act, services = sent.act(given.seq), sent.services
    return sent.give(
        lambda connection: merging.split(
            connection,
            case_id,
            act,
            services.law,
            services.incident_rules,
            message_ids=given.messages,
            title=given.title,
            reason=given.reason,
        )
    )


@router.get(
    "/cases/{case_id}/shares",
    summary="各科室用时",
    response_model=SharesOut,
    responses=problems(401, 403, 404, 422),
)
def shares(
    services: Wired,
    reader: Annotated[Reader, Depends(require_scope(Scope.READ))],
    case_id: Number,
) -> dict[str, Any]:
    """Which section had the case for how long, from its anchor to its answer, or to now."""
    with services.database.read() as connection:
        case = get_visible_case(connection, case_id, reader.sees_only)
        trail = events.of_stream(connection, case_id)
        since = clocks.anchor_of_cycle(connection, case)[1]
        met = [row["met_at"] for row in deadlines.live(connection, case_id) if row["met_at"] is not None]
    until = max(met, default=services.clock.now())
    found = segments(trail, section=case["section"], since=since, until=until)
    return {
        "case": case_id,
        "since": iso(since),
        "until": iso(until),
        "seconds": int((until - since).total_seconds()),
        "shares": [
            {
                "section": one.section or None,
                "since": iso(one.since),
                "until": iso(one.until),
                "seconds": int(one.length.total_seconds()),
            }
            for one in found
        ],
    }
