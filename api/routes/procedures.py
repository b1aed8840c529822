"""The steps of requests and tasks: which were taken, which may be, and taking one."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from alerts.procedure_steps import StepGiven, step_words, steps_now, take_step, taken_steps
from api.commands import ByPerson
from api.evidence import UPLOAD_BYTES, kept_copy
from api.periods import instant_of
from api.routes.answers import BEARER, COOKIE, problems
from api.schemas.handling import OutcomeOut
from api.schemas.procedures import StepsOut, TakeStepIn
from api.security.identity import Reader, Wired, require_scope
from api.visible import Number, get_visible_case
from core.clock import iso
from core.vocabulary import Command, Scope

router = APIRouter(tags=["办件"], dependencies=[Depends(BEARER), Depends(COOKIE)])

_COMMAND: Any = {"response_model": OutcomeOut, "responses": problems(401, 403, 404, 409, 413, 422)}


@router.get(
    "/cases/{case_id}/steps",
    summary="办理步骤",
    response_model=StepsOut,
    responses=problems(401, 403, 404, 422),
)
def steps(
    services: Wired,
    reader: Annotated[Reader, Depends(require_scope(Scope.READ))],
    case_id: Number,
) -> dict[str, Any]:
    """What was done in this cycle, and what may be recorded now."""
    law = services.law
    with services.database.read() as connection:
        case = get_visible_case(connection, case_id, reader.sees_only)
        rows = [(row, step_words(connection, law, case, row)) for row in taken_steps(connection, case)]
        possible = steps_now(connection, law, case)
    return {
        "case": case_id,
        "taken": [
            {
                "step": row["step"],
                "label": words[0],
                "at": iso(row["occurred_at"]),
                "recorded_at": iso(row["recorded_at"]),
                "document": row["title"],
                "result": row["result"],
                "result_label": words[1] or None,
                "text": row["text"],
                "confirmation": row["confirmation"],
            }
            for row, words in rows
        ],
        "open": [
            {
                "step": one.key,
                "label": one.label,
                "hint": one.hint,
                "document": one.document or None,
                "needs_until": one.until,
                "results": dict(one.results),
            }
            for one in possible
        ],
    }


@router.post("/cases/{case_id}/steps", summary="登记办理步骤", max_body_size=UPLOAD_BYTES, **_COMMAND)
def take(sent: ByPerson, case_id: Number, given: TakeStepIn) -> Response:
    """Record one step; its procedure says which clocks stop, start, stand still or begin anew."""
    at = instant_of(given.at, "at") if given.at else None
    until = instant_of(given.until, "until") if given.until else None
    copy = kept_copy(sent, case_id, Command.TAKE_STEP, given.copy_)
    wanted = StepGiven(given.step, at, given.document, given.result, given.text, until, copy)
    act, law = sent.act(given.seq), sent.services.law
    return sent.give(lambda connection: take_step(connection, case_id, act, law, wanted))
