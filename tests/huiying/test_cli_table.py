"""The command line finds each command, and a command does not load the others."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from huiying.cli.table import COMMANDS, load
from tests.command import Command


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_stands_where_the_table_says(name: str) -> None:
    assert load(name, COMMANDS[name]).name == name


def test_help_names_every_command(data_dir: Path) -> None:
    shown = Command(data_dir)("--help").out
    assert [name for name in COMMANDS if f"  {name} " not in shown] == []


def test_one_command_does_not_pay_for_the_others() -> None:
    """Broken: each line of an office's script takes seconds, for a web server that it does not start."""
    script = (
        "import sys; from huiying.cli.table import COMMANDS, load; load('due', COMMANDS['due']);"
        "print([m for m in ('fastapi', 'docx', 'numpy', 'matplotlib', 'scrapy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
