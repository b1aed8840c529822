"""Importing the product does nothing: no file, no connection, no reading of settings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.architecture.product import ROOT, product_sources

# Alembic runs this file itself, inside a migration.
_RUN_BY_ALEMBIC = {"storage.migrations.env"}

_PROGRAM = """
import importlib, json, sys

modules, written = json.load(sys.stdin), []
ACTS = {"os.mkdir", "os.rename", "os.remove", "socket.connect", "sqlite3.connect", "subprocess.Popen"}

def watch(event, arguments):
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        written.append(f"opens {arguments[0]} for writing")
    elif event in ACTS:
        written.append(f"{event} {arguments[:2]}")

sys.addaudithook(watch)
for module in modules:
    before = len(written)
    importlib.import_module(module)
    written[before:] = [f"{module}: {entry}" for entry in written[before:]]
json.dump(written, sys.stdout, ensure_ascii=False)
"""


def _import_all(modules: list[str], cwd: Path, search_path: Path = ROOT) -> list[str]:
    """What importing `modules` in a process of their own wrote, made or connected to."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(cwd), "PYTHONPATH": str(search_path)}
    done = subprocess.run(
        [sys.executable, "-B", "-c", _PROGRAM],
        cwd=cwd,
        env=environment,
        input=json.dumps(modules),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    written: list[str] = json.loads(done.stdout)
    return written


def test_importing_every_module_writes_and_connects_nothing(tmp_path: Path) -> None:
    """Broken: `huiying --help` makes a data folder, and a test changes the office's database."""
    modules = [source.module for source in product_sources() if source.module not in _RUN_BY_ALEMBIC]
    assert _import_all(modules, tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_a_module_that_makes_a_folder_is_caught(tmp_path: Path) -> None:
    (tmp_path / "eager.py").write_text("import os\nos.mkdir('data')\n", encoding="utf-8")
    assert [entry.split(" ")[0] for entry in _import_all(["eager"], tmp_path, tmp_path)] == ["eager:"]
