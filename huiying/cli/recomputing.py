"""`huiying recompute`: bring running clocks to a newly published calendar, or to a new version of a rule."""

from __future__ import annotations

import getpass
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from alerts.notices import due_text
from alerts.recomputing import Change, Order, recompute
from core.clock import iso, shanghai
from core.errors import InvalidInput
from huiying.office import open_office
from huiying.output import command, console, print_json, print_table, stderr

_SHOWN = 50


@command
def recompute_command(
    rule: Annotated[
        str | None, typer.Option("--rule", metavar="RULE", help="只把这条规则迁移到另一个版本。")
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="DAY", help="迁移到哪个版本（施行日期）。")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="迁移的理由，记入留痕。")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只列出会变的，不写入。")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """工作日历公布或更正后，重算受影响的期限；加 --rule 和 --to 时把在办的期限迁移到规则的新版本。"""
    if (rule is None) != (to is None):
        raise InvalidInput("--rule 和 --to 要一起给出。", mend="请补上另一个。", field="rule")
    order = Order(rule, to, reason) if rule is not None and to is not None else None
    with open_office() as office, _progress() as bar:
        task = bar.add_task("重算", total=None)
        changes = recompute(
            office.database,
            office.law,
            actor=getpass.getuser(),
            now=office.clock.now(),
            order=order,
            dry_run=dry_run,
            progress=lambda done, every: bar.update(task, completed=done, total=every),
        )
    if as_json:
        print_json(_object(changes, dry_run=dry_run))
    else:
        _print(changes, dry_run=dry_run)


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=stderr, transient=True, disable=not stderr.is_terminal)


def _object(changes: list[Change], *, dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "changed": len(changes),
        "breaches_withdrawn": sum(one.breach_withdrawn for one in changes),
        "deadlines": [
            {
                "case": one.case_id,
                "deadline": one.deadline_id,
                "rule": one.rule_key,
                "was": iso(one.was),
                "due_at": iso(one.due_at),
                "calendar_was": one.calendar_was or None,
                "calendar": one.calendar or None,
                "breach_withdrawn": one.breach_withdrawn,
            }
            for one in changes
        ],
    }


def _print(changes: list[Change], *, dry_run: bool) -> None:
    if not changes:
        console.print("没有需要重算的期限。")
        return
    table = Table("办件", "规则", "原截止", "新截止", "日历", "")
    for one in changes[:_SHOWN]:
        told = "撤销超期认定" if one.breach_withdrawn else ""
        days = (f"{shanghai(at):%Y}年{due_text(at)}" for at in (one.was, one.due_at))
        table.add_row(str(one.case_id), one.rule_key, *days, one.calendar, told)
    print_table(table)
    if len(changes) > _SHOWN:
        console.print(f"……共{len(changes):,}条，其余用 --json 查看。")
    withdrawn = sum(one.breach_withdrawn for one in changes)
    done = "将重算" if dry_run else "已重算"
    console.print(f"{done}{len(changes):,}个期限，其中{withdrawn:,}个撤销超期认定。")
