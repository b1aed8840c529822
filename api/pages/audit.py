"""留痕: the events of a case or of the office, the proof that they are whole, and the same as a file."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import Response

from api.audit_file import as_csv
from api.pages.addresses import address
from api.pages.contexts import Option
from api.pages.keeping_contexts import AuditPage, EventLine, facts_of
from api.pages.rendering import render
from api.security.identity import Person, Wired, form_sender, require_role
from api.services import Services
from api.visible import LARGEST_ID
from core.errors import NotFound
from core.labels import label
from core.vocabulary import Role, Tag
from storage import cases, events
from storage.database import Connection
from storage.events import OFFICE_STREAM, Verdict

router = APIRouter()

_reader = require_role(Role.ADMIN, Role.MANAGER)
_PAGE = 100
_Case = Annotated[int, Query(ge=0, le=LARGEST_ID)]


@router.get("/audit")
def show(
    request: Request,
    services: Wired,
    _person: Annotated[Person, Depends(_reader)],
    case: _Case = OFFICE_STREAM,
    after: Annotated[int, Query(ge=0, le=LARGEST_ID)] = 0,
) -> Response:
    """The trail of one case, or of the office when none is named; oldest first."""
    return _page(request, services, case, after)


@router.post("/audit/verify")
def verify(
    request: Request,
    services: Wired,
    person: Annotated[Person, Depends(form_sender)],
    case: Annotated[int, Form(ge=0, le=LARGEST_ID)] = OFFICE_STREAM,
) -> Response:
    """Walk every chain of the office and say what was found."""
    _reader(person)
    with services.database.read() as connection:
        verdict = events.verify(connection)
    return _page(request, services, case, 0, verdict)


@router.get("/audit/export")
def export(
    services: Wired, _person: Annotated[Person, Depends(_reader)], case: _Case = OFFICE_STREAM
) -> Response:
    """Every event of the trail as a table, with the hashes, for a spreadsheet."""
    with services.database.read() as connection:
        _title(connection, case)
        rows = events.of_stream(connection, case)
    headers = {"Content-Disposition": f'attachment; filename="audit-{case}.csv"'}
    return Response(as_csv(rows), media_type="text/csv; charset=utf-8", headers=headers)


def _page(
    request: Request, services: Services, case: int, after: int, verdict: Verdict | None = None
) -> Response:
    error, title = None, ""
    with services.database.read() as connection:
        try:
            title = _title(connection, case)
        except NotFound as problem:
            error, case = f"{problem.message}{problem.mend}", OFFICE_STREAM
        rows = events.page(connection, case, after, _PAGE + 1)
        total = events.count(connection, case)
    shown = rows[:_PAGE]
    last = shown[-1]["seq"] if shown else 0
    page = AuditPage(
        stream=case,
        title=title or "全单位",
        scope=[Option("0", "全单位", case == OFFICE_STREAM)],
        lines=[_line(row) for row in shown],
        total=total,
        verdict=_told(verdict),
        is_whole=verdict is not None and verdict.first_bad is None,
        export_href=address("/audit/export", case=str(case)),
        previous_href=address("/audit", case=str(case), after=str(max(0, after - _PAGE))) if after else None,
        next_href=address("/audit", case=str(case), after=str(last)) if len(rows) > _PAGE else None,
        error=error,
    )
    return render(request, "audit.html", page, status=404 if error else 200)


def _title(connection: Connection, case: int) -> str:
    if case == OFFICE_STREAM:
        return ""
    title: str = cases.get(connection, case)["title"]
    return f"办件 {case}：{title}"


def _told(verdict: Verdict | None) -> str | None:
    if verdict is None:
        return None
    if verdict.first_bad is None:
        return f"核对了全部 {verdict.count:,} 条记录，一条不缺，没有改动。"
    return f"第一处问题在 {verdict.first_bad}：{verdict.reason}请保留现场，用备份核对。"


def _line(row: dict[str, Any]) -> EventLine:
    return EventLine(
        seq=row["seq"],
        at=row["recorded_at"],
        occurred_at=row["occurred_at"],
        what=label(Tag(row["tag"])),
        tag=row["tag"],
        actor=row["actor"] if row["actor_kind"] in {"human", "machine"} else f"系统（{row['actor']}）",
        hash=row["hash"],
        facts=facts_of(row["payload"]),
    )
