"""一并答复: one answer to a group of repeats, recorded for each citizen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from alerts.answering import Reply
from alerts.steps import Act
from alerts.together import Done, reply_to_all
from alerts.workflow import UNANSWERED
from api.pages.contexts import PageContext
from api.pages.given import Given, Typed
from api.pages.rendering import render
from api.pages.verbs import actor_of
from api.security.identity import Person, SignedIn, Wired, form_sender
from api.security.secrets import new_secret
from api.services import Services
from api.visible import Number, get_visible_case
from core.errors import InvalidInput
from storage import repeats
from storage.database import Row

router = APIRouter()

MOST = 200
_Sender = Annotated[Person, Depends(form_sender)]


@dataclass(frozen=True)
class RepeatLine:
    """One letter of the group; `said` is what came of it, empty before anything was sent."""

    case_id: int
    title: str
    body: str
    author: str
    section: str
    received_at: datetime
    similarity: float
    is_chosen: bool
    said: str = ""
    is_done: bool = False


@dataclass(frozen=True)
class GroupReplyPage(PageContext):
    """The letters that say the same as one case's, and the form for their answer."""

    case_id: int
    title: str
    lines: list[RepeatLine]
    text: str
    org: str
    key: str
    error: str | None = None
    done: int = 0
    refused: list[str] = field(default_factory=list)


@router.get("/cases/{case_id}/group")
def show(request: Request, services: Wired, person: SignedIn, case_id: Number) -> Response:
    """The group, every letter chosen."""
    return render(request, "group_reply.html", _page(services, person, case_id))


@router.post("/cases/{case_id}/group")
def reply(
    request: Request,
    services: Wired,
    person: _Sender,
    _signed: SignedIn,
    case_id: Number,
    given: Typed,
) -> Response:
    """Answer those that were chosen; one refusal spoils no other, and what was typed stays."""
    chosen = given.numbers("cases")
    if not chosen or not given["text"].strip():
        error = "没有勾选来文。" if not chosen else "没有填写答复内容。"
        page = _page(services, person, case_id, given=given, chosen=chosen, error=error)
        return render(request, "group_reply.html", page, status=422)
    _require_of_the_group(services, person, case_id, chosen)
    act = Act(actor_of(person), services.clock.now(), None, given.key)
    said = Reply(given["text"], None, given["org"].strip())
    done = reply_to_all(services.database, chosen, act, services.law, said)
    page = _page(services, person, case_id, given=given, chosen=chosen, done=done)
    return render(request, "group_reply.html", page)


def _group(services: Services, person: Person, case_id: int) -> tuple[Row, list[Row]]:
    with services.database.read() as connection:
        case = get_visible_case(connection, case_id, person.sees_only)
        if case["message_id"] is None:
            return case, []
        rows = repeats.unanswered(
            connection, case["message_id"], UNANSWERED, section=person.sees_only, limit=MOST
        )
    return case, list(rows)


def _require_of_the_group(services: Services, person: Person, case_id: int, chosen: list[int]) -> None:
    """Only letters of this group: no other case is answered by a number in a form."""
    _, rows = _group(services, person, case_id)
    if not set(chosen) <= {row["id"] for row in rows}:
        raise InvalidInput(
            "勾选的来文有变化，或者已经答复。", mend="请返回后重新勾选。", code="group.changed", field="cases"
        )


def _page(
    services: Services,
    person: Person,
    case_id: int,
    *,
    given: Given | None = None,
    chosen: list[int] | None = None,
    error: str | None = None,
    done: list[Done] | None = None,
) -> GroupReplyPage:
    case, rows = _group(services, person, case_id)
    refused = {one.case_id: one.error for one in done or () if one.error is not None}
    lines = [
        RepeatLine(
            row["id"],
            row["title"] or "（无标题）",
            row["body"],
            row["author_display"],
            row["section"],
            row["received_at"],
            row["similarity"],
            chosen is None or row["id"] in chosen,
        )
        for row in rows
    ]
    return GroupReplyPage(
        case_id=case_id,
        title=case["title"] or "（无标题）",
        lines=lines,
        text=given["text"] if given else "",
        org=given["org"] if given else "",
        key=new_secret(),
        error=error,
        done=sum(one.error is None for one in done or ()),
        refused=[f"办件{number}：{one.message}{one.mend}" for number, one in refused.items()],
    )
