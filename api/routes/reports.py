"""The response-time report: figures, the rows behind them, and the workbook."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from api.papers import desk_of
from api.reporting import behind, query_of, report_of
from api.routes.answers import BEARER, COOKIE, problems
from api.schemas.reports import ReportOut, RowsOut
from api.security.identity import Reader, Wired, require_scope
from core.vocabulary import Scope
from reports.papers.response_times import response_times_paper
from reports.render.paper_docx import paper_docx
from reports.render.response_times_xlsx import response_times_xlsx
from reports.response_times import Basis, GroupBy

router = APIRouter(
    prefix="/reports/response-times", tags=["报表"], dependencies=[Depends(BEARER), Depends(COOKIE)]
)

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_Reader = Annotated[Reader, Depends(require_scope(Scope.READ))]


def asked(
    since: Annotated[str, Query(alias="from", description="开始日期，含当日。", examples=["2026-11-01"])],
    until: Annotated[str, Query(alias="to", description="结束日期，含当日。", examples=["2026-11-30"])],
    rule: Annotated[str, Query(description="规则名，或 all；不写则为首次答复。", max_length=80)] = "",
    basis: Annotated[Basis, Query(description="按收到日还是到期日归入期间。")] = Basis.RECEIVED,
    by: Annotated[GroupBy | None, Query(description="分组。")] = None,
    as_of: Annotated[str, Query(description="统计截至时刻；不写则为现在。", max_length=40)] = "",
    group: Annotated[str | None, Query(description="只要 by 的这一组。", max_length=200)] = None,
) -> dict[str, str]:
    """The question as it stands in the address."""
    given = {"from": since, "to": until, "rule": rule, "basis": basis.value, "as_of": as_of}
    optional = {"by": by.value if by else None, "group": group}
    return given | {name: text for name, text in optional.items() if text is not None}


Asked = Annotated[dict[str, str], Depends(asked)]


@router.get("", summary="时效报告", response_model=ReportOut, responses=problems(401, 403, 422))
def report(services: Wired, reader: _Reader, asked: Asked) -> dict[str, Any]:
    """The figures, in all and by group."""
    return report_of(services, query_of(services, asked, reader.sees_only)).as_json()


@router.get("/rows", summary="数字背后的每一件", response_model=RowsOut, responses=problems(401, 403, 422))
def rows(
    services: Wired,
    reader: _Reader,
    asked: Asked,
    figure: Annotated[str, Query(description="只要这个数字背后的行。", max_length=40)] = "received",
) -> dict[str, Any]:
    """The rows; with `figure` only those it was counted from. `total` stays that of the whole report."""
    is_row = behind(figure)
    counted = report_of(services, query_of(services, asked, reader.sees_only))
    whole = counted.rows_as_json()
    chosen = [row.as_json() for row in counted.rows if is_row(row)]
    return {**whole, "rows": chosen}


@router.get(
    "/export.xlsx",
    summary="时效报告(Excel)",
    response_class=Response,
    responses={200: {"content": {_XLSX: {}}}, **problems(401, 403, 422)},
)
def workbook(services: Wired, reader: _Reader, asked: Asked) -> Response:
    """The same report as a workbook, with its rows and definitions."""
    query = query_of(services, asked, reader.sees_only)
    content = response_times_xlsx(report_of(services, query), services.settings.office.name)
    name = quote(f"时效报告 {query.since} 至 {query.until}.xlsx")
    headers = {"Content-Disposition": f"attachment; filename=\"report.xlsx\"; filename*=UTF-8''{name}"}
    return Response(content, media_type=_XLSX, headers=headers)


@router.get(
    "/export.docx",
    summary="时效报告(Word)",
    response_class=Response,
    responses={200: {"content": {_DOCX: {}}}, **problems(401, 403, 422)},
)
def paper(services: Wired, reader: _Reader, asked: Asked) -> Response:
    """The same report as a paper in the form of GB/T 9704."""
    query = query_of(services, asked, reader.sees_only)
    content = paper_docx(response_times_paper(report_of(services, query), desk_of(services)))
    name = quote(f"时效报告 {query.since} 至 {query.until}.docx")
    headers = {"Content-Disposition": f"attachment; filename=\"report.docx\"; filename*=UTF-8''{name}"}
    return Response(content, media_type=_DOCX, headers=headers)
