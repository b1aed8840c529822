"""The indexer is killed again and again while messages come in: nothing is missing, nothing is double."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from core.clock import FixedClock
from storage.database import open_database
from storage.migrate import migrate
from storage.search.tantivy_index import TantivyIndex
from storage.search.verifying import verify
from tests.storage.search.letters import FIRST, found, index_all, store

PROGRAM = Path(__file__).with_name("indexing_process.py")


@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.thorough)])
def test_a_killed_indexer_leaves_nothing_missing_and_nothing_double(
    data_dir: Path, clock: FixedClock, kills: int
) -> None:
    database = open_database(f"sqlite:///{data_dir / 'huiying.db'}")
    migrate(database, clock.now())
    ids: list[int] = []
    for number in range(kills):
        with subprocess.Popen(
            [sys.executable, str(PROGRAM), str(data_dir)], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            for part in range(4):
                first = FIRST + timedelta(days=number, hours=part)
                ids += store(database, clock, ["停水"] * 150, first=first)
            process.kill()
    index = TantivyIndex(data_dir / "search")
    index_all(database, index, clock)
    assert found(index, "停水", limit=len(ids) + 1) == ids
    assert verify(database, index).is_equal
    database.close()
