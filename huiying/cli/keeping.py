"""`huiying migrate`, `huiying check`, `huiying audit verify`: keeping the installation sound."""

from __future__ import annotations

from typing import Annotated

import typer

from core.errors import HuiyingError
from huiying.doctor import Problem, examine
from huiying.office import open_office
from huiying.output import command, console, print_json, stderr
from storage import events

Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]

audit_app = typer.Typer(help="留痕。", no_args_is_help=True)


@command
def migrate_command(as_json: Json = False) -> None:
    """建立或升级数据库（其他命令也会自动做）。"""
    with open_office() as office:
        dialect = office.database.engine.dialect.name
    if as_json:
        print_json({"ok": True, "database": dialect})
    else:
        console.print("数据库已是最新。")


@command
def check_command(as_json: Json = False) -> None:
    """体检：配置、数据库、规则、日历、留痕。"""
    try:
        with open_office() as office:
            problems = examine(office)
    except HuiyingError as error:
        problems = [Problem(error.code, error.message, error.mend)]
    if as_json:
        print_json({"ok": not problems, "problems": [problem.as_json() for problem in problems]})
    for problem in problems if not as_json else []:
        stderr.print(f"● {problem.message}{problem.mend}", markup=False, highlight=False)
    if not problems and not as_json:
        console.print("一切正常。")
    if problems:
        raise typer.Exit(1)


@audit_app.command("verify")
@command
def verify_command(as_json: Json = False) -> None:
    """核对留痕：有没有记录被改动、删除或插入。"""
    with open_office() as office, office.database.read() as connection:
        verdict = events.verify(connection)
    if as_json:
        answer: dict[str, object] = {
            "ok": verdict.first_bad is None,
            "events": verdict.count,
            "first_bad": verdict.first_bad,
            "reason": verdict.reason,
        }
        if verdict.first_bad is not None:
            answer["error"] = {
                "code": "audit.broken",
                "message": f"留痕在 {verdict.first_bad} 处不完整：{verdict.reason}",
                "mend": "请保留现场，用备份核对。",
            }
        print_json(answer)
    elif verdict.first_bad is None:
        console.print(f"留痕完整，共 {verdict.count:,} 条。")
    else:
        stderr.print(f"留痕在 {verdict.first_bad} 处不完整：{verdict.reason}请保留现场，用备份核对。")
    if verdict.first_bad is not None:
        raise typer.Exit(1)
