"""自证: the rows behind one figure, each with its events and the hash of its chain, and whether it fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi import Query as Parameter
from starlette.responses import Response

from api.pages.addresses import address
from api.pages.contexts import PageContext
from api.pages.figure_cells import definition_of, label_of
from api.pages.rendering import render
from api.pages.reports import PATH, asked_of, scope_of
from api.reporting import behind, query_of, report_of
from api.security.identity import SignedIn, Wired
from core.labels import label
from core.vocabulary import DeadlineStatus, Tag
from reports.closing.frozen_rows import pack
from reports.figures import DEFINITIONS_VERSION
from reports.response_times import ReportRow
from storage import events
from storage.database import Connection

router = APIRouter()

_PAGE = 20


@dataclass(frozen=True, slots=True)
class ProvenEvent:
    """One event of a case's chain."""

    seq: int
    name: str
    actor: str
    recorded_at: datetime
    hash: str


@dataclass(frozen=True, slots=True)
class ProvenRow:
    """One row behind the figure; `is_whole` says that the chain was walked and nothing in it was changed."""

    deadline: int
    case: int
    title: str
    status: DeadlineStatus
    events: Sequence[ProvenEvent]
    head: str
    is_whole: bool


@dataclass(frozen=True)
class ProvePage(PageContext):
    """What stands behind one figure.

    Attributes:
        rows_sha256: fingerprint of all the rows that were counted, also of those on other pages.
    """

    label: str
    definition: str
    definitions_version: str
    scope: str
    as_of: datetime
    count: int
    rows_sha256: str
    lines: Sequence[ProvenRow]
    first: int
    back_href: str
    rows_href: str
    file_href: str
    next_href: str | None


@router.get(f"{PATH}/prove")
def show(
    request: Request,
    services: Wired,
    person: SignedIn,
    figure: str = "received",
    group: str | None = None,
    page: Annotated[int, Parameter(ge=1, le=100_000)] = 1,
) -> Response:
    """Twenty rows at a time, in order of receipt."""
    asked = asked_of(request)
    is_row = behind(figure)
    group_given = {} if group is None else {"group": group}
    report = report_of(services, query_of(services, {**asked, **group_given}, person.sees_only))
    rows = [row for row in report.rows if is_row(row)]
    first = (page - 1) * _PAGE
    with services.database.read() as connection:
        lines = [_proven(connection, row) for row in rows[first : first + _PAGE]]
    here = {**asked, "figure": figure}
    context = ProvePage(
        label=label_of(figure),
        definition=definition_of(figure),
        definitions_version=DEFINITIONS_VERSION,
        scope=scope_of(services, report.query),
        as_of=report.query.as_of,
        count=len(rows),
        rows_sha256=pack(rows)[1],
        lines=lines,
        first=first + 1,
        back_href=address(PATH, asked),
        rows_href=address(f"{PATH}/rows", here, group=group),
        file_href=address(f"/api/v1{PATH}/proof.json", asked),
        next_href=address(f"{PATH}/prove", here, group=group, page=page + 1)
        if first + _PAGE < len(rows)
        else None,
    )
    return render(request, "prove.html", context)


def _proven(connection: Connection, row: ReportRow) -> ProvenRow:
    trail = events.of_stream(connection, row.case)
    return ProvenRow(
        deadline=row.deadline,
        case=row.case,
        title=row.title or "（无标题）",
        status=row.state,
        events=[
            ProvenEvent(one["seq"], label(Tag(one["tag"])), one["actor"], one["recorded_at"], one["hash"])
            for one in trail
        ],
        head=trail[-1]["hash"] if trail else "",
        is_whole=events.is_whole(connection, row.case),
    )
