"""Full-text search on tantivy, on Elasticsearch and on the plain alternative, in one run.

    .venv/bin/python -m bench.search --data FOLDER [--counts 10000,1000000] [--engines tantivy,plain,…]

Composes messages from the texts of the csv files below FOLDER, indexes them in each engine, and asks the
same queries: newest 20, relevance 20, filtered (30 days, one channel, negative), facets (day, channel,
source, section, area, polarity) and a phrase. The plain alternative is SQLite: FTS5 with trigrams where a
word has three characters or more, LIKE where it has two, which trigrams cannot find. Elasticsearch is the
server of HUIYING_TEST_ELASTICSEARCH_URL.

Prints one JSON object: documents a second, p50 and p95 in milliseconds, and the ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from elasticsearch import Elasticsearch

from bench.composed import DAYS, FIRST, documents, sentences, words
from storage.search.elastic_client import ServerSettings
from storage.search.elastic_index import ElasticIndex
from storage.search.port import Document, Filters, Order, SearchIndex
from storage.search.query import parse
from storage.search.tantivy_index import TantivyIndex
from storage.types import to_microseconds

_BATCH = 2_000
_FACETS = ("channel", "source", "section", "area", "polarity")
_SINCE = FIRST + timedelta(days=DAYS - 30)
_FILTERS = Filters(since=_SINCE, values={"channel": ("weibo",), "polarity": ("negative",)})
_LONG_ENOUGH = 3


class Asked(Protocol):
    """One engine, filled."""

    def newest(self, word: str) -> object: ...
    def relevance(self, word: str) -> object: ...
    def filtered(self, word: str) -> object: ...
    def facets(self, word: str) -> object: ...


class Ours:
    """An index behind the port."""

    def __init__(self, index: SearchIndex) -> None:
        self.index = index

    def fill(self, batches: Iterator[list[tuple[Document, str]]]) -> None:
        rebuild = self.index.rebuild(1)
        for batch in batches:
            rebuild.put([document for document, _ in batch])
        rebuild.switch()
        rebuild.close()

    def newest(self, word: str) -> object:
        return self.index.find(parse(word), Filters(), Order.NEWEST, 20)

    def relevance(self, word: str) -> object:
        return self.index.find(parse(word), Filters(), Order.RELEVANCE, 20)

    def filtered(self, word: str) -> object:
        return self.index.find(parse(word), _FILTERS, Order.NEWEST, 20)

    def facets(self, word: str) -> object:
        return self.index.facets(parse(word), Filters(), _FACETS)


class Plain:
    """SQLite alone."""

    def __init__(self, folder: Path) -> None:
        self.base = sqlite3.connect(folder / "plain.db")
        self.base.execute("PRAGMA journal_mode=WAL")
        self.base.execute("PRAGMA cache_size=-262144")
        columns = "id INTEGER PRIMARY KEY, received INTEGER, channel, source, section, area, polarity, body"
        self.base.execute(f"CREATE TABLE message ({columns})")
        self.base.execute(
            "CREATE VIRTUAL TABLE found USING fts5"
            " (body, content='message', content_rowid='id', tokenize='trigram')"
        )

    def fill(self, batches: Iterator[list[tuple[Document, str]]]) -> None:
        for batch in batches:
            rows = [
                (one.id, one.received, *(one.values[name][0] for name in _FACETS), text)
                for one, text in batch
            ]
            with self.base:
                self.base.executemany("INSERT INTO message VALUES (?,?,?,?,?,?,?,?)", rows)
                self.base.executemany(
                    "INSERT INTO found (rowid, body) VALUES (?,?)", [(row[0], row[-1]) for row in rows]
                )
        self.base.execute("CREATE INDEX received ON message (received)")

    def newest(self, word: str) -> object:
        return self._rows(word, "", "ORDER BY received DESC, id DESC LIMIT 20")

    def relevance(self, word: str) -> object:
        order = "ORDER BY rank LIMIT 20" if len(word) >= _LONG_ENOUGH else "LIMIT 20"
        return self._rows(word, "", order)

    def filtered(self, word: str) -> object:
        chosen = f"AND received >= {to_microseconds(_SINCE)} AND channel='weibo' AND polarity='negative'"
        return self._rows(word, chosen, "ORDER BY received DESC, id DESC LIMIT 20")

    def facets(self, word: str) -> object:
        day = "(received + 28800000000) / 86400000000"
        counted = [f"SELECT '{name}', {name}, count(*) FROM hit GROUP BY 2" for name in _FACETS]
        counted.append("SELECT 'day', day, count(*) FROM hit GROUP BY 2")
        where, given = self._where(word)
        hits = f"SELECT {', '.join(_FACETS)}, {day} AS day FROM {where}"
        return self.base.execute(
            f"WITH hit AS MATERIALIZED ({hits}) {' UNION ALL '.join(counted)}", given
        ).fetchall()

    def _where(self, word: str) -> tuple[str, tuple[str, ...]]:
        if len(word) >= _LONG_ENOUGH:
            return "found JOIN message ON message.id = found.rowid WHERE found MATCH ?", (f'"{word}"',)
        return "message WHERE body LIKE ?", (f"%{word}%",)

    def _rows(self, word: str, chosen: str, order: str) -> object:
        where, given = self._where(word)
        return self.base.execute(f"SELECT message.id FROM {where} {chosen} {order}", given).fetchall()


def measured(ask: Callable[[str], object], given: list[str]) -> dict[str, float]:
    """p50 and p95 of one question over its words, in milliseconds."""
    ask(given[0])
    took = []
    for word in given:
        began = time.perf_counter()
        ask(word)
        took.append((time.perf_counter() - began) * 1000)
    cuts = statistics.quantiles(took, n=20)
    return {"p50": round(statistics.median(took), 2), "p95": round(cuts[18], 2)}


def questions(engine: Asked, two: list[str], longer: list[str]) -> dict[str, dict[str, float]]:
    """Every question with its times; two-character words, as officials type them most, but for the phrase."""
    return {
        "newest": measured(engine.newest, two),
        "relevance": measured(engine.relevance, two),
        "filtered": measured(engine.filtered, two),
        "facets": measured(engine.facets, two),
        "facets_of_longer": measured(engine.facets, longer),
        "phrase": measured(engine.newest, longer),
    }


def one_more(engine: Ours) -> float:
    """Milliseconds to add one message and have it found."""
    known = next(iter(documents(["再来一件新的来文。"], 1)))[0]
    writer = engine.index.writer(2)
    took = []
    for number in range(20):
        fresh = Document(2**29 + number, known.received_at, known.month, known.terms, known.values, 0)
        began = time.perf_counter()
        writer.put([fresh])
        writer.commit()
        took.append((time.perf_counter() - began) * 1000)
    writer.close()
    engine.index.release()
    return round(statistics.median(took), 1)


def batches(known: list[str], count: int) -> Iterator[list[tuple[Document, str]]]:
    made = documents(known, count)
    while batch := list(islice(made, _BATCH)):
        yield batch


def run(name: str, known: list[str], count: int, two: list[str], longer: list[str]) -> dict[str, Any]:
    """Fill one engine and ask it."""
    folder = Path(tempfile.mkdtemp(prefix="huiying-bench-"))
    prefix = f"bench-{uuid4().hex[:8]}"
    url = os.environ.get("HUIYING_TEST_ELASTICSEARCH_URL", "")
    engine: Ours | Plain
    if name == "plain":
        engine = Plain(folder)
    elif name == "tantivy":
        engine = Ours(TantivyIndex(folder))
    else:
        engine = Ours(ElasticIndex(ServerSettings(url.split(","), prefix=prefix, timeout_seconds=60)))
    began = time.perf_counter()
    engine.fill(batches(known, count))
    seconds = time.perf_counter() - began
    result: dict[str, Any] = {"indexed_per_second": round(count / seconds)}
    result["ms"] = questions(engine, two, longer)
    if isinstance(engine, Ours):
        result["one_more_ms"] = one_more(engine)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    result["megabytes"] = round(size / 1e6) if name != "elasticsearch" else None
    shutil.rmtree(folder)
    if name == "elasticsearch":
        with Elasticsearch(url.split(",")) as client:
            client.indices.delete(index=list(client.indices.get(index=f"{prefix}-*")))
    return result


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--counts", default="10000,1000000")
    parser.add_argument("--engines", default="tantivy,plain,elasticsearch")
    parser.add_argument("--words", type=int, default=40)
    given = parser.parse_args()
    known = sentences(given.data)
    two, longer = words(known, given.words, (2,)), words(known, given.words, (3, 4, 5, 6))
    result: dict[str, Any] = {"sentences": len(known)}
    for count in map(int, given.counts.split(",")):
        for name in given.engines.split(","):
            result.setdefault(name, {})[str(count)] = run(name, known, count, two, longer)
            print(json.dumps({name: {count: result[name][str(count)]}}), file=sys.stderr, flush=True)
    counts = given.counts.split(",")
    if "tantivy" in result and "plain" in result:
        for facets in ("facets", "facets_of_longer"):
            ours, plain = (result[name][counts[-1]]["ms"][facets]["p95"] for name in ("tantivy", "plain"))
            result[f"tantivy_{facets}_p95_to_plain"] = round(ours / plain, 4)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
