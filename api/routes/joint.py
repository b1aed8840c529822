"""Several people on one case: comments, instructions, supervision, drafts; updates and rebuttals."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from alerts import drafting, joint, publishing
from api.commands import ByPerson
from api.evidence import UPLOAD_BYTES
from api.periods import instant_of
from api.routes.answers import BEARER, COOKIE, problems
from api.routes.incidents import publication_of
from api.schemas.handling import OutcomeOut
from api.schemas.incidents import PublishIn
from api.schemas.joint import AddSectionIn, DraftIn, ReadIn, ReviewIn, SuperviseIn, TextIn
from api.visible import Number
from core.vocabulary import Command

router = APIRouter(tags=["协同"], dependencies=[Depends(BEARER), Depends(COOKIE)])

_COMMAND: Any = {"response_model": OutcomeOut, "responses": problems(401, 403, 404, 409, 413, 422)}


@router.post("/cases/{case_id}/comment", summary="留言", **_COMMAND)
def comment(sent: ByPerson, case_id: Number, given: TextIn) -> Response:
    """Something the others on the case should know; stops no clock."""
    act = sent.act(given.seq)
    return sent.give(lambda connection: joint.comment(connection, case_id, act, text=given.text))


@router.post("/cases/{case_id}/instruct", summary="批示", **_COMMAND)
def instruct(sent: ByPerson, case_id: Number, given: TextIn) -> Response:
    """A leader's instruction; the sections are told at once."""
    act, law = sent.act(given.seq), sent.services.law
    return sent.give(lambda connection: joint.instruct(connection, case_id, act, law, text=given.text))


@router.post("/cases/{case_id}/read", summary="已阅", **_COMMAND)
def mark_read(sent: ByPerson, case_id: Number, given: ReadIn | None = None) -> Response:
    """The sender has read every comment and instruction."""
    act = sent.act(given.seq if given is not None else None)
    return sent.give(lambda connection: joint.mark_read(connection, case_id, act))


@router.post("/cases/{case_id}/add-section", summary="增加协办科室", **_COMMAND)
def add_section(sent: ByPerson, case_id: Number, given: AddSectionIn) -> Response:
    """Another section works along; the responsible one stays responsible."""
    act, law = sent.act(given.seq), sent.services.law
    return sent.give(
        lambda connection: joint.add_section(connection, case_id, act, law, section=given.section)
    )


@router.post("/cases/{case_id}/supervise", summary="督办", **_COMMAND)
def supervise(sent: ByPerson, case_id: Number, given: SuperviseIn) -> Response:
    """An order with a deadline and a ladder of its own."""
    act, law, due_at = sent.act(given.seq), sent.services.law, instant_of(given.due_at, "due_at")
    return sent.give(
        lambda connection: joint.supervise(connection, case_id, act, law, demand=given.demand, due_at=due_at)
    )


@router.post("/cases/{case_id}/answer-order", summary="督办反馈", **_COMMAND)
def answer_order(sent: ByPerson, case_id: Number, given: TextIn) -> Response:
    """What was done about the open order; stops its clock alone."""
    act = sent.act(given.seq)
    return sent.give(lambda connection: joint.answer_order(connection, case_id, act, text=given.text))


@router.post("/cases/{case_id}/draft", summary="起草", **_COMMAND)
def draft(sent: ByPerson, case_id: Number, given: DraftIn) -> Response:
    """A draft in place of one that has not gone out; stops no clock."""
    act, law = sent.act(given.seq), sent.services.law
    return sent.give(
        lambda connection: drafting.write_draft(
            connection, case_id, act, law, text=given.text, title=given.title
        )
    )


@router.post("/cases/{case_id}/review", summary="审核稿件", **_COMMAND)
def review(sent: ByPerson, case_id: Number, given: ReviewIn) -> Response:
    """The next step of a draft, by another person than its author and its reviewers so far."""
    act = sent.act(given.seq)
    return sent.give(
        lambda connection: drafting.review_draft(
            connection, case_id, act, draft_id=given.draft, verdict=given.verdict, note=given.note
        )
    )


@router.post(
    "/incidents/{incident_id}/update",
    summary="动态发布",
    tags=["事件"],
    max_body_size=UPLOAD_BYTES,
    **_COMMAND,
)
def update(sent: ByPerson, incident_id: Number, given: PublishIn) -> Response:
    """A further statement; the wait for the next one begins anew."""
    earlier = sent.once.earlier()
    if earlier is not None:
        return earlier
    said, act = publication_of(sent, incident_id, Command.UPDATE, given), sent.act(given.seq)
    law = sent.services.law
    return sent.give(lambda connection: publishing.update(connection, incident_id, act, law, said))


@router.post(
    "/incidents/{incident_id}/rebut", summary="辟谣", tags=["事件"], max_body_size=UPLOAD_BYTES, **_COMMAND
)
def rebut(sent: ByPerson, incident_id: Number, given: PublishIn) -> Response:
    """What was spread is untrue; `text` says what. The first statement is owed on."""
    earlier = sent.once.earlier()
    if earlier is not None:
        return earlier
    said, act = publication_of(sent, incident_id, Command.REBUT, given), sent.act(given.seq)
    law = sent.services.law
    return sent.give(lambda connection: publishing.rebut(connection, incident_id, act, law, said))
