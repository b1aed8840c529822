"""`huiying crawl` and `huiying sources`: fetch the sites, see how they stand, add one."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.table import Table

from core.errors import HuiyingError, InvalidInput
from core.labels import label
from core.vocabulary import Verdict
from crawlers.catalog import Source, is_loopback
from crawlers.permission import is_on
from crawlers.run_log import GOOD
from crawlers.storing import COUNTS
from huiying.gathering import catalog_of, gather
from huiying.office import Office, open_office
from huiying.output import command, error_object, fail, print_json, print_table, stderr
from storage import source_states

Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]
BaseUrl = Annotated[str | None, typer.Option("--base-url", help="改用这个地址（本地副本）。")]


@command
def crawl_command(
    keys: Annotated[list[str] | None, typer.Argument(metavar="[来源]…", help="来源的名称。")] = None,
    everything: Annotated[bool, typer.Option("--all", help="全部已启用的来源。")] = False,
    base_url: BaseUrl = None,
    delay: Annotated[
        float | None, typer.Option(min=0, help="每次访问的间隔（秒），只能用于本机副本。")
    ] = None,
    as_json: Json = False,
) -> None:
    """采集网站：留言板、领导信箱、微博、媒体。"""
    if bool(keys) == everything:
        raise InvalidInput(
            "请写明采集哪个来源，或用 --all。", mend="用 huiying sources list 查看全部来源。", field="key"
        )
    with open_office() as office:
        chosen = [paced(one, delay) for one in _chosen(office, keys or [], base_url)]
        runs: list[dict[str, Any]] = []
        refused: list[HuiyingError] = []
        for source in chosen:
            try:
                with _progress(source.name, as_json) as told:
                    runs.append(_run(gather(office, source, getpass.getuser(), told)))
            except HuiyingError as error:
                refused.append(error)
                runs.append(_refused(source, error))
    _report(runs, refused, as_json=as_json)


def _chosen(office: Office, keys: list[str], base_url: str | None) -> list[Source]:
    catalog = catalog_of(office)
    if keys:
        return [at_base(catalog.get(key), base_url) for key in dict.fromkeys(keys)]
    with office.database.read() as connection:
        states = source_states.all_states(connection)
    return [at_base(one, base_url) for one in catalog if is_on(one, states.get(one.key))]


def at_base(source: Source, base_url: str | None) -> Source:
    """The source under another address.

    Raises:
        InvalidInput: it is no address.
    """
    try:
        return source.at(base_url)
    except ValueError as error:
        raise InvalidInput(f"{error}。", mend="请检查 --base-url。", field="base_url") from error


def paced(source: Source, delay: float | None) -> Source:
    """The source with another pause between requests; only a copy on this machine may be asked faster."""
    if delay is None:
        return source
    if not is_loopback(source) and delay < source.politeness.delay_seconds:
        raise InvalidInput(
            f"来源“{source.name}”的访问间隔不能短于 {source.politeness.delay_seconds:g} 秒。",
            mend="--delay 只用于 --base-url 指向本机副本时。",
            field="delay",
        )
    politeness = source.politeness.model_copy(update={"delay_seconds": delay})
    return source.model_copy(update={"politeness": politeness})


def _run(row: dict[str, Any]) -> dict[str, Any]:
    """The contract's shape of one run."""
    return {
        "run": row["id"],
        "source": row["source_key"],
        "verdict": row["verdict"],
        "pages": row["pages"],
        "fetched": row["fetched"],
        **{name: row[name] for name in COUNTS},
        "seconds": row["seconds"],
        "message": row["message"] or None,
        "verdicts": row["verdicts"],
    }


def _refused(source: Source, error: HuiyingError) -> dict[str, Any]:
    """A source that was not fetched at all, in the same shape."""
    return {
        "run": None,
        "source": source.key,
        "verdict": None,
        "pages": 0,
        "fetched": 0,
        **dict.fromkeys(COUNTS, 0),
        "seconds": 0.0,
        "message": error.message,
        "verdicts": {},
        "error": error_object(error),
    }


def _report(runs: list[dict[str, Any]], refused: list[HuiyingError], *, as_json: bool) -> None:
    failed = [run for run in runs if run["verdict"] is None or Verdict(run["verdict"]) not in GOOD]
    if not as_json and runs:
        _show(runs)
    if refused:
        fail(refused[0], as_json=as_json, done={"runs": runs} if as_json else None)
    if as_json:
        print_json({"runs": runs})
    if failed:
        raise typer.Exit(1)


def _show(runs: list[dict[str, Any]]) -> None:
    table = Table("来源", "结果", "页", "读入", "新存", "更新", "重复", "隔离", "秒")
    for run in runs:
        word = label(Verdict(run["verdict"])) if run["verdict"] else "没有采集"
        counts = [f"{run[name]:,}" for name in COUNTS]
        table.add_row(run["source"], word, f"{run['pages']:,}", *counts, f"{run['seconds']:.1f}")
    print_table(table)
    for run in runs:
        if run["quarantined"]:
            opening = f"huiying quarantine export {run['run']} --crawl"
            said = f"{run['source']}：有 {run['quarantined']} 行读不了，已隔离。用 {opening} 打开。"
            stderr.print(said, style="yellow", markup=False, highlight=False)
        if run["message"]:
            stderr.print(f"{run['source']}:{run['message']}", style="yellow", markup=False, highlight=False)


@contextmanager
def _progress(name: str, as_json: bool) -> Iterator[Any]:
    """A moving sign on a terminal; nothing when piped or when a program reads the answer."""
    columns = (SpinnerColumn(), TextColumn(f"{name} {{task.completed:,.0f}} 件", markup=False))
    bar = Progress(*columns, console=stderr, transient=True, disable=as_json or not stderr.is_terminal)
    with bar:
        task = bar.add_task(name, total=None)
        yield lambda read: bar.update(task, completed=read)
