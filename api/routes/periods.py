"""结账 and 自证: periods that stay as they were closed, and reports that prove themselves."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from api.closing import changes_since, closed, query_of_period, signed_report
from api.commands import ByPerson
from api.reporting import query_of, report_of, standing_of
from api.routes.answers import BEARER, COOKIE, problems
from api.routes.reports import Asked
from api.schemas.periods import CloseIn, PeriodsOut, RestatedOut, RestateIn
from api.schemas.reports import ReportOut
from api.security.identity import Reader, Wired, require_scope
from api.visible import Number
from core.errors import NotAllowed
from core.vocabulary import Scope
from reports.closing.periods import period_json, restate
from storage import report_periods
from storage.database import Connection

router = APIRouter(prefix="/reports", tags=["报表"], dependencies=[Depends(BEARER), Depends(COOKIE)])

_Reads = Annotated[Reader, Depends(require_scope(Scope.READ))]


@router.get("/periods", summary="已结账的期间", response_model=PeriodsOut, responses=problems(401, 403))
def periods(services: Wired, reader: _Reads) -> dict[str, Any]:
    """The closed periods with their restatements."""
    _require_whole_office(reader)
    with services.database.read() as connection:
        rows = report_periods.listed(connection)
        return {"periods": [period_json(connection, row) for row in rows]}


@router.post(
    "/periods",
    summary="结账",
    status_code=201,
    response_model=ReportOut,
    responses=problems(401, 403, 404, 409, 422),
)
def close(sent: ByPerson, given: CloseIn) -> Response:
    """Freeze the figures of a period that is over."""
    asked = {"from": given.since, "to": given.until, "rule": given.rule, "basis": given.basis.value}
    query = query_of_period(sent.services, asked)
    return sent.answer(lambda connection: closed(connection, sent.services, query, sent.actor).as_json(), 201)


@router.post(
    "/periods/{period_id}/restate",
    summary="更正",
    response_model=RestatedOut,
    responses=problems(401, 403, 404, 409, 422),
)
def restated(sent: ByPerson, period_id: Number, given: RestateIn) -> Response:
    """Keep what became known after the close beside its figures."""
    services = sent.services

    def effect(connection: Connection) -> dict[str, Any]:
        standing, now = standing_of(services), services.clock.now()
        number = restate(connection, period_id, standing, sent.actor, now, reason=given.reason)
        return {"period": period_id, "number": number}

    return sent.answer(effect)


@router.get("/periods/{period_id}/changes", summary="结账后的新事实", responses=problems(401, 403, 404))
def changes(services: Wired, reader: _Reads, period_id: Number) -> dict[str, Any]:
    """What became known after the close and was not restated yet."""
    _require_whole_office(reader)
    with services.database.write() as connection:
        return {"changes": [one.as_json() for one in changes_since(connection, services, period_id)]}


@router.get(
    "/response-times/proof.json",
    summary="能自证的报告",
    response_class=Response,
    responses={200: {"content": {"application/json": {}}}, **problems(401, 403, 422)},
)
def proof_file(services: Wired, reader: _Reads, asked: Asked) -> Response:
    """The report with its rows, its definitions and the ends of the trails behind it, signed (Ed25519)."""
    report = report_of(services, query_of(services, asked, reader.sees_only))
    with services.database.read() as connection:
        file = signed_report(connection, services, report)
    text = json.dumps(file, ensure_ascii=False, indent=1)
    headers = {"Content-Disposition": 'attachment; filename="report-proof.json"'}
    return Response(text, media_type="application/json", headers=headers)


def _require_whole_office(reader: Reader) -> None:
    if reader.sees_only is not None:
        raise NotAllowed("结账是全单位的。", mend="请由领导或管理员查看。", code="role.refused")
