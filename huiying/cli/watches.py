"""`huiying watches`: monitored topics, what they look for and whom they tell."""

from __future__ import annotations

import getpass
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from alerts.actors import Actor
from alerts.watches import Rule, Words, rule_of, save, switch, try_out, words_of
from core.clock import iso
from core.errors import InvalidInput, NotFound
from core.vocabulary import Channel, Role
from huiying.office import open_office
from huiying.output import command, console, print_json, print_table
from storage import people, watches
from storage.database import Connection

Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]
Must = Annotated[list[str] | None, typer.Option("--must", help="都要有的词，可多次。")]
AnyOf = Annotated[list[str] | None, typer.Option("--any", help="有一个就算的词，可多次。")]
Exclude = Annotated[list[str] | None, typer.Option("--exclude", help="有了就不算的词，可多次。")]
Only = Annotated[list[Channel] | None, typer.Option("--channel", help="只看这些渠道，可多次。")]
Threshold = Annotated[int, typer.Option(help="满几条告警。")]
Window = Annotated[int, typer.Option("--hours", help="在几小时内。")]
Quiet = Annotated[int, typer.Option("--quiet", help="告警之后几小时不重复。")]

watches_app = typer.Typer(help="监测主题：存下的检索，来了新的就告警。", no_args_is_help=True)


@watches_app.command("list")
@command
def list_command(as_json: Json = False) -> None:
    """列出监测主题。"""
    with open_office() as office, office.database.read() as connection:
        rows = watches.listed(connection)
    if as_json:
        found = [
            {
                "watch": row["id"],
                "name": row["name"],
                "on": row["is_on"],
                **asdict(words_of(row)),
                **asdict(rule_of(row)),
                "alerted_at": iso(row["alerted_at"]),
            }
            for row in rows
        ]
        print_json({"watches": found, "total": len(found)})
        return
    table = Table("编号", "名称", "词", "告警", "状态")
    for row in rows:
        rule = rule_of(row)
        when = f"{rule.window_hours}小时内满{rule.threshold}条"
        table.add_row(
            str(row["id"]), row["name"], words_of(row).as_search, when, "监测中" if row["is_on"] else "已停用"
        )
    print_table(table)


@watches_app.command("add")
@command
def add_command(
    name: Annotated[str, typer.Argument(metavar="名称")],
    to: Annotated[list[str], typer.Option("--to", help="通知谁（登录名），可多次。")],
    must: Must = None,
    any_of: AnyOf = None,
    exclude: Exclude = None,
    only: Only = None,
    threshold: Threshold = 3,
    hours: Window = 24,
    quiet: Quiet = 4,
    as_json: Json = False,
) -> None:
    """新设一个监测主题；从现在起监测新来的。"""
    words = Words(tuple(must or ()), tuple(any_of or ()), tuple(exclude or ()))
    with open_office() as office, office.database.write() as connection:
        rule = Rule(threshold, hours, quiet, tuple(only or ()), _numbers(connection, to))
        number = save(connection, _administrator(), name, words, rule, office.clock.now())
    if as_json:
        print_json({"watch": number})
    else:
        console.print(f"监测主题 {number}“{name}”已设：{words.as_search}", markup=False)


@watches_app.command("try")
@command
def try_command(
    must: Must = None,
    any_of: AnyOf = None,
    exclude: Exclude = None,
    only: Only = None,
    threshold: Threshold = 3,
    hours: Window = 24,
    quiet: Quiet = 4,
    days: Annotated[int, typer.Option(help="试过去几天。")] = 7,
    as_json: Json = False,
) -> None:
    """试算：过去几天会找到多少、告警几次；什么都不保存。"""
    words = Words(tuple(must or ()), tuple(any_of or ()), tuple(exclude or ()))
    with open_office() as office, office.database.read() as connection:
        rule = Rule(threshold, hours, quiet, tuple(only or ()))
        trial = try_out(connection, words, rule, office.clock.now(), days=days)
    if as_json:
        print_json({"found": trial.found, "alerts": [iso(at) for at in trial.alerts], "titles": trial.titles})
        return
    console.print(f"过去 {days} 天找到 {trial.found:,} 条，会告警 {len(trial.alerts)} 次。")
    for title in trial.titles:
        console.print(f"  {title}", markup=False)


@watches_app.command("switch")
@command
def switch_command(
    watch: Annotated[int, typer.Argument(metavar="编号", min=1)],
    on: Annotated[bool, typer.Option("--on/--off", help="启用或停用。")] = True,
) -> None:
    """启用或停用一个监测主题。"""
    with open_office() as office, office.database.write() as connection:
        switch(connection, _administrator(), watch, on=on, now=office.clock.now())
    console.print("已启用。" if on else "已停用。")


def _numbers(connection: Connection, logins: list[str]) -> tuple[int, ...]:
    found = []
    for login in logins:
        row = people.find(connection, login)
        if row is None or row["disabled_at"] is not None:
            raise NotFound(f"没有登录名为 {login} 的在用账号。", mend="用 huiying people list 查看。")
        found.append(row["id"])
    if not found:
        raise InvalidInput("没有写明通知谁。", mend="请加 --to 登录名。", field="to")
    return tuple(found)


def _administrator() -> Actor:
    return Actor(None, getpass.getuser(), getpass.getuser(), Role.ADMIN)
