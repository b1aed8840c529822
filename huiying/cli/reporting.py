"""`huiying report`: papers counted from history."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from core.clock import local_day, parse_day, parse_instant, shanghai
from core.errors import InvalidInput
from core.labels import label
from huiying.office import Office, open_office
from huiying.output import command, console, print_json, print_table
from reports.closing.periods import Standing, standing_report
from reports.figures import Figures
from reports.papers.response_times import response_times_paper
from reports.papers.scope import Desk
from reports.render.paper_docx import paper_docx
from reports.render.response_times_xlsx import response_times_xlsx
from reports.response_times import (
    ALL_RULES,
    DEFAULT_RULE,
    Basis,
    GroupBy,
    Query,
    Report,
)

report_app = typer.Typer(help="报表。", no_args_is_help=True)


class Format(StrEnum):
    """How a report is given out."""

    TABLE = "table"
    JSON = "json"
    XLSX = "xlsx"
    DOCX = "docx"


_FILES: dict[Format, Callable[[Report, Desk], bytes]] = {
    Format.XLSX: lambda report, desk: response_times_xlsx(report, desk.issuer),
    Format.DOCX: lambda report, desk: paper_docx(response_times_paper(report, desk)),
}


@report_app.command("response-times")
@command
def response_times_command(
    since: Annotated[str, typer.Option("--from", help="开始日期，YYYY-MM-DD,含当日。")],
    until: Annotated[str, typer.Option("--to", help="结束日期，YYYY-MM-DD,含当日。")],
    rule: Annotated[str, typer.Option(help="规则名，或 all。")] = DEFAULT_RULE,
    basis: Annotated[Basis, typer.Option(help="按收到日还是到期日归入期间。")] = Basis.RECEIVED,
    by: Annotated[GroupBy | None, typer.Option(help="分组。")] = None,
    as_of: Annotated[str | None, typer.Option(help="统计截至时刻；不填则为现在。")] = None,
    rows: Annotated[bool, typer.Option("--rows", help="列出每个数字背后的每一件。")] = False,
    form: Annotated[Format, typer.Option("--format", help="输出形式。")] = Format.TABLE,
    out: Annotated[Path | None, typer.Option("--out", help="写到哪个文件。")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """时效报告：收到多少、按时多少、还欠多少，每个数字都可打开。"""
    with open_office() as office:
        query = Query(
            since=parse_day(since),
            until=parse_day(until),
            rule=known_rule(office, rule),
            basis=basis,
            by=by,
            as_of=parse_instant(as_of) if as_of else office.clock.now(),
            follows_close=as_of is None,
        )
        report = count(office, query)
        if form in _FILES:
            return _write(out, _FILES[form](report, desk_of(office)), as_json, len(report.rows))
    if as_json or form is Format.JSON:
        print_json(report.rows_as_json() if rows else report.as_json())
    elif rows:
        _show_rows(report)
    else:
        _show(report)
    return None


def desk_of(office: Office) -> Desk:
    """The office as a paper sees it, now."""
    labels = {one.key: one.label for one in office.rulebook.rules()}
    return Desk(office.settings.office.name, office.clock.now(), office.calendar, labels)


def known_rule(office: Office, rule: str) -> str:
    """The rule's key, or `all`.

    Raises:
        NotFound: no such rule; the error says which names are near.
    """
    if rule != ALL_RULES and rule not in {one.key for one in office.rulebook.rules()}:
        office.rulebook.rule(rule, local_day(office.clock.now()))
    return rule


def count(office: Office, query: Query) -> Report:
    """The report over one snapshot of the office's database."""
    labels = {one.key: one.label for one in office.rulebook.rules()}
    with office.database.read() as connection:
        return standing_report(connection, query, Standing(office.calendar, labels))


def _write(out: Path | None, content: bytes, as_json: bool, count_of_rows: int) -> None:
    if out is None:
        raise InvalidInput("没有写明输出文件。", mend="请加 --out 文件名。", field="out")
    out.write_bytes(content)
    if as_json:
        print_json({"file": str(out), "rows": count_of_rows})
    else:
        console.print(f"已写到 {out}。")


def _show(report: Report) -> None:
    q = report.query
    words = {Basis.RECEIVED: "收到", Basis.DUE: "到期"}
    console.print(
        f"时效报告 {q.since} 至 {q.until}（按{words[q.basis]}日），规则 {q.rule},"
        f"截至 {shanghai(q.as_of):%Y-%m-%d %H:%M:%S}"
    )
    table = Table(
        "", "收到", "按时", "逾期答复", "超期未答", "未到期", "时间不明", "仅告知", "按时率", "中位", "九成"
    )
    for group in report.groups:
        table.add_row(group.label, *_cells(group.figures))
    table.add_section()
    table.add_row("合计", *_cells(report.total))
    print_table(table)
    t = report.total
    judged = t.on_time + t.late + t.overdue
    console.print(f"按时率 = 按时 {t.on_time:,} ÷（按时+逾期答复+超期未答 {judged:,}）。")
    console.print(f"中位、九成为答复所用工作日，只算已答复的；另有 {t.unanswered:,} 件尚未答复。")
    if report.close:
        console.print(
            f"已于 {shanghai(report.close.closed_at):%Y-%m-%d %H:%M} 结账(编号 {report.close.period}),"
            f"数字不再变动；结账后更正 {report.close.restatements} 次。"
        )
    if report.provisional:
        console.print(f"其中 {report.provisional} 件的截止日依据尚未公布的日历，为暂定。")


def _cells(f: Figures) -> list[str]:
    rate = "—" if f.on_time_rate is None else f"{f.on_time_rate:.1%}"
    counts = (f.received, f.on_time, f.late, f.overdue, f.open, f.time_unknown, f.holding_only)
    days = (f.median_working_days, f.p90_working_days)
    return [*(f"{n:,}" for n in counts), rate, *("—" if d is None else f"{d:g} 天" for d in days)]


def _show_rows(report: Report) -> None:
    table = Table("办件", "来源编号", "收到", "截止", "答复", "状态", "工作日", "标题")
    for row in report.rows:
        met = shanghai(row.met_at).strftime("%Y-%m-%d %H:%M") if row.met_at else "—"
        table.add_row(
            str(row.case),
            row.native_id or "",
            f"{shanghai(row.received_at):%Y-%m-%d %H:%M}",
            f"{shanghai(row.due_at):%Y-%m-%d %H:%M}",
            met,
            label(row.state),
            "—" if row.working_days is None else str(row.working_days),
            row.title,
        )
    print_table(table)
    console.print(f"共 {len(report.rows):,} 件。")
