"""Batches made by a process of their own are the same batches, and its end is never taken for theirs."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import FileRefused, HuiyingError
from crawlers.imports.ahead import ahead


def test_all_batches_come_in_order_and_whole() -> None:
    batches = [[number, "字" * 400_000] for number in range(5)]

    assert list(ahead(iter(batches))) == batches


def test_what_the_reader_raises_reaches_whoever_asked() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise FileRefused("清单.csv", "清单.csv 不完整。", mend="请重新导出。", code="file.incomplete")

    batches = ahead(broken())

    assert next(batches) == 1
    with pytest.raises(FileRefused) as caught:
        next(batches)
    assert (caught.value.file, caught.value.code, caught.value.mend) == (
        "清单.csv",
        "file.incomplete",
        "请重新导出。",
    )


def test_a_killed_reader_is_no_end_of_the_file() -> None:
    def killed() -> Iterator[int]:
        yield 1
        os.kill(os.getpid(), signal.SIGKILL)
        yield 2

    batches = ahead(killed())

    assert next(batches) == 1
    with pytest.raises(HuiyingError) as caught:
        next(batches)
    assert caught.value.code == "import.reader_stopped"


def test_the_reader_ends_when_nobody_wants_more() -> None:
    def endless() -> Iterator[int]:
        while True:
            yield os.getpid()

    batches = ahead(endless())
    reader = next(batches)
    batches.close()

    with pytest.raises(ProcessLookupError):
        os.kill(reader, 0)


def test_the_reader_ends_with_its_parent() -> None:
    def endless() -> Iterator[int]:
        while True:
            yield os.getpid()

    here, there = os.pipe()
    parent = os.fork()
    if parent == 0:
        os.write(there, str(next(ahead(endless()))).encode())
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(parent, 0)
    reader = int(os.read(here, 20))

    assert _ends(reader)


def _ends(process: int) -> bool:
    until = time.monotonic() + 10
    state = Path(f"/proc/{process}/stat")
    while time.monotonic() < until:
        try:
            if state.read_text("ascii").rpartition(")")[2].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
    return False
