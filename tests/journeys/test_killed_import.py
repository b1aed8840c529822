"""An import killed at any moment and run again ends as if it had run once.

A process of its own imports a file and kills itself (SIGKILL: no handler, no clean-up) at a chosen moment:
inside the transaction of a batch, after its commit, or before the import is marked as finished. Its rows are
read by a second process, which must not outlive it.
"""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.command import Command
from tests.factories import ANSWER

ROWS = 230
BATCH_ROWS = "50"

KILLER = """
import os, signal, sys
from pathlib import Path
from core.vocabulary import ImportKind
from huiying import importing
from huiying.office import open_office
from storage import imports

where, after, path = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
reached = 0

def die(*_):
    global reached
    reached += 1
    if reached > after:
        os.kill(os.getpid(), signal.SIGKILL)

if where == "in_transaction":
    real = importing.OfficeIntake.register
    def register(self, *arguments):
        real(self, *arguments)
        die()
    importing.OfficeIntake.register = register
elif where == "before_finish":
    imports.finish = die
with open_office() as office:
    progress = die if where == "after_commit" else lambda *_: None
    importing._WORTH_A_READER = 0
    importing.import_file(office, path, importing.Wish(ImportKind.MAILBOX, reads_ahead=True), progress)
"""


def make_file(path: Path) -> Path:
    """Rows of every fate: new, answered, repeated, unreadable."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(("留言编号", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间"))
        for n in range(ROWS):
            received = "2026-13-40" if n % 37 == 5 else f"2026/3/{n % 28 + 1} 9:00:00"
            answer = (ANSWER, "2026/4/1 9:00:00") if n % 3 == 0 else ("", "")
            out.writerow((n - 1 if n % 41 == 40 else n, f"来文{n}", received, "正文", *answer))
    return path


def facts(office: Command) -> dict[str, Any]:
    """What can be told apart from outside, without numbers that count attempts."""
    asked = ("report", "response-times", "--from", "2026-01-01", "--to", "2026-12-31", "--rows", "--json")
    rows = office(*asked).json["rows"]
    for row in rows:
        del row["case"], row["deadline"]
    (run,) = office("imports", "--json").json["imports"]
    audit = office("audit", "verify", "--json").json
    counts = {k: run[k] for k in ("state", "read", "stored", "revised", "duplicate", "quarantined")}
    return {
        "rows": sorted(rows, key=lambda row: row["native_id"]),
        "counts": counts,
        "audit": (audit["ok"], audit["events"]),
    }


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_file(tmp_path_factory.mktemp("files") / "letters.csv")


def office(folder: Path) -> Command:
    return Command(folder, settings=(("HUIYING_IMPORTS__BATCH_ROWS", BATCH_ROWS),))


@pytest.fixture(scope="module")
def in_one_run(tmp_path_factory: pytest.TempPathFactory, file: Path) -> dict[str, Any]:
    """What an undisturbed import leaves, and what it prints."""
    undisturbed = office(tmp_path_factory.mktemp("once"))
    printed = undisturbed("import", file, "--as", "mailbox", "--json").json
    return {"facts": facts(undisturbed), "total": printed["total"], "deadlines": printed["deadlines"]}


@pytest.mark.parametrize(
    ("where", "after"),
    [
        pytest.param("in_transaction", 0, marks=pytest.mark.thorough),
        ("in_transaction", 3),
        pytest.param("after_commit", 0, marks=pytest.mark.thorough),
        pytest.param("after_commit", 3, marks=pytest.mark.thorough),
        ("before_finish", 0),
    ],
)
def test_a_killed_import_run_again_ends_as_if_run_once(
    tmp_path: Path, file: Path, in_one_run: dict[str, Any], where: str, after: int
) -> None:
    disturbed = office(tmp_path)
    killed = subprocess.run(
        [sys.executable, "-c", KILLER, where, str(after), str(file)],
        env=disturbed.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    problems = disturbed("check", "--json").json["problems"]
    assert [p["code"] for p in problems if p["code"] != "calendar.missing"] == ["import.unfinished"]
    again = disturbed("import", file, "--as", "mailbox", "--json").json
    assert {"total": again["total"], "deadlines": again["deadlines"]} == {
        k: in_one_run[k] for k in ("total", "deadlines")
    }
    assert json.dumps(facts(disturbed), sort_keys=True) == json.dumps(in_one_run["facts"], sort_keys=True)


def test_a_killed_import_leaves_no_plain_copy_of_the_file(tmp_path: Path, file: Path) -> None:
    disturbed = office(tmp_path)
    subprocess.run(
        [sys.executable, "-c", KILLER, "after_commit", "0", str(file)],
        env=disturbed.environment(),
        capture_output=True,
        check=False,
    )
    original = file.read_bytes()
    assert not any(original[:200] in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
