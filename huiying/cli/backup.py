"""`huiying backup` and `huiying restore`."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from core.clock import iso, shanghai
from core.errors import Conflict, NotFound
from huiying.archive import Manifest, back_up, read_manifest, restore
from huiying.office import Office, open_office
from huiying.output import command, console, print_json, stderr

Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]


@command
def backup_command(
    out: Annotated[
        Path | None, typer.Option("--out", help="写到哪个文件；不填则写入数据目录的 backups。")
    ] = None,
    as_json: Json = False,
) -> None:
    """备份数据库、留存的网页和隔离件，服务不用停。密钥不在其中，请另行保管。"""
    with open_office() as office:
        target = out or _place(office)
        with Progress(console=stderr, transient=True, disable=not stderr.is_terminal) as bar:
            task = bar.add_task("备份数据库", total=None)
            manifest = back_up(
                office, target, lambda done, total: bar.update(task, completed=done, total=max(total, 1))
            )
        key = office.settings.data_dir / "keys" / "data.key"
    if as_json:
        print_json({"file": str(target), "bytes": target.stat().st_size, **_facts(manifest)})
        return
    console.print(f"已备份到 {target}（{target.stat().st_size:,} 字节）。", markup=False, highlight=False)
    console.print(
        f"请另行保管密钥文件 {key}：没有它，备份中加密的内容打不开。", markup=False, highlight=False
    )


@command
def restore_command(
    source: Annotated[Path, typer.Argument(metavar="备份文件", help="huiying backup 写出的文件。")],
    yes: Annotated[bool, typer.Option("--yes", help="确认替换现有的全部数据。")] = False,
    as_json: Json = False,
) -> None:
    """用备份替换现有数据；之后提醒引擎停下，等人决定（huiying engine resume）。"""
    if not source.is_file():
        raise NotFound(f"找不到 {source}。", mend="请检查路径。", code="file.not_found")
    manifest = read_manifest(source)
    if not yes:
        at = f"{shanghai(manifest.made_at):%Y-%m-%d %H:%M}"
        raise Conflict(
            f"这会用 {at} 的备份替换现有的全部数据，之后发生的都会丢失。",
            mend="确认无误请加 --yes；建议先用 huiying backup 备份现状。",
            code="restore.unconfirmed",
        )
    with open_office() as office:
        restore(office, source, actor=getpass.getuser())
    if as_json:
        print_json({"restored": True, **_facts(manifest)})
        return
    console.print(f"已恢复 {iso(manifest.made_at)} 的备份，留痕 {manifest.events:,} 条。", highlight=False)
    console.print("提醒引擎已停下。请用 huiying audit verify 核对，再用 huiying engine resume 决定怎样继续。")


def _place(office: Office) -> Path:
    name = f"huiying-{shanghai(office.clock.now()):%Y%m%d-%H%M%S}.backup"
    return office.settings.data_dir / "backups" / name


def _facts(manifest: Manifest) -> dict[str, object]:
    return {
        "made_at": iso(manifest.made_at),
        "database": manifest.database,
        "events": manifest.events,
        "files": len(manifest.hashes) - 1,
    }
