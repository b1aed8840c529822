"""时效报告 as a paper: the figures of `reports.figures` in words and tables, each with the rows behind it."""

from __future__ import annotations

from core.labels import label
from core.vocabulary import Channel, DeadlineStatus, PaperKind
from reports.figures import Figures
from reports.papers.lists import due_text, instant_text
from reports.papers.paper import Appendix, Block, Grid, Heading, Paper, Paragraph, Part
from reports.papers.scope import Desk, Period
from reports.response_times import NO_SECTION, Basis, GroupBy, Report, ReportRow, group_of

_GROUPS = {
    GroupBy.SECTION: "科室",
    GroupBy.CHANNEL: "渠道",
    GroupBy.RULE: "规则",
    GroupBy.MONTH: "月份",
}
_STATES = (
    DeadlineStatus.ON_TIME,
    DeadlineStatus.LATE,
    DeadlineStatus.OVERDUE,
    DeadlineStatus.OPEN,
    DeadlineStatus.TIME_UNKNOWN,
    DeadlineStatus.CANCELLED,
)
_BASIS = {Basis.RECEIVED: "收到日", Basis.DUE: "到期日"}
_GROUP, _STATE = "分组", "状态"


def response_times_paper(report: Report, desk: Desk) -> Paper:
    """The report as a paper; sections stand by name, not by rate: it is no league table."""
    query = report.query
    period = Period(query.since, query.until)
    rows = _rows(report)
    rule = desk.rules.get(query.rule, "全部规则")
    scope = f"{period.text}（按{_BASIS[query.basis]}），{rule}。"
    blocks: list[Block] = [
        Heading("总体情况"),
        Paragraph((scope, "共", rows.count(), "件：", *_counts(rows))),
        Paragraph((_rate(report.total), *_still_owed(report, rows))),
        Paragraph((_lengths(report.total),)),
    ]
    if report.close is not None:
        blocks.append(
            Paragraph((f"本期已结账，编号{report.close.period}，明细指纹{report.close.rows_sha256}。",))
        )
    if query.by is not None:
        blocks += [Heading(f"按{_GROUPS[query.by]}"), _groups(report, rows)]
    return Paper(
        kind=PaperKind.RESPONSE_TIMES,
        title=f"办理时效报告（{period.text}）",
        issuer=desk.issuer,
        period=period.text,
        as_of=query.as_of,
        blocks=tuple(blocks),
        appendices=(rows,),
    )


def _rows(report: Report) -> Appendix:
    labels = {group.key: group.label for group in report.groups}
    head = ("办件", "来源编号", _GROUP, "渠道", "科室", "收到", "截止", "答复", _STATE, "工作日", "标题")
    lines = tuple(_line(row, labels.get(group_of(row, report.query), "")) for row in report.rows)
    return Appendix("rows", "明细", head, lines)


def _line(row: ReportRow, group: str) -> tuple[str, ...]:
    return (
        str(row.case),
        row.native_id or "—",
        group,
        label(Channel(row.channel)),
        row.section or NO_SECTION,
        instant_text(row.received_at),
        due_text(row.due_at),
        instant_text(row.met_at),
        label(row.state),
        "—" if row.working_days is None else str(row.working_days),
        row.title,
    )


def _counts(rows: Appendix) -> tuple[Part, ...]:
    parts: list[Part] = []
    for state in _STATES:
        parts += [label(state), rows.count((_STATE, label(state))), "，"]
    parts[-1] = "。"
    return tuple(parts)


def _rate(total: Figures) -> str:
    if total.on_time_rate is None:
        return "没有到期或已答复的，按时率不计。"
    return f"按时率{total.on_time_rate:.1%}，即按时÷（按时+逾期答复+超期未答）。"


def _still_owed(report: Report, rows: Appendix) -> tuple[Part, ...]:
    provisional = f"其中{report.provisional}件截止日为暂定。" if report.provisional else ""
    overdue, still_open = (
        rows.count((_STATE, label(state))) for state in (DeadlineStatus.OVERDUE, DeadlineStatus.OPEN)
    )
    return "尚未答复的，超期", overdue, "件，未到期", still_open, f"件。{provisional}"


def _lengths(total: Figures) -> str:
    if total.median_working_days is None:
        return "还没有知道时间的答复，用时不计。"
    return (
        f"已答复的用时，中位{total.median_working_days:g}个工作日，九成不超过{total.p90_working_days:g}个工作日；"
        "只算已答复的，要与尚未答复的件数一起看。"
    )


def _groups(report: Report, rows: Appendix) -> Grid:
    lines: list[tuple[Part, ...]] = []
    for group in report.groups:
        here = (_GROUP, group.label)
        counts = [rows.count(here, (_STATE, label(state))) for state in _STATES[:4]]
        lines.append((group.label, rows.count(here), *counts, *_measures(group.figures)))
    counts = [rows.count((_STATE, label(state))) for state in _STATES[:4]]
    lines.append(("合计", rows.count(), *counts, *_measures(report.total)))
    head = (
        *("", "收到"),
        *(label(state) for state in _STATES[:4]),
        "按时率",
        "中位（工作日）",
        "九成（工作日）",
    )
    return Grid("各组数字（用时单位为工作日）", head, tuple(lines))


def _measures(figures: Figures) -> tuple[str, str, str]:
    rate = "—" if figures.on_time_rate is None else f"{figures.on_time_rate:.1%}"
    days = (figures.median_working_days, figures.p90_working_days)
    median, nine = ("—" if one is None else f"{one:g}" for one in days)
    return rate, median, nine
