"""`huiying serve`: the web server."""

from __future__ import annotations

from typing import Annotated

import typer

from core.errors import SettingsError
from huiying.office import open_office
from huiying.output import command, stderr
from huiying.serving import serve


@command
def serve_command(
    host: Annotated[str | None, typer.Option("--host", help="监听地址；不填则按配置。")] = None,
    port: Annotated[
        int | None, typer.Option("--port", min=1, max=65535, help="监听端口；不填则按配置。")
    ] = None,
    web_only: Annotated[
        bool,
        typer.Option("--web-only", help="只提供网页和接口，提醒、研判、采集、索引都由 huiying worker 去做。"),
    ] = False,
) -> None:
    """启动网页服务，按 Ctrl+C 停止。"""
    with open_office() as office:
        if web_only and office.database.is_sqlite:
            raise SettingsError(
                "--web-only 需要 PostgreSQL 和另外运行的 huiying worker。",
                mend="一台机器上请直接运行 huiying serve。",
                code="serve.web_only",
            )
        if office.settings.now is not None:
            raise SettingsError(
                "服务运行时不能固定时间。", mend="请去掉环境变量 HUIYING_NOW。", code="settings.fixed_now"
            )
        server = office.settings.server
        where, on = host or server.host, port or server.port
        stderr.print(f"在 http://{where}:{on} 提供服务，按 Ctrl+C 停止。", markup=False, highlight=False)
        serve(office, where, on, is_web_only=web_only)
