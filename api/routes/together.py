"""Several cases with one command; each case has a record of its own, and one refusal spoils no other."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from alerts.answering import Reply
from alerts.steps import Act
from alerts.together import Done, assign_all, reply_to_all
from api.commands import ByPerson
from api.routes.answers import BEARER, COOKIE, problems
from api.schemas.together import AssignAllIn, DoneOut, ReplyAllIn
from storage.database import Connection

router = APIRouter(tags=["办件"], dependencies=[Depends(BEARER), Depends(COOKIE)])

_COMMAND: Any = {"response_model": DoneOut, "responses": problems(401, 403, 409, 413, 422)}


@router.post("/cases/assign", summary="批量交办", **_COMMAND)
def assign(sent: ByPerson, given: AssignAllIn) -> Response:
    """One section becomes responsible for all of them."""
    earlier = sent.once.earlier()
    if earlier is not None:
        return earlier
    act = _act(sent)
    return _told(sent, assign_all(sent.services.database, given.cases, act, section=given.section))


@router.post("/cases/reply", summary="批量答复", **_COMMAND)
def reply(sent: ByPerson, given: ReplyAllIn) -> Response:
    """The same answer to a group of repeats, recorded for each citizen."""
    earlier = sent.once.earlier()
    if earlier is not None:
        return earlier
    act, services = _act(sent), sent.services
    said = Reply(given.text, None, given.org.strip())
    return _told(sent, reply_to_all(services.database, given.cases, act, services.law, said))


def _act(sent: ByPerson) -> Act:
    """The key of the whole is the beginning of each case's own, so a repeat does nothing twice."""
    act = sent.act()
    key = f"{sent.once.owner}/{sent.once.key}" if sent.once.key is not None else None
    return Act(act.actor, act.now, None, key)


def _told(sent: ByPerson, done: list[Done]) -> Response:
    answer = {
        "done": [one.case_id for one in done if one.error is None],
        "refused": [
            {"case": one.case_id, "code": one.error.code, "message": f"{one.error.message}{one.error.mend}"}
            for one in done
            if one.error is not None
        ],
    }

    def tell(_connection: Connection) -> dict[str, Any]:
        return answer

    return sent.answer(tell)
