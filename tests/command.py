"""Running the real command, in this process or in one of its own, as an office does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from huiying.cli import app


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON object on stdout."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Command:
    """`huiying` in one data folder at one instant.

    Attributes:
        now: the instant of `HUIYING_NOW`.
        settings: further environment variables.
    """

    data_dir: Path
    now: str = "2026-11-23T09:00:00+08:00"
    settings: tuple[tuple[str, str], ...] = ()

    def environment(self) -> dict[str, str]:
        """The process environment, without any setting of the machine that runs the tests."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("HUIYING_")}
        return {
            **kept,
            "HUIYING_DATA_DIR": str(self.data_dir),
            "HUIYING_NOW": self.now,
            "PYTHONPATH": str(Path(__file__).parents[1]),
            **dict(self.settings),
        }

    def start(self, *arguments: str | Path) -> subprocess.Popen[str]:
        """The running process, for a test that kills it."""
        return subprocess.Popen(
            [sys.executable, "-m", "huiying", *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment(),
            cwd=self.data_dir,
        )

    def apart(self, *arguments: str | Path) -> Outcome:
        """Run it to its end in a process of its own."""
        with self.start(*arguments) as process:
            out, err = process.communicate(timeout=300)
        return Outcome(process.returncode, out, err)

    def __call__(self, *arguments: str | Path) -> Outcome:
        """Run it to its end in this process: the same code, without a second for the start."""
        environment = self.environment()
        absent = {name: None for name in os.environ if name not in environment}
        result = CliRunner().invoke(app, [str(one) for one in arguments], env={**absent, **environment})
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Outcome(result.exit_code, result.stdout, result.stderr)
