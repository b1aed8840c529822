"""`huiying purge`: clear what citizens wrote before a day; the ledger, the figures and the trail stay."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from core.clock import day_start, local_day, parse_day
from core.errors import InvalidInput
from core.vocabulary import Tag
from huiying.office import open_office
from huiying.output import command, console, print_json
from storage import events, purging
from storage.events import OFFICE_STREAM, Draft
from storage.staging import ATTACHMENTS, forget


@command
def purge_command(
    before: Annotated[
        str, typer.Option("--before", metavar="D", help="清除这一天以前收到的，如 2023-01-01。")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只数一数，什么也不清除。")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """按保存期限清除来文内容、来信人标记、附件和隔离件；还有时限没了结的不动，台账、报表和留痕都在。"""
    day = parse_day(before)
    with open_office() as office:
        if day > local_day(office.clock.now()):
            raise InvalidInput("日期还没有到。", mend="请写以前的日期。", field="before")
        if dry_run:
            with office.database.read() as connection:
                done = purging.count(connection, day_start(day))
        else:
            with office.database.write() as connection:
                done, files = purging.clear(connection, day_start(day))
                now, facts = office.clock.now(), {"before": day.isoformat(), **done.as_json()}
                draft = Draft(OFFICE_STREAM, Tag.OFFICE_PURGED, "human", getpass.getuser(), now, facts)
                events.append(connection, [draft], now)
            # The files go last: one that is left over after a crash is unreadable without its row's name.
            for name in files:
                forget(office.settings.data_dir, name, ATTACHMENTS)
    if as_json:
        print_json({"before": day.isoformat(), "dry_run": dry_run, **done.as_json()})
        return
    verb = "可以清除" if dry_run else "已清除"
    console.print(
        f"{verb} {done.messages:,} 件来文、{done.revisions:,} 份旧版、{done.attachments:,} 个附件、"
        f"{done.quarantined:,} 行隔离件。"
    )
