"""`huiying report openness`: the figures of the yearly openness report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from core.clock import shanghai
from huiying.office import open_office
from huiying.output import command, console, print_json, print_table
from reports.openness import CLAUSE, GROUPS, Openness, openness, result_names
from reports.render.openness_xlsx import openness_xlsx


@command
def openness_command(
    year: Annotated[int, typer.Option("--year", help="哪一年，如 2026。")],
    out: Annotated[Path | None, typer.Option("--out", help="写成 Excel 文件。")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，含每个数字背后的每一件。")] = False,
) -> None:
    """政府信息公开年报的依申请公开数字：新收、结转、各类结果、复议和诉讼。"""
    with open_office() as office:
        with office.database.read() as connection:
            names = result_names(office.law.procedures)
            found = openness(connection, year, now=office.clock.now(), results=names)
        if out is not None:
            out.write_bytes(openness_xlsx(found, office.settings.office.name))
    if as_json:
        print_json(found.as_json() if out is None else {"file": str(out), **found.as_json()})
    elif out is not None:
        console.print(f"已写到 {out}。")
    else:
        _show(found)


def _show(found: Openness) -> None:
    table = Table("项目", "指标", "件数")
    for one in found.figures:
        table.add_row(GROUPS[one.group], one.label, f"{one.count:,}")
    print_table(table)
    coming, going = found.balance
    console.print(f"新收加结转 {coming:,} 件，办结加结转下年 {going:,} 件。")
    if found.left_out:
        console.print(f"另有 {found.left_out:,} 件已排除或并入他件，不计。")
    console.print(f"依据：{CLAUSE}。截至 {shanghai(found.as_of):%Y-%m-%d %H:%M}。")
