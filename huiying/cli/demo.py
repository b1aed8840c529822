"""`huiying demo`: a fictional bureau to look at, with a login for each role."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Annotated, Any

import typer
from rich.table import Column, Table

from api.guests import Guest
from core.clock import iso, local_day, shanghai
from core.errors import Conflict
from core.labels import label
from huiying.demo.bureau import read_bureau
from huiying.demo.loading import DemoLogin, DemoLogins, load_demo
from huiying.demo.opening import open_demo
from huiying.demo.posts import read_day
from huiying.demo.replay import Replay
from huiying.office import Office
from huiying.output import command, console, print_json

_HOST = "127.0.0.1"


@command
def demo_command(
    port: Annotated[int, typer.Option(min=1, max=65535, help="端口。")] = 8000,
    fresh: Annotated[bool, typer.Option("--fresh", help="丢掉原来的演示数据，以此刻为准重新装入。")] = False,
    load_only: Annotated[bool, typer.Option("--load-only", help="只装入数据，不启动服务。")] = False,
    replay: Annotated[bool, typer.Option("--replay/--no-replay", help="启动后重放微博上的事件。")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """演示：一个虚构的局，三十件来文，一起微博上的突发事件，五个角色的账号；只有本机能访问。"""
    if not load_only:
        _require_free(port)
    bureau = read_bureau()
    with open_demo(os.environ, bureau, fresh=fresh) as office:
        demo = load_demo(office, bureau)
        address = None if load_only else f"http://{_HOST}:{port}"
        if as_json:
            print_json(_answer(office, demo, address))
            sys.stdout.flush()
        else:
            _show(office, demo, address)
        if not load_only:
            # Loading alone, like every other command, starts without the web server's packages.
            from huiying.serving import serve

            with _replaying(office) if replay else nullcontext():
                serve(office, _HOST, port, [_guest(one) for one in demo.logins])


def _guest(one: DemoLogin) -> Guest:
    return Guest(label(one.role), one.name, one.login, one.look, one.password)


@contextmanager
def _replaying(office: Office) -> Iterator[None]:
    """The incident day, coming in while the block runs."""
    running = Replay(office, read_day())
    running.start()
    try:
        yield
    finally:
        running.stop()


def _require_free(port: int) -> None:
    """Say at once what the server would only find out after loading.

    Raises:
        Conflict: the port cannot be had.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the server does: a port whose last connections are just closing is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except PermissionError as error:
            raise Conflict(
                f"没有权限使用端口 {port}。", mend="请换一个大于 1023 的端口。", code="port.refused"
            ) from error
        except OSError as error:
            raise Conflict(
                f"端口 {port} 正被别的程序使用。",
                mend="请先停掉它，或用 --port 换一个端口。",
                code="port.busy",
            ) from error


def _answer(office: Office, demo: DemoLogins, address: str | None) -> dict[str, Any]:
    return {
        "office": office.settings.office.name,
        "data_dir": str(office.settings.data_dir),
        "address": address,
        "began_at": iso(demo.began_at),
        "stored": demo.stored,
        "logins": [
            {
                "role": one.role.value,
                "label": label(one.role),
                "name": one.name,
                "login": one.login,
                "password": one.password,
                "look": one.look,
            }
            for one in demo.logins
        ],
    }


def _show(office: Office, demo: DemoLogins, address: str | None) -> None:
    table = Table(Column("角色", no_wrap=True), "登录名", Column("口令", no_wrap=True))
    table.add_column("先看什么", overflow="fold")
    for one in demo.logins:
        table.add_row(f"{label(one.role)} {one.name}", one.login, one.password, one.look)
    did = f"装入 {demo.stored} 件来文" if demo.stored else "沿用已装入的数据"
    console.print(
        f"{office.settings.office.name}（虚构）：{did}，在 {office.settings.data_dir}。", markup=False
    )
    console.print(table)
    if local_day(demo.began_at) != local_day(office.clock.now()):
        since = f"{shanghai(demo.began_at):%Y-%m-%d %H:%M}"
        console.print(f"数据是 {since} 装入的，时限一直在走；加 --fresh 以此刻为准重新装入。")
    if address is not None:
        console.print(f"请用浏览器打开 {address} ,按 Ctrl+C 停止。", highlight=False)
