"""`huiying search` and `huiying index`: finding messages, and keeping the index they are found in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Annotated, Any

import typer
from rich.progress import Progress
from rich.table import Table

from core.clock import day_end, day_start, iso, local_day, parse_day, shanghai
from core.errors import Conflict
from core.labels import label
from core.vocabulary import Channel, RiskLevel
from huiying.office import Office, open_office
from huiying.output import command, console, print_json, print_table, stderr
from storage import message_pages, search_changes
from storage.database import Row
from storage.search.highlight import Marked, snippet
from storage.search.indexer import Indexer, behind
from storage.search.paging import Page, page
from storage.search.port import Facets, Filters, Order
from storage.search.query import Query, parse
from storage.search.verifying import Verdict, mend, verify

Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]
FACETS = ("channel", "section", "area", "topic", "polarity", "risk", "incident")
_MOST_SHOWN = 8
_REFUSALS_SHOWN = 20

index_app = typer.Typer(help="检索索引：查看、重建、核对。", no_args_is_help=True)


@command
def search_command(
    query: Annotated[
        str, typer.Argument(metavar="QUERY", help='检索词：空格为并且，| 为或者，-词 为排除，"…" 为原句。')
    ],
    since: Annotated[str | None, typer.Option("--from", metavar="D", help="收到日期起，含当日。")] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="D", help="收到日期止，含当日。")] = None,
    channel: Annotated[list[Channel] | None, typer.Option(help="渠道，可多次。")] = None,
    section: Annotated[list[str] | None, typer.Option(help="科室，可多次。")] = None,
    area: Annotated[list[str] | None, typer.Option(help="地区，可多次。")] = None,
    topic: Annotated[list[str] | None, typer.Option(help="领域，可多次。")] = None,
    risk: Annotated[list[RiskLevel] | None, typer.Option(help="风险等级，可多次。")] = None,
    incident: Annotated[list[int] | None, typer.Option(help="事件编号，可多次。")] = None,
    order: Annotated[Order, typer.Option(help="排序：最新在前，或最相关在前。")] = Order.NEWEST,
    limit: Annotated[int, typer.Option(min=1, max=500, help="最多列出几件。")] = 20,
    cursor: Annotated[str | None, typer.Option(help="上一页给出的 next。")] = None,
    facets: Annotated[bool, typer.Option("--facets", help="同时统计分布。")] = False,
    as_json: Json = False,
) -> None:
    """全文检索来文。"""
    asked = parse(query)
    chosen = {
        "channel": channel,
        "section": section,
        "area": area,
        "topic": topic,
        "risk": risk,
        "incident": [str(number) for number in incident or []],
    }
    filters = Filters(
        since=day_start(parse_day(since)) if since else None,
        until=day_end(parse_day(until)) if until else None,
        values={name: [str(one) for one in values] for name, values in chosen.items() if values},
    )
    with open_office() as office:
        _catch_up(office)
        began = perf_counter()
        found = page(office.search_index, asked, filters, order, limit=limit, cursor=cursor)
        counted = office.search_index.facets(asked, filters, FACETS) if facets else None
        took_ms = round((perf_counter() - began) * 1000, 1)
        with office.database.read() as connection:
            rows = message_pages.of_numbers(connection, found.ids)
        waiting = behind(office.database).count
    if as_json:
        print_json({**_answer(query, asked, found, rows, counted), "took_ms": took_ms, "behind": waiting})
    else:
        _show(asked, found, rows, counted, waiting)


@index_app.command("status")
@command
def status_command(as_json: Json = False) -> None:
    """索引有多少件，落后多少。"""
    with open_office() as office:
        index = office.search_index
        documents = index.count() if index.exists() else 0
        late = behind(office.database)
        seconds = _behind_seconds(office)
        with office.database.read() as connection:
            refused = search_changes.refusals(connection, limit=_REFUSALS_SHOWN)
    if as_json:
        status = {"documents": documents, "behind": late.count, "behind_seconds": seconds}
        print_json({"engine": index.engine, **status, "refused": [_refusal(*one) for one in refused]})
        return
    console.print(f"引擎 {index.engine}，索引 {documents:,} 件，待更新 {late.count:,} 件。")
    if seconds:
        console.print(f"最近一次完全同步在 {seconds:,} 秒之前。")
    for number, reason in refused:
        stderr.print(f"来文 {number} 未能写入索引：{reason}", markup=False, highlight=False)


@index_app.command("rebuild")
@command
def rebuild_command(as_json: Json = False) -> None:
    """从数据库重建索引；期间旧索引照常可用。"""
    with open_office() as office:
        with _progress("重建索引") as told:
            indexer = Indexer(office.database, office.search_index, office.clock)
            built = indexer.start(told)
            try:
                count = built if built is not None else indexer.rebuild(told)
            finally:
                indexer.stop()
        engine = office.search_index.engine
    if as_json:
        print_json({"engine": engine, "documents": count})
    else:
        console.print(f"索引已重建，共 {count:,} 件。")


@index_app.command("verify")
@command
def verify_command(
    repair: Annotated[bool, typer.Option("--mend", help="把不一致的来文重新写入索引。")] = False,
    as_json: Json = False,
) -> None:
    """逐件核对索引与数据库的数量和内容。"""
    with open_office() as office:
        _catch_up(office)
        with _progress("核对索引") as told:
            verdict = verify(office.database, office.search_index, told)
        if repair and not verdict.is_equal:
            mend(office.database, verdict)
            _catch_up(office)
    if as_json:
        print_json(_verdict(verdict, mended=repair and not verdict.is_equal))
    else:
        _show_verdict(verdict, mended=repair)
    if not verdict.is_equal:
        raise typer.Exit(1)


def _catch_up(office: Office) -> None:
    """Index what waits, unless a running service does that anyway."""
    if office.search_index.is_shared and office.settings.now is not None:
        return  # the lease of a shared index is not taken at an invented time
    with _progress("建立索引") as told:
        indexer = Indexer(office.database, office.search_index, office.clock)
        try:
            indexer.start(told)
            indexer.drain()
        except Conflict:
            return
        finally:
            indexer.stop()


@contextmanager
def _progress(title: str) -> Iterator[Any]:
    """Told how much of how much is done; a bar on a terminal, nothing where the output is piped."""
    with Progress(console=stderr, transient=True, disable=not stderr.is_terminal) as bars:
        bar = bars.add_task(title, total=None, visible=False)

        def told(done: int, total: int) -> None:
            bars.update(bar, completed=done, total=total, visible=True)

        yield told


def _behind_seconds(office: Office) -> int | None:
    """How long ago the index last held everything; 0 when it does, None when it never did."""
    late = behind(office.database)
    if late.count == 0 and late.since is not None:
        return 0
    if late.since is None:
        return None
    return max(0, int((office.clock.now() - late.since).total_seconds()))


def _refusal(number: int, reason: str) -> dict[str, Any]:
    return {"message": number, "reason": reason}


def _answer(query: str, asked: Query, found: Page, rows: list[Row], counted: Facets | None) -> dict[str, Any]:
    return {
        "query": query,
        "total": found.total,
        "hits": [_hit(row, asked) for row in rows],
        "next": found.next,
        "facets": _facets(counted) if counted is not None else None,
    }


def _hit(row: Row, asked: Query) -> dict[str, Any]:
    around = snippet(row["body"], asked)
    return {
        "message": row["id"],
        "source": row["source"],
        "native_id": row["native_id"],
        "channel": row["channel"],
        "title": row["title"],
        "snippet": around.text,
        "marks": [list(place) for place in around.marks],
        "received_at": iso(row["received_at"]),
    }


def _facets(counted: Facets) -> dict[str, dict[str, int]]:
    days = {local_day(day).isoformat(): count for day, count in counted.days}
    return {**{name: dict(values) for name, values in counted.values.items()}, "day": days}


def _show(asked: Query, found: Page, rows: list[Row], counted: Facets | None, waiting: int) -> None:
    if waiting:
        stderr.print(f"索引还有 {waiting:,} 件待更新，结果可能不全。")
    if not rows:
        console.print("没有找到。请换个说法，或减少条件。")
        return
    table = Table("编号", "收到", "渠道", "标题", "摘要")
    for row in rows:
        received = shanghai(row["received_at"]).strftime("%Y-%m-%d %H:%M")
        around = _plain(snippet(row["body"], asked, 40))
        table.add_row(str(row["id"]), received, label(Channel(row["channel"])), row["title"], around)
    print_table(table)
    console.print(f"共 {found.total:,} 件，列出 {len(rows)} 件。")
    for name, values in counted.values.items() if counted is not None else ():
        if values:
            shown = "，".join(f"{value} {count:,}" for value, count in values[:_MOST_SHOWN])
            console.print(f"{name}：{shown}", markup=False, highlight=False)


def _plain(marked: Marked) -> str:
    return "".join(f"[bold red]{_safe(piece)}[/]" if hit else _safe(piece) for piece, hit in marked.pieces())


def _safe(text: str) -> str:
    return text.replace("[", "\\[")


def _verdict(verdict: Verdict, *, mended: bool) -> dict[str, Any]:
    return {
        "ok": verdict.is_equal,
        "documents": verdict.documents,
        "messages": verdict.messages,
        "missing": list(verdict.missing),
        "surplus": list(verdict.surplus),
        "differing": list(verdict.differing),
        "mended": mended,
    }


def _show_verdict(verdict: Verdict, *, mended: bool) -> None:
    if verdict.is_equal:
        console.print(f"索引与数据库一致，共 {verdict.documents:,} 件。")
        return
    counts = f"缺 {len(verdict.missing):,}，多 {len(verdict.surplus):,}，不符 {len(verdict.differing):,}"
    done = "已重新写入。" if mended else "请加 --mend 重新写入，或运行 huiying index rebuild。"
    stderr.print(f"索引与数据库不一致：{counts}。{done}")
