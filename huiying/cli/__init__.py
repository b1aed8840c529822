"""The command line: one module per command, put together here."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(
    name="huiying",
    help="回应:听见群众说了什么,按时答复,并且说得清楚。",
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
