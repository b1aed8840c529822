"""公文: draft, edit, sign, and take away as Word and Excel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from api.commands import ByPerson
from api.cursors import decode, encode
from api.papers import Wanted, draft_paper
from api.routes.answers import BEARER, COOKIE, problems
from api.schemas.papers import EditIn, FiledOut, PaperIn, PaperList, PaperOut, SignIn, WithdrawIn
from api.security.identity import Reader, Wired, require_scope
from api.services import Services
from api.visible import Number
from core.clock import iso
from core.errors import NotFound
from core.vocabulary import PaperKind, Scope
from reports.papers import filing
from reports.papers.paper import Paper
from reports.papers.text import to_text
from reports.render.appendices_xlsx import appendices_xlsx
from reports.render.paper_docx import paper_docx
from storage import papers
from storage.database import Connection, Row

router = APIRouter(prefix="/papers", tags=["公文"], dependencies=[Depends(BEARER), Depends(COOKIE)])

_Reads = Annotated[Reader, Depends(require_scope(Scope.READ))]
_Version = Annotated[int | None, Query(ge=1, description="第几版；不写为最新。")]
_COMMAND: Any = {"response_model": FiledOut, "responses": problems(401, 403, 404, 409, 422)}
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("", summary="公文列表", response_model=PaperList, responses=problems(401, 403, 422))
def listed(
    services: Wired,
    reader: _Reads,
    kind: Annotated[PaperKind | None, Query(description="种类。")] = None,
    cursor: Annotated[str | None, Query(description="上一页给出的 next。", max_length=200)] = None,
    limit: Annotated[int, Query(description="一页几份。", ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """A page of papers, the newest first; nothing for those who are confined to a section."""
    if reader.sees_only is not None:
        return {"items": [], "next": None, "total": None}
    with services.database.read() as connection:
        rows = papers.listed(connection, kind=kind, before=decode(cursor), limit=limit + 1)
    shown = rows[:limit]
    last = shown[-1] if len(rows) > limit else None
    return {
        "items": [_line(row) for row in shown],
        "next": encode(last["created_at"], last["id"]) if last is not None else None,
        "total": None,
    }


@router.post("", summary="拟稿", status_code=201, **_COMMAND)
def drafted(sent: ByPerson, given: PaperIn) -> Response:
    """Make a paper from what is stored now, and keep it as a draft."""
    wanted = Wanted(given.kind, given.since, given.until, given.case)

    def effect(connection: Connection) -> dict[str, Any]:
        return _filed(connection, draft_paper(connection, sent.services, wanted, sent.actor))

    return sent.answer(effect, 201)


@router.get("/{paper_id}", summary="一份公文", response_model=PaperOut, responses=problems(401, 403, 404))
def one(services: Wired, reader: _Reads, paper_id: Number, version: _Version = None) -> dict[str, Any]:
    """The newest version, or an earlier one."""
    row, paper = _found(services, reader, paper_id, version)
    return {**_line(row), "text": to_text(paper), "content": row["content"], "sha256": row["sha256"]}


@router.put("/{paper_id}", summary="改稿", **_COMMAND)
def edited(sent: ByPerson, paper_id: Number, given: EditIn) -> Response:
    """Store an edited text as a new version; a changed figure is refused with the right one."""

    def effect(connection: Connection) -> dict[str, Any]:
        now = sent.services.clock.now()
        typed = filing.Edit(given.title, given.text, given.version)
        filing.edit(connection, paper_id, sent.actor, now, typed)
        return _filed(connection, paper_id)

    return sent.answer(effect)


@router.post("/{paper_id}/sign", summary="签发", **_COMMAND)
def signed(sent: ByPerson, paper_id: Number, given: SignIn) -> Response:
    """Give it its issue number; it cannot be changed afterwards."""

    def effect(connection: Connection) -> dict[str, Any]:
        now = sent.services.clock.now()
        filing.sign(connection, paper_id, sent.actor, now, version=given.version)
        return _filed(connection, paper_id)

    return sent.answer(effect)


@router.post("/{paper_id}/withdraw", summary="作废", **_COMMAND)
def withdrawn(sent: ByPerson, paper_id: Number, given: WithdrawIn) -> Response:
    """Take a draft off the list; it stays on file."""

    def effect(connection: Connection) -> dict[str, Any]:
        filing.withdraw(connection, paper_id, sent.actor, sent.services.clock.now(), reason=given.reason)
        return _filed(connection, paper_id)

    return sent.answer(effect)


@router.get(
    "/{paper_id}/paper.docx",
    summary="公文(Word)",
    response_class=Response,
    responses={200: {"content": {_DOCX: {}}}, **problems(401, 403, 404)},
)
def word_file(services: Wired, reader: _Reads, paper_id: Number, version: _Version = None) -> Response:
    """The paper in the form of GB/T 9704."""
    return _download(services, reader, paper_id, version, paper_docx, ".docx", _DOCX)


@router.get(
    "/{paper_id}/lists.xlsx",
    summary="附表(Excel)",
    response_class=Response,
    responses={200: {"content": {_XLSX: {}}}, **problems(401, 403, 404)},
)
def workbook(services: Wired, reader: _Reads, paper_id: Number, version: _Version = None) -> Response:
    """Every line behind every figure."""
    return _download(services, reader, paper_id, version, appendices_xlsx, " 附表.xlsx", _XLSX)


def _found(services: Services, reader: Reader, paper_id: int, version: int | None) -> tuple[Row, Paper]:
    if reader.sees_only is not None:
        raise NotFound(f"没有编号为 {paper_id} 的公文。", mend="请检查编号。", code="paper.not_found")
    with services.database.read() as connection:
        row = papers.get(connection, paper_id, version)
        return row, filing.filed(connection, paper_id, version).paper


def _download(
    services: Services,
    reader: Reader,
    paper_id: int,
    version: int | None,
    render: Callable[[Paper], bytes],
    ending: str,
    media_type: str,
) -> Response:
    _, paper = _found(services, reader, paper_id, version)
    name = quote(f"{paper.title}{ending}", safe="")
    headers = {"Content-Disposition": f"attachment; filename=\"paper\"; filename*=UTF-8''{name}"}
    return Response(render(paper), media_type=media_type, headers=headers)


def _filed(connection: Connection, paper_id: int) -> dict[str, Any]:
    row = papers.get(connection, paper_id)
    return {"paper": paper_id, "version": row["version"], "state": row["state"], "issue": row["issue"]}


def _line(row: Row) -> dict[str, Any]:
    return {
        "paper": row["id"],
        "kind": row["kind"],
        "title": row["title"],
        "case": row["case_id"],
        "state": row["state"],
        "version": row["version"],
        "issue": row["issue"],
        "created_at": iso(row["created_at"]),
        "signed_at": iso(row["signed_at"]),
        "signed_by": row["signer_name"],
    }
