"""帮助: what each page is for and which keys it knows; every page links to its own part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.help import Topic, topics
from api.pages.contexts import PageContext
from api.pages.rendering import render
from api.security.identity import SignedIn

router = APIRouter()


@dataclass(frozen=True)
class HelpPage(PageContext):
    """Everything there is to read, in the order of the navigation."""

    topics: Sequence[Topic]


@router.get("/help")
def show(request: Request, person: SignedIn) -> Response:  # noqa: ARG001 - only for those who signed in
    """The whole help on one page."""
    return render(request, "help.html", HelpPage(topics()))
