"""The rows behind one figure of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi import Query as Parameter
from starlette.responses import Response

from api.pages.addresses import address
from api.pages.clock_lines import NO_SECTION
from api.pages.figure_cells import definition_of, label_of
from api.pages.rendering import render
from api.pages.report_charts import LONGEST
from api.pages.report_contexts import RowLine, RowsPage
from api.pages.reports import PATH, asked_of, scope_of
from api.reporting import behind, query_of, report_of
from api.security.identity import SignedIn, Wired
from core.vocabulary import Channel, Precision
from reports.response_times import ReportRow

router = APIRouter()

_PAGE = 100


@router.get(f"{PATH}/rows")
def show(
    request: Request,
    services: Wired,
    person: SignedIn,
    figure: str = "received",
    group: str | None = None,
    days: Annotated[int | None, Parameter(ge=0, le=LONGEST)] = None,
    page: Annotated[int, Parameter(ge=1, le=100_000)] = 1,
) -> Response:
    """A hundred rows at a time, in order of receipt."""
    asked = asked_of(request)
    is_row = behind(figure)
    group_given = {} if group is None else {"group": group}
    report = report_of(services, query_of(services, {**asked, **group_given}, person.sees_only))
    rows = [row for row in report.rows if is_row(row) and _took(row, days)]
    here = {**asked, "figure": figure} | ({} if days is None else {"days": str(days)})
    first = (page - 1) * _PAGE

    def turned(to: int) -> str:
        return address(f"{PATH}/rows", here, group=group, page=to)

    context = RowsPage(
        label=label_of(figure),
        definition=definition_of(figure),
        scope=scope_of(services, report.query),
        group=_group_label(group, [entry.label for entry in report.groups]),
        count=len(rows),
        lines=[_line(row, services.rule_labels) for row in rows[first : first + _PAGE]],
        first=first + 1,
        back_href=address(PATH, asked),
        prove_href=address(f"{PATH}/prove", {**asked, "figure": figure}, group=group)
        if days is None
        else None,
        previous_href=turned(page - 1) if page > 1 else None,
        next_href=turned(page + 1) if first + _PAGE < len(rows) else None,
    )
    return render(request, "rows.html", context)


def _took(row: ReportRow, days: int | None) -> bool:
    """Whether the answer took so many working days; the last number stands for longer ones, too."""
    if days is None:
        return True
    return row.working_days is not None and min(row.working_days, LONGEST) == days


def _group_label(group: str | None, labels: Sequence[str]) -> str | None:
    """The name of the one group that was asked for; None for the whole report."""
    if group is None:
        return None
    return labels[0] if labels else group or NO_SECTION


def _line(row: ReportRow, rule_labels: Mapping[str, str]) -> RowLine:
    return RowLine(
        deadline=row.deadline,
        rule=rule_labels.get(row.rule, row.rule),
        number=row.native_id or f"办件{row.case}",
        title=row.title or "（无标题）",
        channel=Channel(row.channel),
        section=row.section or NO_SECTION,
        received_at=row.received_at,
        due_at=row.due_at,
        met_at=row.met_at,
        is_date_only=row.clock.met_precision is Precision.DAY,
        holding_at=row.holding_at,
        status=row.state,
        working_days=row.working_days,
    )
