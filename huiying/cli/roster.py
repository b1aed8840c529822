"""`huiying roster`: posts, turns, swaps, the roll, and the gaps ahead."""

from __future__ import annotations

import csv
import getpass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from alerts.actors import Actor
from alerts.duty import (
    NewPost,
    Turn,
    call_roll,
    close_post,
    gaps_ahead,
    load,
    open_post,
    put_turns,
    swap,
)
from alerts.notices import due_text
from core.clock import iso, parse_instant, shanghai
from core.errors import InvalidInput
from core.labels import label
from core.vocabulary import Audience, Role
from huiying.office import open_office
from huiying.output import command, console, print_json, print_table
from storage import people

Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]
Post = Annotated[str, typer.Argument(metavar="岗位", help="岗位代号。")]
Since = Annotated[str, typer.Option("--from", metavar="T", help="从何时起。")]
Until = Annotated[str, typer.Option("--to", metavar="T", help="到何时止（不含）。")]

roster_app = typer.Typer(help="值班表：岗位、排班、换班、点名。", no_args_is_help=True)

_COLUMNS = ("login", "since", "until")


@roster_app.command("post-add")
@command
def post_add_command(
    key: Post,
    name: Annotated[str, typer.Option("--name", help="岗位名称。")],
    audience: Annotated[Audience, typer.Option("--for", help="替哪一类人接收通知。")] = Audience.DUTY,
    section: Annotated[str, typer.Option("--section", help="只管这个科室；不填为全单位。")] = "",
    needs_all: Annotated[bool, typer.Option("--needs-all", help="在岗的每个人都须签收。")] = False,
    as_json: Json = False,
) -> None:
    """新增一个岗位；此后这一类通知只发给当时在岗的人。"""
    with open_office() as office, office.database.write() as connection:
        new = NewPost(key, name, audience, section, needs_all)
        number = open_post(connection, _actor(), new, office.clock.now())
    if as_json:
        print_json({"post": key, "id": number})
    else:
        console.print(f"已新增岗位 {name}（{key}），替“{label(audience)}”接收通知。", markup=False)


@roster_app.command("post-close")
@command
def post_close_command(key: Post, as_json: Json = False) -> None:
    """撤销一个岗位；历史保留。"""
    with open_office() as office, office.database.write() as connection:
        close_post(connection, _actor(), key, office.clock.now())
    if as_json:
        print_json({"post": key, "closed": True})
    else:
        console.print(f"已撤销岗位 {key}。", markup=False)


@roster_app.command("put")
@command
def put_command(
    key: Post,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV，列：login,since,until。")],
    since: Since,
    until: Until,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不写入。")] = False,
    as_json: Json = False,
) -> None:
    """用一张表排定一段时间的班，替换这段时间原有的排班。"""
    turns = _read(file)
    begin, end = parse_instant(since), parse_instant(until)
    with open_office() as office, office.database.write() as connection:
        replaced = put_turns(connection, _actor(), key, turns, since=begin, until=end, now=office.clock.now())
        if dry_run:
            connection.rollback()
    if as_json:
        print_json({"post": key, "turns": len(turns), "replaced": replaced, "dry_run": dry_run})
    else:
        done = "可以排班" if dry_run else "已排班"
        console.print(f"{done}：{len(turns)}班，替换原有{replaced}班。")


@roster_app.command("swap")
@command
def swap_command(
    key: Post,
    stand_in: Annotated[str, typer.Option("--stand-in", metavar="登录名", help="谁来顶。")],
    since: Since,
    until: Until,
    reason: Annotated[str, typer.Option("--reason", help="原因。")],
    instead_of: Annotated[
        str | None, typer.Option("--instead-of", metavar="登录名", help="顶替谁；不填为全岗。")
    ] = None,
    as_json: Json = False,
) -> None:
    """换班：某段时间由另一个人在岗。"""
    with open_office() as office, office.database.write() as connection:
        number = swap(
            connection,
            _actor(),
            key,
            stand_in=stand_in,
            instead_of=instead_of,
            since=parse_instant(since),
            until=parse_instant(until),
            reason=reason,
            now=office.clock.now(),
        )
    if as_json:
        print_json({"override": number})
    else:
        console.print("已换班。")


