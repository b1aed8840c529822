"""公文: drafting, reading, editing and signing on pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi import Query as Parameter
from starlette.responses import RedirectResponse, Response

from api.cursors import decode, encode
from api.pages.addresses import address
from api.pages.contexts import Option
from api.pages.paper_contexts import PaperLine, PaperPage, PapersPage, VersionLine
from api.pages.rendering import render
from api.pages.verbs import actor_of
from api.papers import READERS, Wanted, draft_paper
from api.periods import day_of
from api.security.identity import Person, Wired, form_sender, require_role
from api.services import Services
from api.visible import Number
from core.clock import local_day
from core.errors import HuiyingError, InvalidInput
from core.labels import label
from core.vocabulary import PaperKind, PaperState, Role
from reports.papers import filing
from reports.papers.making import OF_CASE, OF_PERIOD
from reports.papers.paper import numbered_headings
from reports.papers.text import to_text
from storage import papers
from storage.database import Row

router = APIRouter(prefix="/papers")

_PAGE = 50
_WRITERS = (Role.PRESS, Role.DUTY, Role.MANAGER)
_reader, _writer, _leader = require_role(*READERS), require_role(*_WRITERS), require_role(Role.MANAGER)
_Reads = Annotated[Person, Depends(_reader)]
_Sender = Annotated[Person, Depends(form_sender)]
_Text = Annotated[str, Form(max_length=100)]
# Longer than any paper: a text that is too long is refused with its words still in the form.
_Whole = Annotated[str, Form(max_length=200_000)]


@router.get("")
def show(
    request: Request,
    services: Wired,
    person: _Reads,
    case: Annotated[int | None, Parameter(ge=1, le=10**9)] = None,
    cursor: Annotated[str | None, Parameter(max_length=200)] = None,
) -> Response:
    """Every paper, the newest first; `case` stands in the form, where a page of a case leads here."""
    return _list(request, services, person, case=str(case or ""), cursor=cursor)


@router.post("")
def draft(
    request: Request,
    services: Wired,
    person: _Sender,
    kind: _Text = "",
    since: Annotated[str, Form(alias="from", max_length=100)] = "",
    until: Annotated[str, Form(alias="to", max_length=100)] = "",
    case: _Text = "",
) -> Response:
    """Make the paper asked for and open it."""
    _writer(person)
    try:
        wanted = _wanted(kind, since, until, case)
        with services.database.write() as connection:
            paper_id = draft_paper(connection, services, wanted, actor_of(person))
    except HuiyingError as error:
        given = {"since": since, "until": until, "case": case, "kind": kind}
        return _list(request, services, person, **given, error=str(error), status=422)
    return RedirectResponse(f"/papers/{paper_id}", 303)


@router.get("/{paper_id}")
def show_one(
    request: Request,
    services: Wired,
    person: _Reads,
    paper_id: Number,
    version: Annotated[int | None, Parameter(ge=1, le=10**6)] = None,
) -> Response:
    """One paper as it will print."""
    return _one(request, services, person, paper_id, version=version)


@router.post("/{paper_id}/edit")
def edit(
    request: Request,
    services: Wired,
    person: _Sender,
    paper_id: Number,
    version: Annotated[int, Form(ge=1)],
    title: Annotated[str, Form(max_length=1000)] = "",
    text: _Whole = "",
) -> Response:
    """Store the text as a new version; a refusal keeps what was typed."""
    _writer(person)
    try:
        with services.database.write() as connection:
            now = services.clock.now()
            filing.edit(connection, paper_id, actor_of(person), now, filing.Edit(title, text, version))
    except HuiyingError as error:
        kept = (title, text)
        return _one(request, services, person, paper_id, typed=kept, error=str(error), status=422)
    return RedirectResponse(f"/papers/{paper_id}", 303)


@router.post("/{paper_id}/sign")
def sign(
    request: Request, services: Wired, person: _Sender, paper_id: Number, version: Annotated[int, Form(ge=1)]
) -> Response:
    """签发."""
    _leader(person)
    try:
        with services.database.write() as connection:
            filing.sign(connection, paper_id, actor_of(person), services.clock.now(), version=version)
    except HuiyingError as error:
        return _one(request, services, person, paper_id, error=str(error), status=409)
    return RedirectResponse(f"/papers/{paper_id}", 303)


@router.post("/{paper_id}/withdraw")
def withdraw(
    request: Request,
    services: Wired,
    person: _Sender,
    paper_id: Number,
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """作废."""
    _writer(person)
    try:
        with services.database.write() as connection:
            filing.withdraw(connection, paper_id, actor_of(person), services.clock.now(), reason=reason)
    except HuiyingError as error:
        return _one(request, services, person, paper_id, error=str(error), status=422)
    return RedirectResponse("/papers", 303)


def _wanted(kind: str, since: str, until: str, case: str) -> Wanted:
    if kind not in set(PaperKind):
        raise InvalidInput("没有选择种类。", mend="请选择要拟的公文。", field="kind")
    chosen = PaperKind(kind)
    if chosen in OF_PERIOD:
        return Wanted(chosen, day_of(since, "from"), day_of(until, "to"))
    if not (case.isascii() and case.isdigit() and len(case) <= 9):
        raise InvalidInput("没有填写办件编号。", mend="请填写办件编号，或从办件页面进入。", field="case")
    return Wanted(chosen, case_id=int(case))


def _list(
    request: Request,
    services: Services,
    person: Person,
    *,
    since: str = "",
    until: str = "",
    case: str = "",
    kind: str = "",
    cursor: str | None = None,
    error: str | None = None,
    status: int = 200,
) -> Response:
    with services.database.read() as connection:
        rows = papers.listed(connection, before=decode(cursor), limit=_PAGE + 1)
    yesterday = (local_day(services.clock.now()) - timedelta(days=1)).isoformat()
    last = rows[_PAGE - 1] if len(rows) > _PAGE else None
    chosen = kind or (PaperKind.SPECIAL_REPORT.value if case else "")
    page = PapersPage(
        lines=[_line(row) for row in rows[:_PAGE]],
        kinds=_options(OF_PERIOD, chosen),
        case_kinds=_options(OF_CASE, chosen),
        since=since or yesterday,
        until=until or yesterday,
        case=case,
        may_write=person.role in _WRITERS,
        error=error,
        next_href=address("/papers", {}, cursor=encode(last["created_at"], last["id"])) if last else None,
    )
    return render(request, "papers.html", page, status=status)


def _one(
    request: Request,
    services: Services,
    person: Person,
    paper_id: int,
    *,
    version: int | None = None,
    typed: tuple[str, str] | None = None,
    error: str | None = None,
    status: int = 200,
) -> Response:
    with services.database.read() as connection:
        row = papers.get(connection, paper_id, version)
        filed = filing.filed(connection, paper_id, version)
        versions = papers.versions(connection, paper_id)
    is_open = filed.state is PaperState.DRAFT and filed.version == row["version"]
    title, text = typed or (filed.paper.title, to_text(filed.paper))
    page = PaperPage(
        id=paper_id,
        paper=filed.paper,
        state=filed.state,
        blocks=list(numbered_headings(filed.paper.blocks)),
        version=filed.version,
        newest=row["version"],
        versions=[
            VersionLine(one["version"], one["edited_at"], one["editor"] or "程序", one["sha256"])
            for one in versions
        ],
        title=title,
        text=text,
        may_edit=is_open and person.role in _WRITERS,
        may_sign=is_open and person.role is Role.MANAGER,
        error=error,
        file_sha256=row["file_sha256"],
    )
    return render(request, "paper.html", page, status=status)


def _options(kinds: Iterable[PaperKind], chosen: str) -> list[Option]:
    return [Option(kind.value, label(kind), kind.value == chosen) for kind in kinds]


def _line(row: Row) -> PaperLine:
    return PaperLine(
        id=row["id"],
        kind=PaperKind(row["kind"]),
        title=row["title"],
        state=PaperState(row["state"]),
        issue=row["issue"],
        version=row["version"],
        created_at=row["created_at"],
        signed_at=row["signed_at"],
        signer=row["signer_name"],
    )
