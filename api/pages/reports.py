"""时效报告: the figures, and the rows each of them was counted from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.pages.addresses import address
from api.pages.contexts import Option
from api.pages.figure_cells import COLUMN_NAMES, DETAIL, HEADLINE, cells
from api.pages.rendering import render
from api.pages.report_charts import distribution, trend
from api.pages.report_contexts import FigureRow, ReportForm, ReportPage, View
from api.pages.wording import instant
from api.periods import instant_of
from api.reporting import query_of, report_of
from api.security.identity import SignedIn, Wired
from api.services import Services
from core.clock import local_day
from core.errors import InvalidInput
from reports.response_times import ALL_RULES, DEFAULT_RULE, Basis, Group, GroupBy, Query, Report

router = APIRouter()

PATH = "/reports/response-times"
BASES = {Basis.RECEIVED.value: "按收到日", Basis.DUE.value: "按到期日"}
_BASIS_SAYS = {
    Basis.RECEIVED.value: "这段时间收到的，后来怎样",
    Basis.DUE.value: "这段时间到期的，到时怎样",
}
GROUPINGS = {
    "": "不分组",
    GroupBy.SECTION.value: "按科室",
    GroupBy.CHANNEL.value: "按渠道",
    GroupBy.RULE.value: "按规则",
    GroupBy.MONTH.value: "按月",
}
ASKED = ("from", "to", "rule", "basis", "by", "as_of")


@router.get(PATH)
def show(request: Request, services: Wired, person: SignedIn) -> Response:
    """The report the address asks for; this month's by section when it asks for nothing."""
    asked = asked_of(request)
    today = local_day(services.clock.now())
    if not asked.get("from") and not asked.get("to"):
        asked |= {"from": today.replace(day=1).isoformat(), "to": today.isoformat()}
        asked.setdefault("by", GroupBy.SECTION.value)
    form = _form(services, asked, today)
    try:
        query = query_of(services, asked, person.sees_only)
    except InvalidInput as error:
        wrong = _form(services, asked, today, error)
        return render(request, "report.html", ReportPage(wrong, person.sees_only), status=422)
    page = _page(services, form, asked, report_of(services, query), person.sees_only)
    return render(request, "report.html", page)


def asked_of(request: Request) -> dict[str, str]:
    """The fields of the form that stand in the address, as typed; empty ones are left out but for `by`."""
    given = {name: request.query_params[name] for name in ASKED if name in request.query_params}
    return {name: text for name, text in given.items() if text or name == "by"}


def scope_of(services: Services, query: Query) -> str:
    """What was counted, in words."""
    rule = "全部规则" if query.rule == ALL_RULES else services.rule_labels[query.rule]
    return f"{query.since} 至 {query.until}，{BASES[query.basis.value]}，{rule}"


def _page(
    services: Services, form: ReportForm, asked: Mapping[str, str], report: Report, sees_only: str | None
) -> ReportPage:
    # The rows are those of the same instant, also when somebody answers before the link is followed.
    # Those of a closed period stay by themselves, and only a question without an instant gets them.
    fixed = dict(asked) if report.close else {**asked, "as_of": report.query.as_of.isoformat()}

    def link(figure: str, group: str | None = None) -> str:
        return address(f"{PATH}/rows", fixed, figure=figure, group=group)

    def rows(**more: object) -> str:
        return address(f"{PATH}/rows", fixed, **more)

    def row(group: Group) -> FigureRow:
        return FigureRow(
            group.label, cells(group.figures, COLUMN_NAMES, lambda figure: link(figure, group.key))
        )

    total = report.total
    judged = total.on_time + total.late + total.overdue
    return ReportPage(
        form=form,
        confined_to=sees_only,
        scope=scope_of(services, report.query),
        as_of=report.query.as_of,
        imported_at=report.imported_at,
        headline=cells(total, HEADLINE, link),
        figures=cells(total, DETAIL, link),
        group_head=GROUPINGS[report.query.by.value].removeprefix("按") if report.query.by else "",
        columns=cells(None, COLUMN_NAMES),
        groups=[row(group) for group in report.groups]
        + [FigureRow("合计", cells(total, COLUMN_NAMES, link))],
        rate_rest=f"按时 {total.on_time:,} ÷（按时+逾期答复+超期未答）{judged:,}",
        unanswered=total.unanswered,
        provisional=report.provisional,
        close=report.close,
        received=total.received,
        xlsx_href=address(f"/api/v1{PATH}/export.xlsx", fixed),
        docx_href=address(f"/api/v1{PATH}/export.docx", fixed),
        prove_href=address(f"{PATH}/prove", fixed, figure="on_time_rate"),
        charts=[one for one in (distribution(report, rows), trend(report, rows)) if one is not None],
        views=[
            View(
                words, _BASIS_SAYS[name], address(PATH, {**asked, "basis": name}), name == report.query.basis
            )
            for name, words in BASES.items()
        ],
        proof_href=address(f"/api/v1{PATH}/proof.json", fixed),
    )


def _form(
    services: Services, asked: Mapping[str, str], today: date, error: InvalidInput | None = None
) -> ReportForm:
    return ReportForm(
        since=asked.get("from", ""),
        until=asked.get("to", ""),
        as_of=_local(asked.get("as_of", "")),
        rules=_options({ALL_RULES: "全部规则", **services.rule_labels}, asked.get("rule") or DEFAULT_RULE),
        bases=_options(BASES, asked.get("basis") or Basis.RECEIVED.value),
        groupings=_options(GROUPINGS, asked.get("by", "")),
        periods=_periods(asked, today),
        error=f"{error.message}{error.mend}" if error else None,
        error_field=error.field if error else None,
    )


def _options(known: Mapping[str, str], chosen: str) -> list[Option]:
    return [Option(key, name, key == chosen) for key, name in known.items()]


def _local(text: str) -> str:
    """An instant with a zone as the browser's own field wants it; anything else as it was typed."""
    try:
        return instant(instant_of(text, "as_of")).replace(" ", "T") if text else ""
    except InvalidInput:
        return text


def _periods(asked: Mapping[str, str], today: date) -> list[tuple[str, str]]:
    """Links to the periods an office speaks of."""
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    quarter = date(today.year, today.month - (today.month - 1) % 3, 1)
    known = [
        ("本月", month, today),
        ("上月", before.replace(day=1), before),
        ("本季度", quarter, today),
        ("今年", date(today.year, 1, 1), today),
        ("去年", date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
    ]
    kept = {name: text for name, text in asked.items() if name != "as_of"}
    return [(name, address(PATH, kept, **{"from": since, "to": until})) for name, since, until in known]
