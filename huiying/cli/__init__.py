"""The command line: one module per family of commands, put together in `table`."""

from __future__ import annotations

from typing import Annotated

import typer

from huiying.cli.table import CommandTable

app = typer.Typer(
    name="huiying",
    cls=CommandTable,
    help="回应：听见群众说了什么，按时答复，并且说得清楚。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def root(
    debug: Annotated[bool, typer.Option("--debug", help="出错时显示完整的程序调用栈。")] = False,
) -> None:
    """Options that stand before the command."""
