"""收件箱: what the person's own section owes, next due first."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.cursors import decode, encode
from api.pages.addresses import address
from api.pages.clock_lines import clock_line, groups_of
from api.pages.handling_contexts import InboxPage
from api.pages.rendering import render
from api.pages.watching import WATCHED
from api.security.identity import SignedIn, Wired
from storage import desk
from storage.database import Row
from storage.desk import Choice

router = APIRouter()

_PATH = "/inbox"
_PAGE = 100


@router.get(_PATH, dependencies=[WATCHED])
def show(request: Request, services: Wired, person: SignedIn, cursor: str = "") -> Response:
    """The inbox; somebody without a section has none."""
    choice = Choice(
        services.clock.now(), services.soon, state="running", section=person.section, is_history=False
    )
    rows, count, assisted = [], 0, list[Row]()
    if person.section:
        with services.database.read() as connection:
            rows = list(desk.listed(connection, choice, after=decode(cursor), limit=_PAGE + 1))
            count = desk.total(connection, choice)
            assisted = list(desk.assisted(connection, choice, limit=_PAGE))
    shown = rows[:_PAGE]
    page = InboxPage(
        section=person.section,
        role=person.role,
        groups=groups_of([clock_line(row, choice, services.rule_labels) for row in shown]),
        count=count,
        assisting=groups_of([clock_line(row, choice, services.rule_labels) for row in assisted]),
        history_href=address("/desk", history="1"),
        next_href=address(_PATH, cursor=encode(shown[-1]["due_at"], shown[-1]["deadline_id"]))
        if len(rows) > _PAGE
        else None,
    )
    return render(request, "inbox.html", page)