@roster_app.command("show")
@command
def show_command(
    since: Annotated[str | None, typer.Option("--from", metavar="T", help="从何时起；不填为现在。")] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="看多少天（天）。")] = 7,
    as_json: Json = False,
) -> None:
    """值班表和空档；空档期间的通知会立即转给下一级。"""
    with open_office() as office, office.database.read() as connection:
        now = office.clock.now()
        begin = parse_instant(since) if since else now
        end = begin + timedelta(days=days)
        roster = load(connection, begin, end)
        names = {row["id"]: row["name"] for row in people.listed(connection)}
        gaps = gaps_ahead(roster, office.calendar, begin, end)
    turns = [
        {
            "post": post.key,
            "name": post.name,
            "person": names[one.person_id],
            "since": iso(one.since),
            "until": iso(one.until),
        }
        for post in roster.posts
        for one in roster.shifts
        if one.post_id == post.id
    ]
    empty = [
        {
            "post": one.post.key,
            "since": iso(one.since),
            "until": iso(one.until),
            "holiday": one.holiday or None,
        }
        for one in gaps
    ]
    duty = [
        {"post": post.key, "person": names[holder.person_id], "via": holder.via}
        for post in roster.posts
        for holder in roster.on_duty(post, begin)
    ]
    if as_json:
        print_json({"on_duty": duty, "turns": turns, "gaps": empty})
        return
    _print(turns, empty, [f"{one['post']} {one['person']}" for one in duty])


@roster_app.command("call")
@command
def call_command(as_json: Json = False) -> None:
    """点名：给现在在岗的每个人发通知，在值班表上应答。"""
    with open_office() as office, office.database.write() as connection:
        called = call_roll(connection, _actor(), office.clock.now())
    if as_json:
        print_json({"called": called})
        return
    for one in called:
        told = "" if one["reachable"] else "（没有可用的渠道）"
        console.print(f"{one['post']}：{one['person']}{told}", markup=False)
    console.print(f"点名{len(called)}人。" if called else "现在没有人在岗。")


def _actor() -> Actor:
    """Whoever may run commands on the machine looks after it."""
    login = getpass.getuser()
    return Actor(None, login, login, Role.ADMIN)


def _read(file: Path) -> list[Turn]:
    if not file.is_file():
        raise InvalidInput(f"找不到文件 {file}。", mend="请检查路径。", field="file")
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    turns = []
    for number, row in enumerate(rows, start=2):
        if any(not (row.get(name) or "").strip() for name in _COLUMNS):
            raise InvalidInput(f"第{number}行缺少 login、since 或 until。", mend="请补上。", field="file")
        turns.append(
            Turn(row["login"].strip(), _instant(row["since"], number), _instant(row["until"], number))
        )
    if not turns:
        raise InvalidInput("文件里没有排班。", mend="请检查文件。", field="file")
    return turns


def _instant(text: str, number: int) -> datetime:
    try:
        return parse_instant(text.strip())
    except InvalidInput as error:
        raise InvalidInput(f"第{number}行：{error.message}", mend=error.mend, field="file") from error


def _print(turns: list[dict[str, Any]], gaps: list[dict[str, Any]], duty: list[str]) -> None:
    if not turns and not gaps:
        console.print("还没有值班岗位。用 huiying roster post-add 新增。")
        return
    console.print(f"在岗：{'、'.join(duty) or '无人'}", markup=False)
    table = Table("岗位", "人员", "从", "到")
    for one in turns:
        begin, end = (shanghai(parse_instant(one[name])) for name in ("since", "until"))
        table.add_row(one["name"], one["person"], f"{begin:%m-%d %H:%M}", f"{end:%m-%d %H:%M}")
    print_table(table)
    for one in gaps:
        first, last = (due_text(parse_instant(one[name])) for name in ("since", "until"))
        told = f"（{one['holiday']}）" if one["holiday"] else ""
        console.print(f"空档：{one['post']} {first}至{last}{told}", markup=False)
