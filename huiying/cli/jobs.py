"""`huiying jobs`: work that any of the office's machines may do."""

from __future__ import annotations

from typing import Annotated

import typer

from core.errors import InvalidInput
from core.jobs import Job, JobName
from huiying.job_commands import arguments_of
from huiying.jobs import open_jobs
from huiying.office import open_office
from huiying.output import command, console, print_json

jobs_app = typer.Typer(help="多台机器分担的任务（需要 PostgreSQL）。", no_args_is_help=True)


@jobs_app.callback()
def _root() -> None:
    """Keeps `jobs` a group while it has one command."""


@jobs_app.command("add")
@command
def add_command(
    name: Annotated[JobName, typer.Argument(help="任务：crawl 采集，import 导入，analyse 研判。")],
    values: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME=VALUE…]", help="例如 source=KEY。")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """交给空闲的 worker 去做；同样的任务已在排队时不重复。"""
    given = {}
    for one in values or []:
        key, equals, value = one.partition("=")
        if not equals:
            raise InvalidInput(f"看不懂“{one}”。", mend="请写成 名称=值。", field="values")
        given[key] = value
    words = " ".join(f"{key}={value}" for key, value in sorted(given.items()))
    job = Job(name, given, lock=f"{name.value} {words}", key=f"{name.value} {words}")
    arguments_of(job)
    with open_office() as office:
        jobs = open_jobs(office)
        added = jobs.add(job)
        jobs.stop()
    if as_json:
        print_json({"job": name.value, "added": added})
    else:
        console.print("已加入队列。" if added else "同样的任务已在排队。")
