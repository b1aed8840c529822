"""`huiying engine`: how the engine stands, and letting it go on after it has stopped for a decision."""

from __future__ import annotations

import getpass
from datetime import timedelta
from typing import Annotated

import typer

from alerts.halting import resume
from alerts.watch import look
from core.clock import iso
from huiying.office import open_office
from huiying.output import command, console, print_json, stderr

Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]

engine_app = typer.Typer(help="提醒引擎：状况、停下后的恢复。", no_args_is_help=True)


@engine_app.command("status")
@command
def status_command(as_json: Json = False) -> None:
    """提醒引擎和发送的状况；有异常时退出码为 1。"""
    with open_office() as office, office.database.read() as connection:
        lag = timedelta(seconds=office.settings.watch.lag_seconds)
        state = look(connection, office.clock.now(), lag)
    measured = state.vitals
    if as_json:
        halt = state.halt
        print_json(
            {
                "ok": state.is_well,
                "troubles": list(state.troubles),
                "last_tick_at": iso(state.last_tick_at),
                "oldest_due_at": iso(measured.oldest_due_at),
                "waiting": {str(one): count for one, count in sorted(measured.depth.items())},
                "late_fires": measured.late_fires,
                "ambiguous": measured.ambiguous,
                "quarantined": measured.quarantined,
                "halted": None
                if halt is None
                else {
                    "reason": halt.reason,
                    "at": iso(halt.at),
                    "gap_from": iso(halt.gap_from),
                    "gap_until": iso(halt.gap_until),
                },
            }
        )
    else:
        for trouble in state.troubles:
            stderr.print(f"● {trouble}", markup=False, highlight=False)
        console.print(f"最近一次运行：{iso(state.last_tick_at)}", markup=False, highlight=False)
        console.print(
            f"待发通知：{sum(measured.depth.values())} 条；最近一小时晚触发 {measured.late_fires} 项。"
        )
    if not state.is_well:
        raise typer.Exit(1)


@engine_app.command("resume")
@command
def resume_command(
    send_again: Annotated[
        bool,
        typer.Option(
            "--send-again", help="恢复备份后，把可能已经发出的通知再发一遍；不加则作废，超期的照常通知。"
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """核实之后，让停下的提醒引擎继续；决定记入留痕。"""
    with open_office() as office, office.database.write() as connection:
        done = resume(connection, actor=getpass.getuser(), now=office.clock.now(), send_again=send_again)
    if as_json:
        print_json({"resumed": True, "cancelled": done.cancelled, "skipped": done.skipped})
        return
    console.print("提醒引擎将继续运行。")
    if done.cancelled or done.skipped:
        console.print(f"作废可能已发出的通知 {done.cancelled} 条，略过提醒 {done.skipped} 项。")
