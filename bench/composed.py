"""Messages composed by recombination of the sentences of real texts, to measure at sizes nobody has."""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from core.clock import SHANGHAI
from storage.search.port import Document
from storage.search.terms import document_terms

LENGTH = 150
DAYS = 365
FIRST = datetime(2025, 11, 1, tzinfo=SHANGHAI)
CHANNELS = ("weibo", "hotline_12345", "leader_mailbox", "message_board", "media")
POLARITIES = ("negative", "unsure", "positive")
_SENTENCE = re.compile(r"[^。！？!?\s]{6,60}[。！？!?]?")
_HAN = re.compile(r"[\u4e00-\u9fff]{2,}")


def sentences(folder: Path) -> list[str]:
    """Every sentence of the texts in the csv files below `folder`.

    Raises:
        SystemExit: there are none.
    """
    found: set[str] = set()
    for path in sorted(folder.rglob("*.csv")):
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            for row in csv.reader(file):
                found.update(_SENTENCE.findall(max(row, key=len, default="")))
    if not found:
        raise SystemExit(f"没有可用的文字：{folder}")
    return sorted(found)


def texts(known: list[str], count: int) -> Iterator[str]:
    """`count` texts of about `LENGTH` characters; the same ones each time."""
    chance = random.Random(20261125)  # noqa: S311 - not for secrets
    for _ in range(count):
        text = ""
        while len(text) < LENGTH - 25:
            text += chance.choice(known)
        yield text


def documents(known: list[str], count: int) -> Iterator[tuple[Document, str]]:
    """Documents with their texts, received over a year, with the values an office filters by."""
    chance = random.Random(11)  # noqa: S311 - not for secrets
    for number, text in enumerate(texts(known, count), 1):
        at = FIRST + timedelta(seconds=chance.randrange(DAYS * 86_400))
        yield (
            Document(
                id=number,
                received_at=at,
                month="202611",
                terms=document_terms("", text),
                values={
                    "channel": (chance.choices(CHANNELS, (50, 25, 10, 10, 5))[0],),
                    "source": (f"source{chance.randrange(12)}",),
                    "section": (f"section{chance.randrange(20)}",),
                    "area": (f"area{chance.randrange(100)}",),
                    "polarity": (chance.choice(POLARITIES),),
                },
                digest=number & 0xFFFF,
            ),
            text,
        )


def words(known: list[str], count: int, lengths: tuple[int, ...]) -> list[str]:
    """`count` words that stand in the texts, of these numbers of characters."""
    chance = random.Random(5)  # noqa: S311 - not for secrets
    found: dict[str, None] = {}
    while len(found) < count:
        run = max(_HAN.findall(chance.choice(known)), key=len, default="")
        length = chance.choice(lengths)
        if len(run) >= length:
            at = chance.randrange(len(run) - length + 1)
            found[run[at : at + length]] = None
    return list(found)
