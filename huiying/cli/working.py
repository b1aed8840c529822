"""`huiying worker`: carry out what is due and send what must be said, without the web."""

from __future__ import annotations

import signal
import threading
from dataclasses import asdict
from importlib.util import find_spec
from typing import Annotated

import typer

from core.errors import SettingsError
from core.jobs import JobRunner
from huiying.engine_loop import EngineLoop
from huiying.indexing_loop import IndexingLoop
from huiying.office import Office, open_office
from huiying.output import command, console, print_json


@command
def worker_command(
    once: Annotated[bool, typer.Option("--once", help="处理完当前到点的事项就退出。")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON（与 --once 同用）。")] = False,
) -> None:
    """运行提醒引擎：到点提醒、升级、发送通知。"""
    with open_office() as office:
        if once:
            _once(office, as_json=as_json)
        else:
            _run(office)


def _once(office: Office, *, as_json: bool) -> None:
    ticked, sent = EngineLoop(office).once()
    if as_json:
        print_json({"ticked": asdict(ticked), "sent": asdict(sent)})
        return
    console.print(f"执行 {ticked.fired} 项，略过 {ticked.skipped} 项，出错 {ticked.failed} 项。")
    console.print(f"发出 {sent.accepted} 条，待重试 {sent.retried} 条，失败 {sent.failed} 条。")


def _run(office: Office) -> None:
    if office.settings.now is not None:
        raise SettingsError("固定了“现在”(HUIYING_NOW)，引擎不能运行。", mend="请去掉该设置后再启动。")
    loop = EngineLoop(office, lambda line: console.print(line, markup=False, highlight=False))
    loop.start()
    indexing = IndexingLoop(office)
    indexing.start()
    jobs = _jobs(office)
    if jobs is not None:
        jobs.start()
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    console.print("提醒引擎已启动。按 Ctrl+C 停止。")
    while not ended.wait(1.0) and not loop.has_ended:
        pass
    if jobs is not None:
        jobs.stop()
    indexing.stop()
    loop.stop()


def _jobs(office: Office) -> JobRunner | None:
    """The office's queue of jobs; None on one machine, and where the extra is not installed."""
    if office.database.is_sqlite:
        return None
    if find_spec("procrastinate") is None:
        console.print("没有安装 cluster 扩展，本进程不接任务。")
        return None
    from huiying.jobs import open_jobs

    return open_jobs(office)
