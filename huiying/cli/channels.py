"""`huiying channels`: how notices leave the office, and whether they do."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.table import Table

from alerts.channel_list import channel_lines, switch
from alerts.channels.opening import open_all
from alerts.dispatcher import Dispatcher
from alerts.trial import Tester, Tried, find_channel, send_test
from core.clock import iso
from core.errors import NotFound
from core.labels import label
from core.vocabulary import OutboxState, Role
from huiying.office import Office, open_office
from huiying.output import command, console, print_json, print_table, stderr
from storage import channels, people
from storage.database import Row

Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]
Key = Annotated[str, typer.Argument(metavar="名称", help="渠道的名称。")]

channels_app = typer.Typer(help="通知渠道：能不能发出去，测试一下。", no_args_is_help=True)


@channels_app.command("list")
@command
def list_command(as_json: Json = False) -> None:
    """列出通知渠道和各自的状况；不显示密钥。"""
    with open_office() as office, office.database.read() as connection:
        lines = channel_lines(connection, office.key)
    if as_json:
        found = [
            {
                "channel": one.key,
                "kind": one.kind.value,
                "destination": one.destination or None,
                "enabled": one.is_enabled,
                "people": one.people,
                "waiting": one.waiting,
                "worked_at": iso(one.worked_at),
                "failing_since": iso(one.failing_since),
                "failures": one.failures,
                "last_error": one.last_error or None,
            }
            for one in lines
        ]
        print_json({"channels": found, "total": len(found)})
        return
    if not lines:
        console.print("还没有通知渠道。用开局表设置：huiying setup。")
        return
    table = Table("名称", "种类", "去向", "人数", "待发", "状况")
    for one in lines:
        state = "已停用" if not one.is_enabled else "正常" if one.worked_at else "未用过"
        if one.is_enabled and one.failing_since:
            state = f"自 {iso(one.failing_since)} 起失败 {one.failures} 次：{one.last_error}"
        table.add_row(
            one.key, label(one.kind), one.destination or "—", str(one.people), str(one.waiting), state
        )
    print_table(table)


@channels_app.command("test")
@command
def try_command(
    key: Key,
    to: Annotated[str, typer.Option("--to", help="收件地址；不填则为发起人在该渠道上的地址。")] = "",
    by: Annotated[str, typer.Option("--by", help="发起人的登录名；不填则为第一名管理员。")] = "",
    as_json: Json = False,
) -> None:
    """发一条测试通知，走正式通知的同一条路。"""
    with open_office() as office:
        tried = _try(office, key, to, by)
    if as_json:
        answer = {
            "channel": tried.channel,
            "address": tried.address,
            "notice": tried.notice_id,
            "state": tried.state.value,
            "detail": tried.detail or None,
            "next_at": iso(tried.next_at),
        }
        print_json(answer if tried.is_accepted else {**answer, "error": _error(tried)})
    elif tried.is_accepted:
        console.print(f"渠道 {key} 已接收，请到 {tried.address} 查看是否收到。", markup=False)
    else:
        stderr.print(f"{_error(tried)['message']}{_error(tried)['mend']}", markup=False, highlight=False)
    if not tried.is_accepted:
        raise typer.Exit(1)


@channels_app.command("enable")
@command
def enable_command(key: Key, as_json: Json = False) -> None:
    """启用一个渠道。"""
    _switch(key, on=True, as_json=as_json)


@channels_app.command("disable")
@command
def disable_command(key: Key, as_json: Json = False) -> None:
    """停用一个渠道；正在等待的通知改走各人的下一个渠道。"""
    _switch(key, on=False, as_json=as_json)


def _try(office: Office, key: str, to: str, by: str) -> Tried:
    with office.database.write() as connection:
        channels.ensure_console(connection, office.key, office.clock.now())
    with office.database.read() as connection:
        stored = find_channel(channels.stored(connection, office.key), key)
        tester = _tester(people.listed(connection), by)
    dispatcher = Dispatcher(
        office.database,
        lambda: open_all(office.database, office.key, office.settings.data_dir, office.channel_limits),
        office.clock,
        office.ladders.delivery,
    )
    return send_test(dispatcher, stored, tester, to)


def _tester(rows: Sequence[Row], by: str) -> Tester:
    """The person of that login, else the first administrator.

    Raises:
        NotFound: there is nobody.
    """
    for row in rows:
        is_wanted = row["login"] == by if by else row["role"] == Role.ADMIN
        if is_wanted and row["disabled_at"] is None:
            return Tester(row["id"], row["login"], row["name"], Role(row["role"]))
    who = f"登录名 {by}" if by else "管理员"
    raise NotFound(
        f"没有在用的{who}。", mend="请先用 huiying people add 新增，或用 --by 指定。", code="person.not_found"
    )


def _error(tried: Tried) -> dict[str, str]:
    if tried.state is OutboxState.PENDING:
        message = f"渠道 {tried.channel} 这次没有发出：{tried.detail or '已到每分钟上限'}。"
        return {"code": "channel.retried", "message": message, "mend": "引擎稍后会自动再试。"}
    message = f"渠道 {tried.channel} 发送失败：{tried.detail}。"
    return {"code": "channel.failed", "message": message, "mend": "请检查该渠道的设置和网络。"}


def _switch(key: str, *, on: bool, as_json: bool) -> None:
    with open_office() as office, office.database.write() as connection:
        stored = find_channel(channels.stored(connection, office.key), key)
        switch(connection, stored, on=on, actor=getpass.getuser(), now=office.clock.now())
    if as_json:
        print_json({"channel": key, "enabled": on})
    else:
        console.print(f"渠道 {key} 已{'启用' if on else '停用'}。", markup=False)
