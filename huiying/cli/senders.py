"""`huiying sender`: systems that push messages and sign them."""

from __future__ import annotations

import getpass
import re
from typing import Annotated

import typer
from rich.table import Table

from api.security.signatures import new_signing_secret
from core.clock import iso
from core.errors import InvalidInput, NotFound
from core.vocabulary import Tag
from huiying.office import Office, open_office
from huiying.output import command, console, print_json, print_table
from storage import events, senders
from storage.database import Connection
from storage.events import OFFICE_STREAM, Draft

Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]
_SOURCE = re.compile(r"[A-Za-z0-9_\-\u4e00-\u9fff]{1,80}")

sender_app = typer.Typer(help="签名推送：哪些系统可以推送来文。", no_args_is_help=True)


@sender_app.command("add")
@command
def add_command(
    name: Annotated[str, typer.Option("--name", help="哪个系统。")],
    source: Annotated[str, typer.Option("--source", help="它的来文归入哪个来源；只能推送到这里。")],
    as_json: Json = False,
) -> None:
    """新增一个签名推送的系统；密钥只显示这一次。"""
    if not name.strip():
        raise InvalidInput("没有写明是哪个系统。", mend="请加 --name。", field="name")
    if not _SOURCE.fullmatch(source):
        raise InvalidInput(
            f"来源名“{source}”不能用。", mend="请用字母、数字、汉字、_ 和 -，最长 80 个字。", field="source"
        )
    secret = new_signing_secret()
    with open_office() as office, office.database.write() as connection:
        number = senders.add(
            connection,
            name=name.strip(),
            source_key=source,
            sealed_secret=office.key.seal(secret.encode()),
            now=office.clock.now(),
        )
        _write_down(office, connection, Tag.SENDER_ADDED, number)
    if as_json:
        print_json({"sender": number, "source": source, "secret": secret})
        return
    console.print(f"发送方编号：{number}", markup=False, highlight=False)
    console.print(f"密钥：{secret}", markup=False, highlight=False)
    console.print("密钥这里不再显示；签名的方法见 docs/importing.md。", markup=False)


@sender_app.command("list")
@command
def list_command(as_json: Json = False) -> None:
    """列出可以签名推送的系统；密钥不显示。"""
    with open_office() as office, office.database.read() as connection:
        rows = senders.listed(connection)
    shown = [
        {
            "sender": row["id"],
            "name": row["name"],
            "source": row["source_key"],
            "created_at": iso(row["created_at"]),
            "disabled_at": iso(row["disabled_at"]),
        }
        for row in rows
    ]
    if as_json:
        print_json({"senders": shown})
        return
    table = Table("编号", "系统", "来源", "新增于", "停用于")
    for one in shown:
        table.add_row(*(str(value or "") for value in one.values()))
    print_table(table)


@sender_app.command("disable")
@command
def disable_command(
    number: Annotated[int, typer.Argument(metavar="编号", help="见 huiying sender list。")],
    as_json: Json = False,
) -> None:
    """停用一个系统：它的签名立即不再有效，已收的来文不变。"""
    with open_office() as office, office.database.write() as connection:
        now = office.clock.now()
        if not senders.disable(connection, number, now):
            raise NotFound(
                f"没有编号为 {number} 的推送方，或已经停用。",
                mend="用 huiying sender list 查看。",
                code="sender.not_found",
            )
        _write_down(office, connection, Tag.SENDER_DISABLED, number)
    if as_json:
        print_json({"sender": number, "disabled_at": iso(now)})
    else:
        console.print(f"已停用推送方 {number}。", markup=False)


def _write_down(office: Office, connection: Connection, tag: Tag, number: int) -> None:
    now = office.clock.now()
    draft = Draft(OFFICE_STREAM, tag, "human", getpass.getuser(), now, {"sender": number})
    events.append(connection, [draft], now)
