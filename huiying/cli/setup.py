"""`huiying setup`: the office, its sections, people and channels from one workbook."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from core.errors import InvalidInput
from huiying.office import open_office
from huiying.output import command, console, fail, print_json, print_table, stderr
from huiying.setup.applying import Done, rehearse, set_up
from huiying.setup.plan import ACTIONS, KINDS, Plan
from huiying.setup.template import write_template
from huiying.setup.wishes import read_wishes
from huiying.setup.workbook import read_rows


@command
def setup_command(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="填好的开局表(xlsx)。")] = None,
    template: Annotated[
        Path | None, typer.Option("--template", metavar="OUT.xlsx", help="生成带说明的空白开局表。")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只核对，不写入。")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """用一份 xlsx 设好单位、科室、人员和通知渠道；再次运行只改有变化的，不删任何人。"""
    if (file is None) == (template is None) or (template is not None and dry_run):
        raise typer.BadParameter("请给出填好的开局表，或用 --template 生成一份，二者择一。")
    if template is not None:
        return _give_template(template, as_json)
    assert file is not None  # noqa: S101 - the check above leaves nothing else; this tells the type checker
    wishes = read_wishes(read_rows(file))
    with open_office() as office:
        done = rehearse(office, wishes) if dry_run else set_up(office, wishes, actor=getpass.getuser())
    answer = _answer(file, done, dry_run=dry_run)
    if done.plan.problems:
        _refuse(done.plan, answer, as_json)
    if as_json:
        print_json(answer)
    else:
        _show(done, dry_run=dry_run)
    return None


def _give_template(path: Path, as_json: bool) -> None:
    write_template(path)
    if as_json:
        print_json({"template": str(path)})
    else:
        console.print(f"已生成空白开局表 {path}。", markup=False, highlight=False)


def _answer(file: Path, done: Done, *, dry_run: bool) -> dict[str, Any]:
    plan = done.plan
    logins = [
        {"login": one.login, "name": one.name, "temporary_password": one.password} for one in done.logins
    ]
    return {
        "file": file.name,
        "dry_run": dry_run,
        "applied": not dry_run and not plan.problems,
        "changes": [] if plan.problems else list(plan.changes()),
        "logins": logins,
        "unlisted": [] if plan.problems else plan.unlisted,
        "notes": plan.notes,
        "problems": [one.as_json() for one in plan.problems],
    }


def _refuse(plan: Plan, answer: dict[str, Any], as_json: bool) -> None:
    if not as_json:
        for one in plan.problems:
            stderr.print(Text(f"{one.place}：{one.message}"), soft_wrap=True)
    error = InvalidInput(
        f"表中有 {len(plan.problems)} 处问题，什么都没有写入。",
        mend="请逐处改正后再运行。",
        code="setup.refused",
    )
    fail(error, as_json=as_json, done=answer)


def _show(done: Done, *, dry_run: bool) -> None:
    plan = done.plan
    rows = list(plan.changes())
    if rows:
        table = Table("对象", "动作", "名称", "内容")
        for one in rows:
            fields = "、".join(one["fields"])
            _add_row(table, KINDS[one["kind"]], ACTIONS[one["action"]], one["name"], fields)
        print_table(table)
    else:
        console.print("与现有设置一致，没有改动。")
    if rows:
        said = "以上只是核对，没有写入。" if dry_run else f"已写入 {len(rows)} 项。"
        console.print(said, highlight=False)
    for note in plan.notes:
        console.print(f"注意：{note}", markup=False, highlight=False)
    if plan.unlisted:
        logins = "、".join(plan.unlisted)
        console.print(f"表中没有、原样保留的人员：{logins}。", markup=False, highlight=False)
    if done.logins:
        _show_logins(done)


def _show_logins(done: Done) -> None:
    table = Table("登录名", "姓名", "临时密码")
    for one in done.logins:
        _add_row(table, one.login, one.name, one.password)
    print_table(table)
    console.print("临时密码只显示这一次；请当面交给本人，首次登录时须修改。")


def _add_row(table: Table, *cells: str) -> None:
    """What stands in the workbook is text, whatever brackets it holds."""
    table.add_row(*(Text(cell) for cell in cells))
