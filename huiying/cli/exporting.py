"""`huiying export ledger|replies`: what an office takes away, and what it writes back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.clock import parse_day
from core.errors import InvalidInput
from core.labels import label
from core.vocabulary import Channel, ImportKind
from crawlers.imports.fields import column_dictionary
from huiying.cli.reporting import desk_of
from huiying.office import open_office
from huiying.output import command, console, print_json
from reports.ledger import ledger_of, write_back
from reports.papers.scope import Period
from reports.render.ledger_xlsx import ledger_xlsx, write_back_xlsx

export_app = typer.Typer(help="导出。", no_args_is_help=True)

Since = Annotated[str, typer.Option("--from", help="开始日期，YYYY-MM-DD,含当日。")]
Until = Annotated[str, typer.Option("--to", help="结束日期，YYYY-MM-DD,含当日。")]
Out = Annotated[Path, typer.Option("--out", help="写到哪个文件(xlsx)。")]
# The form of each platform's own file; its first name for a column is the header written back.
_FORMS = {
    Channel.LEADER_MAILBOX: ImportKind.MAILBOX,
    Channel.MESSAGE_BOARD: ImportKind.MAILBOX,
    Channel.PEOPLES_ADVICE: ImportKind.MAILBOX,
    Channel.HOTLINE_12345: ImportKind.HOTLINE_12345,
}
_FIELDS = ("order_no", "title", "reply", "replied_at", "section")

Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]


@export_app.command("ledger")
@command
def ledger_command(since: Since, until: Until, out: Out, as_json: Json = False) -> None:
    """台账：期间内收到的每一件，一件一行；各科室另有一张图。"""
    with open_office() as office, office.database.read() as connection:
        found = ledger_of(connection, Period(parse_day(since), parse_day(until)), desk_of(office))
    _write(out, ledger_xlsx(found))
    if as_json:
        print_json({"file": str(out), "cases": len(found.lines)})
    else:
        console.print(f"已写到 {out}，{len(found.lines):,} 件。")


@export_app.command("replies")
@command
def replies_command(
    channel: Annotated[Channel, typer.Option(help="写回哪个渠道的平台，用它自己的列名。")],
    since: Since,
    until: Until,
    out: Out,
    as_json: Json = False,
) -> None:
    """写回：期间内在这里答复的，按平台的列名列出，不必再抄一遍。"""
    heads = _headers(channel)
    with open_office() as office, office.database.read() as connection:
        found = write_back(connection, channel, Period(parse_day(since), parse_day(until)))
    _write(out, write_back_xlsx(found, heads))
    numbers = {"replies": len(found.lines), "without_number": len(found.without_number)}
    if as_json:
        print_json({"file": str(out), **numbers})
        return
    console.print(f"已写到 {out}，{numbers['replies']:,} 条答复。")
    if found.without_number:
        console.print(f"另有 {numbers['without_number']:,} 条的来文没有平台编号，列在第二张表，需手工录入。")


def _headers(channel: Channel) -> tuple[str, ...]:
    form = _FORMS.get(channel)
    if form is None:
        known = "、".join(f"{one.value}（{label(one)}）" for one in _FORMS)
        raise InvalidInput(f"{label(channel)}没有写回的格式。", mend=f"可用的有：{known}。", field="channel")
    fields = column_dictionary(form).fields
    return tuple(fields[name].names[0] for name in _FIELDS)


def _write(out: Path, content: bytes) -> None:
    try:
        out.write_bytes(content)
    except OSError as error:
        raise InvalidInput(f"写不了 {out}。", mend="请检查目录和权限。", field="out") from error
