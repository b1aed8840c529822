"""CI notices a test that skipped itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[1] / "tools" / "skipped.py"


def _exit_code(tmp_path: Path, *cases: str) -> int:
    results = tmp_path / "results.xml"
    results.write_text(f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>", encoding="utf-8")
    return subprocess.run([sys.executable, PROGRAM, results], capture_output=True, check=False).returncode


def _skipped(reason: str) -> str:
    return f'<testcase classname="tests.storage" name="test_it"><skipped message="{reason}"/></testcase>'


@pytest.mark.parametrize("reason", ["no PostgreSQL server", "no Chromium: /usr/bin/chromium is absent", ""])
def test_a_test_skipped_for_want_of_a_server_fails_the_run(tmp_path: Path, reason: str) -> None:
    assert _exit_code(tmp_path, '<testcase classname="a" name="b"/>', _skipped(reason)) == 1


def test_absent_reference_material_passes(tmp_path: Path) -> None:
    assert _exit_code(tmp_path, _skipped("real data is absent"), _skipped("../policy is absent")) == 0


def test_a_run_without_tests_fails(tmp_path: Path) -> None:
    assert _exit_code(tmp_path) == 1
