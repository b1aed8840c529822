"""签收 from a phone: the link in a notice opens this page, and its one button signs.

No session: the link itself is the proof, for one person and one case. Opening it signs nothing, so a chat
that fetches links ahead acknowledges nothing.
"""

from __future__ import annotations

import logging
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from alerts.ack_links import AckLinks, Opened, open_link, sign_by_link
from api.pages.clock_lines import case_path
from api.pages.handling_contexts import AckPage
from api.pages.rendering import render
from api.problems import problem_of
from api.security.identity import Wired
from api.sending import seal_of
from api.services import Services
from core.clock import parse_instant
from core.errors import HuiyingError
from core.labels import label
from core.vocabulary import CaseKind, CaseState
from storage import deadlines
from storage.database import Connection

router = APIRouter()
_log = logging.getLogger(__name__)


@router.get("/ack/{token}")
def look(request: Request, services: Wired, token: str) -> Response:
    """What is to be signed, and one button."""
    now = services.clock.now()
    try:
        with services.database.read() as connection:
            opened = open_link(connection, links_of(services), token, now)
            page = _page(connection, services, opened)
    except HuiyingError as error:
        return _refused(request, error)
    return _kept_from_caches(render(request, "ack.html", page))


@router.post("/ack/{token}")
def sign(request: Request, services: Wired, token: str) -> Response:
    """Sign."""
    now = services.clock.now()
    try:
        with services.database.write() as connection:
            opened, outcome = sign_by_link(connection, links_of(services), token, now)
            first = outcome.facts["by"], parse_instant(outcome.facts["acknowledged_at"])
            page = _page(connection, services, opened, signed=first)
    except HuiyingError as error:
        return _refused(request, error)
    return _kept_from_caches(render(request, "ack.html", page))


def links_of(services: Services) -> AckLinks:
    """How this office's links are read."""
    settings = services.settings.server
    delivery = services.law.ladders.delivery
    return AckLinks(
        seal_of(services).derive("ack"), settings.public_url.rstrip("/"), delivery.acknowledge_link_lasts
    )


def _page(
    connection: Connection, services: Services, opened: Opened, *, signed: tuple[str, datetime] | None = None
) -> AckPage:
    case, clock_id = opened.case, opened.notice["deadline_id"]
    row = deadlines.get(connection, clock_id, services.clock.now()) if clock_id is not None else None
    return AckPage(
        name=opened.actor.name,
        kind=label(CaseKind(case["kind"])),
        title=case["title"] or "（无标题）",
        state=label(CaseState(case["state"])),
        rule=services.rule_labels.get(row["rule_key"], row["rule_key"]) if row is not None else "",
        due_at=row["due_at"] if row is not None else None,
        moved_on=opened.moved_on,
        signed_by=signed[0] if signed else "",
        signed_at=signed[1] if signed else None,
        path=case_path(case["kind"], case["id"]),
        failure="",
    )


def _refused(request: Request, error: HuiyingError) -> Response:
    # Whoever tries links that are not theirs leaves a line behind; the link itself is never written down.
    _log.warning("ack.refused %s from %s", error.code, request.client.host if request.client else "?")
    said = f"{error.message}{error.mend}"
    page = AckPage("", "", "", "", "", None, "", "", None, "/", failure=said)
    return _kept_from_caches(render(request, "ack.html", page, status=problem_of(error).status))


def _kept_from_caches(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
