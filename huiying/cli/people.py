"""`huiying people` and `huiying token`: who may come in."""

from __future__ import annotations

import getpass
import sys
from datetime import timedelta
from typing import Annotated

import typer
from rich.table import Table

from api.security.accounts import NewPerson, add_person, disable_person, reset_password
from api.security.secrets import hashed, new_secret
from core.clock import iso
from core.errors import InvalidInput
from core.labels import label
from core.vocabulary import Role, Scope, Tag
from huiying.office import open_office
from huiying.output import command, console, print_json
from storage import events, people, tokens
from storage.events import OFFICE_STREAM, Draft

Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]

people_app = typer.Typer(help="人员：谁可以登录，做什么。", no_args_is_help=True)
token_app = typer.Typer(help="接口令牌：给程序用的凭据。", no_args_is_help=True)

_TEMPORARY_LENGTH = 12
_TOKEN_DAYS = 365


@people_app.command("add")
@command
def add_command(
    login: Annotated[str, typer.Argument(metavar="登录名", help="小写字母、数字、点、横线或下划线。")],
    name: Annotated[str, typer.Option("--name", help="姓名。")],
    role: Annotated[Role, typer.Option("--role", help="角色。")],
    section: Annotated[str, typer.Option("--section", help="所在科室；承办人必填。")] = "",
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="从标准输入读密码。")] = False,
    as_json: Json = False,
) -> None:
    """新增一个人。不给密码时生成一个临时密码，只显示这一次，本人首次登录时须修改。"""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else new_secret()[:_TEMPORARY_LENGTH]
    new = NewPerson(login, name, role, section, password, must_change_password=not password_stdin)
    with open_office() as office, office.database.write() as connection:
        add_person(connection, new, actor=getpass.getuser(), now=office.clock.now())
    temporary = None if password_stdin else password
    if as_json:
        shown = {"login": login, "name": name, "role": role.value, "section": section or None}
        print_json({**shown, "temporary_password": temporary})
        return
    console.print(f"已新增 {name}（{login}），角色：{label(role)}。", markup=False)
    if temporary:
        console.print(f"临时密码：{temporary}", markup=False, highlight=False)
        console.print("请当面交给本人；首次登录时须修改，这里不再显示。")


@people_app.command("list")
@command
def list_command(as_json: Json = False) -> None:
    """列出全部人员，已停用的也在内。"""
    with open_office() as office, office.database.read() as connection:
        rows = people.listed(connection)
    if as_json:
        shown = ("login", "name", "role", "must_change_password")
        found = [
            {
                **{key: row[key] for key in shown},
                "section": row["section"] or None,
                "created_at": iso(row["created_at"]),
                "disabled_at": iso(row["disabled_at"]),
            }
            for row in rows
        ]
        print_json({"people": found, "total": len(found)})
        return
    if not rows:
        console.print("还没有人员。用 huiying people add 新增。")
        return
    table = Table("登录名", "姓名", "角色", "科室", "状态")
    for row in rows:
        state = "已停用" if row["disabled_at"] else "临时密码" if row["must_change_password"] else "在用"
        table.add_row(row["login"], row["name"], label(Role(row["role"])), row["section"] or "—", state)
    console.print(table)


@people_app.command("disable")
@command
def disable_command(
    login: Annotated[str, typer.Argument(metavar="登录名", help="要停用的登录名。")], as_json: Json = False
) -> None:
    """停用一个人：立即退出登录，此后不能再登录；历史记录保留。"""
    with open_office() as office, office.database.write() as connection:
        now = office.clock.now()
        disable_person(connection, login, actor=getpass.getuser(), now=now)
    if as_json:
        print_json({"login": login, "disabled_at": iso(now)})
    else:
        console.print(f"已停用 {login}。", markup=False)


@people_app.command("reset")
@command
def reset_command(
    login: Annotated[str, typer.Argument(metavar="登录名", help="忘记密码的人的登录名。")],
    as_json: Json = False,
) -> None:
    """重设一个人的密码：生成临时密码，只显示这一次；此人在各处的登录立即退出。"""
    with open_office() as office, office.database.write() as connection:
        password = reset_password(connection, login, actor=getpass.getuser(), now=office.clock.now())
    if as_json:
        print_json({"login": login, "temporary_password": password})
        return
    console.print(f"{login} 的临时密码：{password}", markup=False, highlight=False)
    console.print("请当面交给本人；首次登录时须修改，这里不再显示。")


@token_app.command("create")
@command
def create_command(
    name: Annotated[str, typer.Option("--name", help="给哪个程序用。")],
    scope: Annotated[list[Scope], typer.Option("--scope", help="权限，可多次。")],
    days: Annotated[int, typer.Option("--days", min=1, max=3650, help="多少天后失效（天）。")] = _TOKEN_DAYS,
    as_json: Json = False,
) -> None:
    """新建一个接口令牌，只显示这一次。"""
    if not name.strip():
        raise InvalidInput("没有写明给哪个程序用。", mend="请加 --name。", field="name")
    secret = new_secret()
    with open_office() as office, office.database.write() as connection:
        now = office.clock.now()
        expires_at = now + timedelta(days=days)
        scopes = sorted(set(scope))
        token_id = tokens.add(
            connection, name=name, token_hash=hashed(secret), scopes=scopes, now=now, expires_at=expires_at
        )
        facts = {"token": token_id, "scopes": [one.value for one in scopes]}
        draft = Draft(OFFICE_STREAM, Tag.TOKEN_CREATED, "human", getpass.getuser(), now, facts)
        events.append(connection, [draft], now)
    if as_json:
        print_json({"token": secret, "expires_at": iso(expires_at)})
    else:
        console.print(f"令牌：{secret}", markup=False, highlight=False)
        console.print(f"有效至 {iso(expires_at)}，这里不再显示。", markup=False)
