"""`huiying tasks`: what plans, decisions and activities of the office owe; whole plans from an xlsx."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from alerts.actors import Actor
from alerts.steps import Act
from alerts.task_plans import enter_plan
from alerts.tasks import NewTask, open_task
from core.clock import day_end, iso, parse_day
from core.errors import InvalidInput
from core.labels import label
from core.vocabulary import CaseState, Role
from crawlers.imports.task_plans import PlannedTask, RefusedTask, read_task_plan
from huiying.office import Office, open_office
from huiying.output import command, console, print_json, print_table, stderr
from reports.rectified import problem_of
from storage import people, plan_rejects, sections, tasks
from storage.database import Connection, Row

Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]
By = Annotated[str, typer.Option("--by", metavar="登录名", help="由谁办理（新闻宣传或领导）。")]

_REJECT = ("sheet", "row", "column", "reason", "cells")

tasks_app = typer.Typer(help="任务：年度计划、决策征求意见、开放活动、整改。", no_args_is_help=True)


@tasks_app.command("import")
@command
def import_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="任务分解表，xlsx。")],
    title: Annotated[str, typer.Option("--title", help="计划的名称。")],
    printed: Annotated[str, typer.Option("--printed", help="印发日期，如 2026-02-20。")],
    by: By,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看结果，什么也不写入。")] = False,
    as_json: Json = False,
) -> None:
    """把任务分解表导入成任务；读不了的行连同原因留着，再次导入只添新的。"""
    printed_on = parse_day(printed)
    with open_office() as office:
        rows, refused = _read(office, file, printed_on)
        if dry_run:
            told = _told(None, {row.number: 0 for row in rows}, [], refused)
        else:
            told = _enter(office, by, title, printed_on, rows, refused)
    if as_json:
        print_json({**told, "dry_run": dry_run})
        return
    verb = "可以立项" if dry_run else "已立项"
    console.print(
        f"{verb}{len(told['opened'])}项，已经在办{len(told['standing'])}项，不能立项{len(told['rejected'])}行。"
    )
    for one in told["rejected"]:
        stderr.print(f"第{one['row']}行 {one['column']}：{one['reason']}", style="yellow", markup=False)


@tasks_app.command("add")
@command
def add_command(
    procedure: Annotated[str, typer.Argument(metavar="种类", help="见 rules/procedures，如 open_day。")],
    title: Annotated[str, typer.Option("--title", help="任务。")],
    section: Annotated[str, typer.Option("--section", help="承办科室。")],
    by: By,
    due: Annotated[str | None, typer.Option("--due", help="完成时限，日期。")] = None,
    planned: Annotated[str | None, typer.Option("--planned", help="活动或印发的日期。")] = None,
    problem: Annotated[
        str | None, typer.Option("--problem", help="整改针对的集中问题，如 item:停车证办理。")
    ] = None,
    as_json: Json = False,
) -> None:
    """新建一项任务。"""
    if problem:
        problem_of(problem)
    new = NewTask(
        procedure,
        title,
        section,
        planned_on=parse_day(planned) if planned else None,
        due_at=day_end(parse_day(due)) if due else None,
        problem=problem,
    )
    with open_office() as office, office.database.write() as connection:
        act = Act(_person(connection, by), office.clock.now())
        opened = open_task(connection, act, office.law, new)
    if as_json:
        print_json({"case": opened.case_id, **opened.facts})
    else:
        console.print(f"已新建任务 {opened.case_id}：{title}", markup=False)


@tasks_app.command("list")
@command
def list_command(
    procedure: Annotated[str, typer.Option("--kind", help="只要这一种。")] = "", as_json: Json = False
) -> None:
    """列出任务，先到期的在前。"""
    with open_office() as office, office.database.read() as connection:
        rows = tasks.listed(connection, procedure=procedure, limit=2000)
        plans = [
            {
                "plan": row["title"],
                "total": row["total"],
                "rejected": len(plan_rejects.of_plan(connection, row["id"])),
            }
            for row in tasks.plans(connection)
        ]
    if as_json:
        shared = ("procedure", "title", "section", "state", "plan", "number", "problem")
        items = [
            {"case": row["case_id"], "due_at": iso(row["due_at"]), **{name: row[name] for name in shared}}
            for row in rows
        ]
        print_json({"tasks": items, "plans": plans})
        return
    if not rows:
        console.print("还没有任务。用 huiying tasks add 或 huiying tasks import 新建。")
        return
    table = Table("办件", "时限", "任务", "科室", "状态")
    for row in rows:
        due = (iso(row["due_at"]) or "—")[:16]
        state = label(CaseState(row["state"]))
        table.add_row(str(row["case_id"]), due, row["title"], row["section"], state)
    print_table(table)


def _read(office: Office, file: Path, printed_on: date) -> tuple[list[PlannedTask], list[RefusedTask]]:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InvalidInput(f"打不开文件 {file}。", mend="请检查路径和权限。", field="file") from error
    with office.database.read() as connection:
        names = sections.names(connection)
    found = read_task_plan(io.BytesIO(content), file.name, printed_on.year, names)
    rows = [one for one in found if isinstance(one, PlannedTask)]
    return rows, [one for one in found if isinstance(one, RefusedTask)]


def _enter(
    office: Office,
    by: str,
    title: str,
    printed_on: date,
    rows: list[PlannedTask],
    refused: list[RefusedTask],
) -> dict[str, Any]:
    with office.database.write() as connection:
        act = Act(_person(connection, by), office.clock.now())
        entered = enter_plan(
            connection, act, office.law, title=title, printed_on=printed_on, rows=rows, refused=refused
        )
        kept = plan_rejects.of_plan(connection, entered.plan_id)
    return _told(entered.plan_id, entered.opened, entered.standing, kept)


def _told(
    plan_id: int | None,
    opened: dict[str, int],
    standing: list[str],
    kept: Sequence[RefusedTask] | Sequence[Row],
) -> dict[str, Any]:
    rows = [asdict(one) if isinstance(one, RefusedTask) else one for one in kept]
    rejected = [{name: row[name] for name in _REJECT} for row in rows]
    return {"plan": plan_id, "opened": opened, "standing": standing, "rejected": rejected}


def _person(connection: Connection, login: str) -> Actor:
    row = people.find(connection, login)
    if row is None or row["disabled_at"] is not None:
        raise InvalidInput(
            f"没有登录名为“{login}”的在用账号。", mend="用 huiying people list 查看。", field="by"
        )
    return Actor(row["id"], row["login"], row["name"], Role(row["role"]), row["section"])
