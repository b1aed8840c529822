"""`huiying report daily|weekly|review|flash|special|order|supervision`: papers as Word files."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from alerts.actors import program
from core.clock import local_day, parse_day
from core.errors import InvalidInput
from core.vocabulary import PaperKind
from huiying.cli.reporting import desk_of
from huiying.office import Office, open_office
from huiying.output import command, console, print_json
from reports.papers.filing import draft
from reports.papers.making import make
from reports.papers.paper import Paper
from reports.papers.scope import Period
from reports.papers.stored import to_json
from reports.render.appendices_xlsx import appendices_xlsx
from reports.render.paper_docx import paper_docx

# Stands without a name: its commands are those of `report`.
papers_app = typer.Typer()

_DAYS_OF_A_WEEK = 7


class PaperFormat(StrEnum):
    """How a paper is given out."""

    DOCX = "docx"
    JSON = "json"


Out = Annotated[Path | None, typer.Option("--out", help="Word 文件写到哪里。")]
Lists = Annotated[Path | None, typer.Option("--lists", help="附表工作簿(xlsx)写到哪里：全部明细，一行不少。")]
Keep = Annotated[bool, typer.Option("--keep", help="同时存为草稿，可在“公文”页修改、签发。")]
Form = Annotated[PaperFormat, typer.Option("--format", help="输出形式。")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]
CaseNumber = Annotated[int, typer.Argument(min=1, help="办件编号。")]
Since = Annotated[str | None, typer.Option("--from", help="开始日期，YYYY-MM-DD,含当日。")]
Until = Annotated[str | None, typer.Option("--to", help="结束日期，YYYY-MM-DD,含当日。")]


@papers_app.command("daily")
@command
def daily_command(
    since: Since = None,
    until: Until = None,
    out: Out = None,
    lists: Lists = None,
    keep: Keep = False,
    form: Form = PaperFormat.DOCX,
    as_json: Json = False,
) -> None:
    """舆情日报；不写日期则为昨天。"""
    _of_period(PaperKind.DAILY_BRIEFING, 1, since, until, _Given(out, lists, keep, form, as_json))


@papers_app.command("weekly")
@command
def weekly_command(
    since: Since = None,
    until: Until = None,
    out: Out = None,
    lists: Lists = None,
    keep: Keep = False,
    form: Form = PaperFormat.DOCX,
    as_json: Json = False,
) -> None:
    """舆情周报；不写日期则为到昨天为止的七天。"""
    _of_period(
        PaperKind.WEEKLY_BRIEFING, _DAYS_OF_A_WEEK, since, until, _Given(out, lists, keep, form, as_json)
    )


@papers_app.command("review")
@command
def review_command(
    since: Annotated[str, typer.Option("--from", help="开始日期，YYYY-MM-DD,含当日。")],
    until: Annotated[str, typer.Option("--to", help="结束日期，YYYY-MM-DD,含当日。")],
    out: Out = None,
    lists: Lists = None,
    keep: Keep = False,
    form: Form = PaperFormat.DOCX,
    as_json: Json = False,
) -> None:
    """留言办理梳理分析。"""
    _of_period(PaperKind.MESSAGE_REVIEW, 1, since, until, _Given(out, lists, keep, form, as_json))


@papers_app.command("flash")
@command
def flash_command(
    case: CaseNumber,
    out: Out = None,
    lists: Lists = None,
    keep: Keep = False,
    form: Form = PaperFormat.DOCX,
    as_json: Json = False,
) -> None:
    """舆情快报：一个事件，一页纸。"""
    _of_case(PaperKind.FLASH_REPORT, case, _Given(out, lists, keep, form, as_json))


@papers_app.command("special")
@command
def special_command(
    case: CaseNumber,
    out: Out = None,
    lists: Lists = None,
    keep: Keep = False,
    form: Form = PaperFormat.DOCX,
    as_json: Json = False,
) -> None:
    """舆情专报：一个事件的来龙去脉、传播和处置。"""
    _of_case(PaperKind.SPECIAL_REPORT, case, _Given(out, lists, keep, form, as_json))


@papers_app.command("order")
@command
def order_command(
    case: CaseNumber,
    out: Out = None,
    keep: Keep = False,
    form: Form = PaperFormat.DOCX,
    as_json: Json = False,
) -> None:
    """交办单：把一件办件交给科室。"""
    _of_case(PaperKind.ASSIGNMENT_ORDER, case, _Given(out, None, keep, form, as_json))


@papers_app.command("supervision")
@command
def supervision_command(
    case: CaseNumber,
    out: Out = None,
    keep: Keep = False,
    form: Form = PaperFormat.DOCX,
    as_json: Json = False,
) -> None:
    """督办单：催办一件还没有答复的办件。"""
    _of_case(PaperKind.SUPERVISION_PAPER, case, _Given(out, None, keep, form, as_json))


class _Given:
    """The options every paper has."""

    def __init__(
        self, out: Path | None, lists: Path | None, keep: bool, form: PaperFormat, as_json: bool
    ) -> None:
        self.out, self.lists, self.keep = out, lists, keep
        self.is_object = form is PaperFormat.JSON
        self.as_json = as_json or self.is_object


def _of_period(kind: PaperKind, days: int, since: str | None, until: str | None, given: _Given) -> None:
    with open_office() as office:
        end = parse_day(until) if until else _yesterday(office)
        begin = parse_day(since) if since else end - timedelta(days=days - 1)
        _give(office, kind, given, period=Period(begin, end))


def _of_case(kind: PaperKind, case: int, given: _Given) -> None:
    with open_office() as office:
        _give(office, kind, given, case_id=case)


def _give(
    office: Office,
    kind: PaperKind,
    given: _Given,
    *,
    period: Period | None = None,
    case_id: int | None = None,
) -> None:
    if given.out is None and not given.is_object and not given.keep:
        raise InvalidInput(
            "没有写明输出文件。", mend="请加 --out 文件名.docx，或用 --keep 存为草稿。", field="out"
        )
    with office.database.read() as connection:
        paper = make(connection, kind, desk_of(office), period=period, case_id=case_id)
    kept = _keep(office, paper, case_id) if given.keep else None
    if given.out is not None:
        given.out.write_bytes(paper_docx(paper))
    if given.lists is not None:
        given.lists.write_bytes(appendices_xlsx(paper))
    _tell(paper, given, kept)


def _keep(office: Office, paper: Paper, case_id: int | None) -> int:
    with office.database.write() as connection:
        return draft(connection, paper, program("cli"), office.clock.now(), case_id=case_id)


def _tell(paper: Paper, given: _Given, kept: int | None) -> None:
    if given.is_object:
        print_json({"paper": kept, **to_json(paper)})
    elif given.as_json:
        files = {
            "file": str(given.out) if given.out else None,
            "lists": str(given.lists) if given.lists else None,
        }
        print_json({"paper": kept, "title": paper.title, **files})
    else:
        written = [f"已写到 {path}。" for path in (given.out, given.lists) if path is not None]
        if kept is not None:
            written.append(f"已存为草稿，编号 {kept}，可在“公文”页修改、签发。")
        console.print("".join(written))


def _yesterday(office: Office) -> date:
    return local_day(office.clock.now()) - timedelta(days=1)
