"""`huiying move`: from SQLite and the embedded index to PostgreSQL and Elasticsearch."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.progress import Progress

from core.errors import InvalidInput, StorageError
from huiying.engine_right import EngineRight
from huiying.office import Office, open_office
from huiying.output import command, console, print_json, stderr
from storage import events
from storage.database import Database, open_database
from storage.migrate import migrate
from storage.moving import Carried, carry
from storage.search.indexer import Indexer
from storage.search.verifying import Verdict, verify

Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]


@command
def move_command(
    to: Annotated[
        str,
        typer.Option(
            "--to", metavar="URL", help="目标数据库，例如 postgresql+psycopg://用户:口令@主机/库名。"
        ),
    ],
    as_json: Json = False,
) -> None:
    """把本单位的数据搬到另一个数据库并逐表核对；配置了 search.url 时同时建立索引。可重复运行。"""
    with open_office() as office:
        target = open_database(to)
        try:
            carried, copied = _carry(office, target)
            verdict = _index(office, target)
            with target.read() as connection:
                trail = events.verify(connection)
        finally:
            target.close()
    if trail.first_bad is not None:
        raise StorageError(
            f"留痕在 {trail.first_bad} 处不完整。", mend="请保留现场，用备份核对。", code="audit.broken"
        )
    if as_json:
        _print(carried, verdict, copied=copied)
        return
    rows = sum(one.rows for one in carried)
    console.print(
        f"{'已搬' if copied else '目标已有，核对'} {len(carried)} 张表、{rows:,} 行，数量和内容一致。"
    )
    if verdict is not None:
        console.print(f"索引 {verdict.documents:,} 件，与数据库一致。")
    console.print("请把 database.url 改为新地址后重新启动；数据目录（密钥、留存件）仍要保留。")


def _carry(office: Office, target: Database) -> tuple[list[Carried], bool]:
    if not office.database.is_sqlite or target.is_sqlite:
        raise InvalidInput(
            "只能从 SQLite 搬到 PostgreSQL。", mend="请检查 --to 和 database.url。", field="to"
        )
    # Nothing may change meanwhile: holding the engine's right shows that no service runs.
    right = EngineRight.acquire(office.database, office.clock.now())
    try:
        migrate(target, office.clock.now())
        with Progress(console=stderr, transient=True, disable=not stderr.is_terminal) as bars:
            bar = bars.add_task("搬迁", total=None)
            return carry(
                office.database,
                target,
                lambda table, rows: bars.update(bar, description=table, completed=rows),
            )
    finally:
        right.release()


def _index(office: Office, target: Database) -> Verdict | None:
    """The index of the new place, from its database; None where none is named yet."""
    index = office.search_index
    if not index.is_shared:
        return None
    indexer = Indexer(target, index, office.clock)
    built = indexer.start()
    try:
        if built is None:
            indexer.rebuild()
        indexer.drain()
    finally:
        indexer.stop()
    verdict = verify(target, index)
    if not verdict.is_equal:
        raise StorageError(
            "索引与数据库不一致。", mend="请运行 huiying index rebuild。", code="search.differs"
        )
    return verdict


def _print(carried: list[Carried], verdict: Verdict | None, *, copied: bool) -> None:
    print_json(
        {
            "ok": True,
            "copied": copied,
            "tables": [asdict(one) for one in carried],
            "index": verdict.documents if verdict is not None else None,
        }
    )
