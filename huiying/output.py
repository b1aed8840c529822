"""What every command prints, and how it ends.

Contract: `--json` prints exactly one JSON object on stdout, Chinese not escaped; logs, progress and warnings
go to stderr. Exit 0 done, 1 something failed or was refused and is named, 2 bad usage.
"""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable
from typing import Any, NoReturn, ParamSpec

import typer
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

from core.errors import HuiyingError

P = ParamSpec("P")

_WIDEST = 400

console = Console()
stderr = Console(stderr=True)


def print_json(value: object) -> None:
    """The one object of a `--json` command; the caller has turned instants and days into text."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def print_table(table: Table) -> None:
    """A table at its full width: figures are never cut, a narrow terminal wraps the line instead."""
    natural = Measurement.get(console, console.options.update(max_width=_WIDEST), table).maximum
    Console(width=max(console.width, natural)).print(table)


def error_object(error: HuiyingError) -> dict[str, str]:
    """The shape of an error inside a `--json` answer."""
    return {"code": error.code, "message": error.message, "mend": error.mend}


def command(function: Callable[P, None]) -> Callable[P, None]:
    """Turn our errors into the contract's exit: one Chinese sentence with its code, exit 1, no traceback.

    `--debug` before the command name lets the traceback through.
    """

    @functools.wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            function(*args, **kwargs)
        except HuiyingError as error:
            fail(error, as_json=bool(kwargs.get("as_json")))

    return wrapped


def fail(error: HuiyingError, *, as_json: bool, done: dict[str, Any] | None = None) -> NoReturn:
    """Print an error (with what was done before it, when given) and leave with exit code 1.

    Raises:
        HuiyingError: the error itself, under `--debug`.
        typer.Exit: always otherwise.
    """
    if _debug():
        raise error
    if as_json:
        print_json({**(done or {}), "error": error_object(error)})
    else:
        stderr.print(f"[bold red]错误[/]({error.code}):", end="")
        stderr.print(f"{error.message}{error.mend}", markup=False, highlight=False)
    raise typer.Exit(1) from error


def _debug() -> bool:
    import click

    context = click.get_current_context(silent=True)
    return bool(context and (context.find_root().params.get("debug")))
