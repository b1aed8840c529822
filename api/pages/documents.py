"""政策文件: the register, with the section that drafted each document and the questions on it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from alerts.documents import NewDocument, enter_document, repeal_document
from alerts.steps import Act
from alerts.tasks import OPENERS
from api.pages.contexts import Option
from api.pages.given import Given, Typed
from api.pages.rendering import render
from api.pages.task_contexts import DocumentLine, DocumentsPage
from api.pages.verbs import actor_of
from api.problems import problem_of
from api.security.identity import Person, SignedIn, Wired, form_sender
from api.services import Services
from api.visible import Number
from core.clock import parse_day
from core.errors import Conflict, InvalidInput, NotAllowed
from storage import documents, sections

router = APIRouter()

_PATH = "/documents"
_FIELDS = ("title", "section", "number", "issued_on", "url")
_ASKED = 10
_DONE = {"entered": "已登记", "repealed": "已废止；此后的来文不再自动交给起草科室"}
_Sender = Annotated[Person, Depends(form_sender)]


@router.get(_PATH)
def show(request: Request, services: Wired, person: SignedIn, done: str = "") -> Response:
    """The register, in force first."""
    return render(request, "documents.html", _page(services, person, done=_DONE.get(done)))


@router.post(_PATH)
def enter(request: Request, services: Wired, person: _Sender, _signed: SignedIn, given: Typed) -> Response:
    """Enter a document; what was typed survives a refusal."""
    try:
        issued = given["issued_on"].strip()
        new = NewDocument(
            given["title"],
            given["section"],
            given["number"],
            parse_day(issued) if issued else None,
            given["url"],
        )
        with services.database.write() as connection:
            enter_document(connection, Act(actor_of(person), services.clock.now()), new)
    except (InvalidInput, Conflict, NotAllowed) as error:
        field = error.field if isinstance(error, InvalidInput) else None
        page = _page(services, person, given=given, error=f"{error.message}{error.mend}", error_field=field)
        return render(request, "documents.html", page, status=problem_of(error).status)
    return RedirectResponse(f"{_PATH}?done=entered", 303)


@router.post(f"{_PATH}/{{document_id}}/repeal")
def repeal(services: Wired, person: _Sender, _signed: SignedIn, document_id: Number) -> Response:
    """The document is not in force any more."""
    with services.database.write() as connection:
        repeal_document(connection, Act(actor_of(person), services.clock.now()), document_id)
    return RedirectResponse(f"{_PATH}?done=repealed", 303)


def _page(
    services: Services,
    person: Person,
    *,
    given: Given | None = None,
    done: str | None = None,
    error: str | None = None,
    error_field: str | None = None,
) -> DocumentsPage:
    typed = {name: given[name] if given is not None else "" for name in _FIELDS}
    with services.database.read() as connection:
        names = sections.names(connection)
        lines = []
        for row in documents.listed(connection):
            asked = documents.questions(connection, row["id"], limit=_ASKED)
            seen = [one for one in asked if person.sees_only in {None, one["section"]}]
            lines.append(
                DocumentLine(
                    id=row["id"],
                    title=row["title"],
                    number=row["number"],
                    section=names.get(row["section"], row["section"]),
                    issued_on=row["issued_on"],
                    url=row["url"] or "",
                    is_repealed=row["repealed_at"] is not None,
                    asked=[(f"/cases/{one['id']}", one["title"] or "（无标题）") for one in seen],
                    total=row["asked"],
                )
            )
    return DocumentsPage(
        documents=lines,
        sections=[
            Option("", "请选择", False),
            *(Option(key, name, key == typed["section"]) for key, name in names.items()),
        ],
        may_enter=person.role in OPENERS,
        typed=typed,
        done=done,
        error=error,
        error_field=error_field,
    )
