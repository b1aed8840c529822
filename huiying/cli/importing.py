"""`huiying import`, `huiying imports`, `huiying quarantine`: files in, and what could not be read."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from alerts.revision import undo_import
from core.clock import iso
from core.errors import FileRefused, HuiyingError, InvalidInput
from core.labels import label
from core.vocabulary import ImportKind, Tag
from crawlers.imports.mapping import load_mapping
from crawlers.imports.quarantine import open_sealed
from crawlers.unread_rows import unread_rows
from huiying.importing import Imported, Wish, deadline_counts, import_file
from huiying.importing import Progress as Report
from huiying.office import Office, open_office
from huiying.output import command, console, error_object, fail, print_json, print_table, stderr
from storage import events, imports
from storage.events import OFFICE_STREAM, Draft
from storage.imports import Counts

Files = Annotated[
    list[str], typer.Argument(metavar="FILE…", help="要导入的文件；或 undo 编号，撤销一次导入。")
]
As = Annotated[ImportKind | None, typer.Option("--as", help="文件是哪一种导出表。")]
SourceKey = Annotated[str | None, typer.Option("--source", help="来源名；不填则与种类同名。")]
MappingFile = Annotated[Path | None, typer.Option("--mapping", help="列对应文件(TOML)，覆盖自动识别的列。")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只读不写，看看会导入什么。")]
Accept = Annotated[
    bool, typer.Option("--accept-rejected", help="读不了的行再多也照此导入；停下的导入接着做。")
]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]


@command
def import_command(
    files: Files,
    kind: As = None,
    source: SourceKey = None,
    mapping: MappingFile = None,
    dry_run: DryRun = False,
    accept_rejected: Accept = False,
    as_json: Json = False,
) -> None:
    """导入信箱、12345 工单或微博导出表；import undo 编号 撤销一次导入。"""
    if files[0] == "undo" and kind is None:
        return _undo(files[1:], as_json)
    if kind is None:
        raise typer.BadParameter(
            "请用 --as 说明文件种类：" + "、".join(k.value for k in ImportKind), param_hint="--as"
        )
    wish = Wish(
        kind,
        source,
        load_mapping(mapping) if mapping else None,
        dry_run,
        accept_rejected,
        reads_ahead=True,
    )
    with open_office() as office:
        _import_all(office, [Path(name) for name in files], wish, as_json)
    return None


def _import_all(office: Office, paths: list[Path], wish: Wish, as_json: bool) -> None:
    done: list[Imported] = []
    refused: list[tuple[Path, HuiyingError]] = []
    for path in paths:
        try:
            with _progress(path.name, as_json) as progress:
                done.append(import_file(office, path, wish, progress))
        except FileRefused as error:
            refused.append((path, error))
    answer = _answer(office, done, refused)
    if not as_json:
        _show(done, answer)
    for path, reason in refused:
        stderr.print(f"{path}:{reason.message}{reason.mend}", style="red", markup=False, highlight=False)
    if refused:
        fail(refused[0][1], as_json=as_json, done=answer if done else None)
    if as_json:
        print_json(answer)


def _answer(office: Office, done: list[Imported], refused: list[tuple[Path, HuiyingError]]) -> dict[str, Any]:
    total = Counts()
    for one in done:
        total = total.plus(one.counts)
    sums = asdict(total)
    answer: dict[str, Any] = {
        "files": [one.as_json() for one in done],
        "total": {name: sums[name] for name in ("read", "stored", "revised", "duplicate", "quarantined")},
        "deadlines": deadline_counts(office, done),
    }
    if refused:
        answer["refused"] = [{"file": str(path), **error_object(error)} for path, error in refused]
    return answer


def _show(done: list[Imported], answer: dict[str, Any]) -> None:
    table = Table("文件", "读入", "新存", "更新", "重复", "隔离", "略过", "警告")
    for one in done:
        c = one.counts
        numbers = (c.read, c.stored, c.revised, c.duplicate, c.quarantined, c.ignored, c.warnings)
        table.add_row(Path(one.file).name, *(f"{number:,}" for number in numbers))
    if not done:
        return
    print_table(table)
    for one in done:
        console.print("识别的列：" + "、".join(f"{ours}←{theirs}" for ours, theirs in one.columns.items()))
        if one.unmapped:
            console.print("原样保留的列：" + "、".join(one.unmapped), markup=False)
        for note in one.notes:
            stderr.print(f"注意：{note}", style="yellow", markup=False)
        if one.earlier is not None:
            console.print(f"这个文件以前导入过（导入 {one.earlier}），没有重复存入。")
        if one.quarantine_file is not None:
            stderr.print(
                f"有 {one.counts.quarantined} 行读不了，已隔离。用 huiying quarantine export {one.import_id}"
                " 打开，改好后再导入。",
                style="yellow",
            )
    d = answer["deadlines"]
    console.print(
        f"时限：按时 {d['on_time']:,}，逾期答复 {d['late']:,}，超期未答 {d['overdue']:,},"
        f"未到期 {d['open']:,}，答复时间不明 {d['time_unknown']:,}"
    )


@contextmanager
def _progress(name: str, as_json: bool) -> Iterator[Report]:
    """A bar on a terminal; nothing when piped or when a program reads the answer."""
    columns = (TextColumn(name, markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=stderr, transient=True, disable=as_json or not stderr.is_terminal)
    task = bar.add_task(name, total=None)

    def report(done: int, total: int) -> None:
        bar.start()  # with the first rows: a refused file shows no bar
        bar.update(task, completed=done, total=total)

    try:
        yield report
    finally:
        bar.stop()


def _undo(arguments: list[str], as_json: bool) -> None:
    if len(arguments) != 1 or not arguments[0].isdigit():
        raise InvalidInput("请写明要撤销的导入编号。", mend="用 huiying imports 查看编号。", field="id")
    with open_office() as office, office.database.write() as connection:
        done = undo_import(
            connection, office.law, int(arguments[0]), actor=getpass.getuser(), now=office.clock.now()
        )
    if as_json:
        print_json({"import": int(arguments[0]), **done})
    else:
        console.print(f"已撤销导入 {arguments[0]}：撤回 {done['withdrawn']} 件，恢复 {done['restored']} 件。")


@command
def imports_command(
    limit: Annotated[int, typer.Option(help="最多列出几次。")] = 20, as_json: Json = False
) -> None:
    """列出最近的导入。"""
    with open_office() as office, office.database.read() as connection:
        rows = imports.newest(connection, limit)
    if as_json:
        shown = ("id", "source", "kind", "file_name", "state", *asdict(Counts()))
        instants = ("started_at", "finished_at")
        print_json(
            {
                "imports": [
                    {**{k: row[k] for k in shown}, **{k: iso(row[k]) for k in instants}} for row in rows
                ]
            }
        )
        return
    if not rows:
        console.print("还没有导入过文件。用 huiying import 文件 --as 种类 开始。")
        return
    words = {imports.RUNNING: "未完成", imports.FINISHED: "完成", imports.UNDONE: "已撤销"}
    words[imports.STOPPED] = "已停下"
    table = Table("编号", "时间", "文件", "种类", "读入", "新存", "隔离", "状态")
    for row in rows:
        kind, state = label(ImportKind(row["kind"])), words[row["state"]]
        counts = (f"{row['read']:,}", f"{row['stored']:,}", f"{row['quarantined']:,}")
        table.add_row(
            str(row["id"]), (iso(row["started_at"]) or "")[:16], row["file_name"], kind, *counts, state
        )
    print_table(table)


quarantine_app = typer.Typer(help="隔离件：读不了的行。", no_args_is_help=True)


@quarantine_app.command("export")
@command
def quarantine_export(
    number: Annotated[int, typer.Argument(metavar="ID", help="导入编号；与 --crawl 同用是采集编号。")],
    crawl: Annotated[bool, typer.Option("--crawl", help="导出一次采集的隔离件。")] = False,
    out: Annotated[Path | None, typer.Option("--out", help="写到哪个文件。")] = None,
    as_json: Json = False,
) -> None:
    """把隔离的行解密成 xlsx（谁打开过会记录下来）。"""
    name, word = ("run", "采集") if crawl else ("import", "导入")
    target = out or Path(f"隔离件-{word}{number}.xlsx")
    with open_office() as office, office.database.write() as connection:
        if crawl:
            content = unread_rows(connection, office.key, number)
        else:
            content = open_sealed(office.settings.data_dir, office.key, number)
        now = office.clock.now()
        facts = {name: number, "file": target.name}
        draft = Draft(OFFICE_STREAM, Tag.QUARANTINE_OPENED, "human", getpass.getuser(), now, facts)
        events.append(connection, [draft], now)
    target.touch(mode=0o600)
    target.write_bytes(content)
    if as_json:
        print_json({name: number, "file": str(target)})
    else:
        console.print(f"已写到 {target}。内含未脱敏的个人信息，用完请删除。改好后可直接再次导入。")
