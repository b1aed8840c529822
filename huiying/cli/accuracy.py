"""`huiying accuracy`: how often the machine was right where people looked, month by month."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from huiying.office import open_office
from huiying.output import command, console, print_json, print_table
from reports.checked import accuracy_of_machine
from reports.machine_accuracy import FIELDS


@command
def accuracy_command(as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False) -> None:
    """按月列出研判与工作人员更正、确认相符的比例；人多看有疑问的，故为偏低的估计。"""
    with open_office() as office, office.database.read() as connection:
        rows = accuracy_of_machine(connection)
    if as_json:
        print_json({"accuracy": [asdict(one) for one in rows]})
        return
    if not rows:
        console.print("还没有人更正或确认过研判。在办件页“更正研判”中更正，或按“确认无误”。")
        return
    table = Table("月份", "项目", "看过", "机器未答", "相符", "准确率")
    for one in rows:
        share = "--" if one.accuracy is None else f"{one.accuracy:.1%}"
        table.add_row(
            one.month, FIELDS[one.field][0], str(one.checked), str(one.unanswered), str(one.right), share
        )
    print_table(table)
