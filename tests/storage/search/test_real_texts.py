"""Over real texts, both engines count exactly what a substring search counts, and find the same messages.

The whole of 20,000 texts takes minutes; a small part of it runs each time.
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

import pytest

from core.clock import FixedClock
from storage.database import open_database
from storage.migrate import migrate
from storage.search.port import Filters, Order
from storage.search.query import parse
from storage.search.terms import HAN, fold
from tests.conftest import REAL_DATA
from tests.storage.search.engines import engine_of
from tests.storage.search.letters import index_all, store

pytestmark = pytest.mark.real_data

_RUN = re.compile(rf"[{HAN}]+")
# Letters, digits and Han that touch: what one phrase may hold.
_STRETCH = re.compile(rf"(?:[{HAN}]+|[^\W\d_{HAN}]+|\d+)+")
_PART = re.compile(rf"[{HAN}]+|[^\W\d_{HAN}]+|\d+")


def _texts() -> Iterator[str]:
    for path in sorted((REAL_DATA / "weibo").glob("daily-*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            yield from (row["text"] for row in csv.DictReader(file) if row["text"])


def _words(texts: list[str], chance: random.Random) -> Iterator[str]:
    """Words of one to six Han characters that stand in the texts."""
    while True:
        runs = _RUN.findall(chance.choice(texts))
        length = chance.randint(1, 6)
        if runs and len(run := chance.choice(runs)) >= length:
            at = chance.randrange(len(run) - length + 1)
            yield run[at : at + length]


def _phrases(texts: list[str], chance: random.Random) -> Iterator[str]:
    """Stretches of several runs, the first and the last cut only where they are Han."""
    while True:
        stretches = [s for s in _STRETCH.findall(chance.choice(texts)) if len(_PART.findall(s)) > 1]
        if not stretches:
            continue
        parts = _PART.findall(chance.choice(stretches))
        at = chance.randrange(len(parts) - 1)
        chosen = parts[at : at + chance.randint(2, 4)]
        if _RUN.match(chosen[0]):
            chosen[0] = chosen[0][-chance.randint(1, 3) :]
        if _RUN.match(chosen[-1]):
            chosen[-1] = chosen[-1][: chance.randint(1, 3)]
        yield "".join(chosen)


def _expected(word: str, folded: list[str]) -> list[int]:
    """Which texts contain the word, no run of letters or digits being cut."""
    wanted = fold(word)
    parts = _PART.findall(wanted)
    before = "" if _RUN.match(parts[0]) else rf"(?<!{_like(parts[0])})"
    after = "" if _RUN.match(parts[-1]) else rf"(?!{_like(parts[-1])})"
    pattern = re.compile(before + re.escape(wanted) + after)
    return [number for number, text in enumerate(folded) if wanted in text and pattern.search(text)]


def _like(part: str) -> str:
    return r"\d" if part[0].isdecimal() else rf"[^\W\d_{HAN}]"


@pytest.mark.elasticsearch
@pytest.mark.parametrize(
    ("size", "asked"), [(500, 60), pytest.param(20_000, 400, marks=pytest.mark.thorough)]
)
def test_both_engines_find_exactly_what_contains_the_words(
    tmp_path: Path, clock: FixedClock, size: int, asked: int
) -> None:
    texts = list(islice(_texts(), size))
    assert len(texts) == size
    database = open_database(f"sqlite:///{tmp_path / 'huiying.db'}")
    migrate(database, clock.now())
    chance = random.Random(size)
    wanted = [*islice(_words(texts, chance), asked), *islice(_phrases(texts, chance), asked // 3)]
    folded = [fold(text) for text in texts]
    with ExitStack() as opened:
        engines = [opened.enter_context(engine_of(name, tmp_path)) for name in ("tantivy", "elasticsearch")]
        ids = store(database, clock, texts)
        for index in engines:
            index_all(database, index, clock)
        wrong = []
        for word in wanted:
            expected = [ids[number] for number in _expected(word, folded)]
            assert expected, word
            for index in engines:
                hits = index.find(parse(f'"{word}"'), Filters(), Order.NEWEST, 10_000)
                if (hits.total, sorted(hits.ids)) != (len(expected), sorted(expected)[-10_000:]):
                    wrong.append((index.engine, word, hits.total, len(expected)))
    database.close()
    assert wrong == []
