"""`huiying worker`: everything but the web: what is due, what comes in, what it means, what is searched."""

from __future__ import annotations

import signal
import threading
from dataclasses import asdict
from typing import Annotated

import typer

from core.errors import SettingsError
from huiying.background import Background
from huiying.engine_loop import EngineLoop
from huiying.office import Office, open_office
from huiying.output import command, console, print_json


@command
def worker_command(
    once: Annotated[bool, typer.Option("--once", help="处理完当前到点的事项就退出。")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON（与 --once 同用）。")] = False,
) -> None:
    """运行网页以外的一切：到点提醒、升级、发送通知、研判、采集、导入、索引。可以多台同时运行。"""
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
    background = Background(office, lambda line: console.print(line, markup=False, highlight=False))
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    try:
        background.start()
        console.print("已启动：提醒、研判、采集、导入、索引。按 Ctrl+C 停止。")
        while not ended.wait(1.0) and not background.has_ended:
            pass
    finally:
        background.stop()
