"""`huiying report close|periods|restate|proof|verify`: figures that stay and that prove themselves."""

from __future__ import annotations

import calendar
import json
import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from alerts.actors import program
from core.clock import parse_day, parse_instant, shanghai
from core.errors import InvalidInput
from core.labels import label
from core.vocabulary import DeadlineStatus
from huiying.cli.reporting import known_rule
from huiying.office import Office, open_office
from huiying.output import command, console, print_json, print_table
from reports.closing.periods import Standing, close_period, later_facts, period_json, restate, standing_report
from reports.closing.proof import proof, require_ours, signing_key, verified
from reports.closing.restating import Change, Facts
from reports.response_times import DEFAULT_RULE, Basis, Query
from storage import report_periods

# Stands without a name: its commands are those of `report`.
closing_app = typer.Typer()

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")

Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]
Rule = Annotated[str, typer.Option(help="规则名，或 all。")]
By = Annotated[Basis, typer.Option(help="按收到日还是到期日归入期间。")]
Number = Annotated[int, typer.Argument(min=1, help="结账编号。")]


@closing_app.command("close")
@command
def close_command(
    month: Annotated[str | None, typer.Option(help="哪个月，YYYY-MM。")] = None,
    since: Annotated[str | None, typer.Option("--from", help="开始日期；与 --to 一起代替 --month。")] = None,
    until: Annotated[str | None, typer.Option("--to", help="结束日期。")] = None,
    rule: Rule = DEFAULT_RULE,
    basis: By = Basis.RECEIVED,
    as_json: Json = False,
) -> None:
    """结账：把一个期间的数字定下来，以后的事实另作更正。"""
    first, last = _days(month, since, until)
    with open_office() as office:
        query = Query(first, last, office.clock.now(), known_rule(office, rule), basis)
        with office.database.write() as connection:
            report = close_period(connection, query, _standing(office), program("cli"), office.clock.now())
    if as_json:
        print_json(report.as_json())
    elif report.close is not None:
        console.print(
            f"已结账，编号 {report.close.period}：{first} 至 {last}，{report.total.received:,} 件。"
        )
        console.print(f"明细指纹 {report.close.rows_sha256}")


@closing_app.command("periods")
@command
def periods_command(as_json: Json = False) -> None:
    """列出已结账的期间和更正。"""
    with open_office() as office, office.database.read() as connection:
        rows = report_periods.listed(connection)
        shown = [period_json(connection, row) for row in rows]
    if as_json:
        print_json({"periods": shown})
        return
    if not rows:
        console.print("还没有结账。用 huiying report close --month 2026-10 结一个月。")
        return
    table = Table("编号", "期间", "规则", "结账", "经手", "件数", "更正")
    for row, told in zip(rows, shown, strict=True):
        table.add_row(
            str(row["id"]),
            f"{row['since']} 至 {row['until']}",
            row["rule_key"],
            f"{shanghai(row['closed_at']):%Y-%m-%d %H:%M}",
            row["closer"] or "命令行",
            f"{row['figures']['received']:,}",
            str(len(told["restatements"])),
        )
    print_table(table)


@closing_app.command("restate")
@command
def restate_command(
    period: Number,
    reason: Annotated[str | None, typer.Option(help="更正的理由；不写则只列出结账后的新事实。")] = None,
    as_json: Json = False,
) -> None:
    """更正：把结账之后才知道的事实连同理由记在旁边，结账的数字不动。"""
    with open_office() as office:
        standing, now = _standing(office), office.clock.now()
        with office.database.write() as connection:
            changes = later_facts(connection, period, standing, now)
            if reason is None:
                number = None
            else:
                number = restate(connection, period, standing, program("cli"), now, reason=reason)
    if as_json:
        print_json({"period": period, "number": number, "changes": [one.as_json() for one in changes]})
        return
    _show_changes(changes)
    if number is not None:
        console.print(f"已作第 {number} 次更正。")
    elif changes:
        console.print("加 --reason 理由 作更正。")


@closing_app.command("proof")
@command
def proof_command(
    out: Annotated[Path, typer.Option("--out", help="写到哪个文件(json)。")],
    since: Annotated[str, typer.Option("--from", help="开始日期，YYYY-MM-DD,含当日。")],
    until: Annotated[str, typer.Option("--to", help="结束日期，YYYY-MM-DD,含当日。")],
    rule: Rule = DEFAULT_RULE,
    basis: By = Basis.RECEIVED,
    as_of: Annotated[str | None, typer.Option(help="统计截至时刻；不填则为结账的或现在的。")] = None,
    as_json: Json = False,
) -> None:
    """签出一份能自证的报告：数字、口径、明细、留痕，改一个字都能查出。"""
    with open_office() as office:
        asked = parse_instant(as_of) if as_of else office.clock.now()
        query = Query(
            parse_day(since),
            parse_day(until),
            asked,
            known_rule(office, rule),
            basis,
            follows_close=as_of is None,
        )
        with office.database.read() as connection:
            report = standing_report(connection, query, _standing(office))
            key = signing_key(office.key.derive("sign"))
            signed = proof(connection, report, office.settings.office.name, key, office.clock.now())
    out.write_text(json.dumps(signed, ensure_ascii=False, indent=1) + "\n", "utf-8")
    if as_json:
        said = {name: signed[name] for name in ("rows_sha256", "public_key", "signature")}
        print_json({"file": str(out), "rows": len(signed["rows"]), **said})
    else:
        console.print(f"已写到 {out}，{len(signed['rows']):,} 件。公钥 {signed['public_key']}")


@closing_app.command("verify")
@command
def verify_command(
    file: Annotated[Path, typer.Argument(help="签出的报告(json)。")],
    here: Annotated[bool, typer.Option("--here", help="再与本机数据库的留痕核对。")] = False,
    as_json: Json = False,
) -> None:
    """核对一份签出的报告：签名、件数，以及(加 --here)留痕有没有被改动。"""
    signed = _read(file)
    said = verified(signed)
    if here:
        with open_office() as office, office.database.read() as connection:
            require_ours(connection, signed, signing_key(office.key.derive("sign")))
    if as_json:
        print_json({"ok": True, "office": said.office, "as_of": said.as_of, "rows": said.rows})
    else:
        console.print(f"签名相符：{said.office}，截至 {said.as_of}，{said.rows:,} 件。公钥 {said.public_key}")


def _days(month: str | None, since: str | None, until: str | None) -> tuple[date, date]:
    if since and until and not month:
        return parse_day(since), parse_day(until)
    found = _MONTH.fullmatch(month or "")
    if not found or since or until:
        raise InvalidInput("没有写明期间。", mend="请写 --month 2026-10，或 --from 和 --to。", field="month")
    year, number = int(found[1]), int(found[2])
    return date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1])


def _standing(office: Office) -> Standing:
    return Standing(office.calendar, {rule.key: rule.label for rule in office.rulebook.rules()})


def _show_changes(changes: list[Change]) -> None:
    if not changes:
        console.print("结账之后没有新的事实。")
        return
    table = Table("办件", "时限", "结账时", "现在所知", "标题")
    for one in changes:
        table.add_row(str(one.case), str(one.deadline), _words(one.before), _words(one.after), one.title)
    print_table(table)


def _words(facts: Facts | None) -> str:
    return "没有计入" if facts is None else label(DeadlineStatus(facts.state))


def _read(file: Path) -> dict[str, Any]:
    try:
        read: dict[str, Any] = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidInput(
            f"打不开 {file}，或它不是 JSON 文件。", mend="请检查文件。", field="file"
        ) from error
    return read
