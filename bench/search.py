"""Full-text search on tantivy, on Elasticsearch and on the plain alternative, in one run.

    .venv/bin/python -m bench.search --data FOLDER [--counts 10000,1000000] [--engines tantivy,plain,…]

Composes messages from the texts of the csv files below FOLDER, indexes them in each engine, and asks the
same queries: newest 20, relevance 20, filtered (30 days, one channel, negative), facets (day, channel,
source, section, area, polarity) and a phrase. The plain alternative is SQLite: FTS5 with trigrams where a
word has three characters or more, LIKE where it has two, which trigrams cannot find. `elasticsearch` is the
server of HUIYING_TEST_ELASTICSEARCH_URL, `cluster` the nodes of HUIYING_TEST_ELASTICSEARCH_CLUSTER.

Prints one JSON object: messages a second that the engine took in (composing them not counted), p50 and p95 in
milliseconds, how both grew from the first count to the last, and the ratios.
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
_ADDED = 20
_FACETS = ("channel", "source", "section", "area", "polarity")
_SINCE = FIRST + timedelta(days=DAYS - 30)
_FILTERS = Filters(since=_SINCE, values={"channel": ("weibo",), "polarity": ("negative",)})
_LONG_ENOUGH = 3
_SERVERS = {
    "elasticsearch": "HUIYING_TEST_ELASTICSEARCH_URL",
    "cluster": "HUIYING_TEST_ELASTICSEARCH_CLUSTER",
}


class Stopwatch:
    """Adds up the seconds spent inside its blocks."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._began = 0.0

    def __enter__(self) -> None:
        self._began = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self.seconds += time.perf_counter() - self._began


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

    def fill(self, batches: Iterator[list[tuple[Document, str]]]) -> float:
        rebuild = self.index.rebuild(1)
        took = Stopwatch()
        for batch in batches:
            with took:
                rebuild.put([document for document, _ in batch])
        with took:
            rebuild.switch()
            rebuild.close()
        return took.seconds

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

    def fill(self, batches: Iterator[list[tuple[Document, str]]]) -> float:
        took = Stopwatch()
        for batch in batches:
            rows = [
                (one.id, one.received, *(one.values[name][0] for name in _FACETS), text)
                for one, text in batch
            ]
            with took, self.base:
                self.base.executemany("INSERT INTO message VALUES (?,?,?,?,?,?,?,?)", rows)
                self.base.executemany(
                    "INSERT INTO found (rowid, body) VALUES (?,?)", [(row[0], row[-1]) for row in rows]
                )
        with took:
            self.base.execute("CREATE INDEX received ON message (received)")
        return took.seconds

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


def measured(asks: list[Callable[[str], object]], given: list[str]) -> list[dict[str, float]]:
    """p50 and p95 of one question over its words in milliseconds, of each size.

    The sizes are asked in turns, so that a busy machine is unkind to all alike.
    """
    for ask in asks:
        ask(given[0])
    took: list[list[float]] = [[] for _ in asks]
    for word in given:
        for ask, times in zip(asks, took, strict=True):
            began = time.perf_counter()
            ask(word)
            times.append((time.perf_counter() - began) * 1000)
    return [
        {"p50": round(statistics.median(times), 2), "p95": round(statistics.quantiles(times, n=20)[18], 2)}
        for times in took
    ]


def questions(engines: list[Asked], two: list[str], longer: list[str]) -> Iterator[tuple[str, Any]]:
    """Every question with its times; two-character words, as officials type them most, but for the phrase."""
    yield "newest", measured([one.newest for one in engines], two)
    yield "relevance", measured([one.relevance for one in engines], two)
    yield "filtered", measured([one.filtered for one in engines], two)
    yield "facets", measured([one.facets for one in engines], two)
    yield "facets_of_longer", measured([one.facets for one in engines], longer)
    yield "phrase", measured([one.newest for one in engines], longer)


def one_more(engines: list[Ours]) -> list[float]:
    """Milliseconds to add one message and have it found, of each size, in turns."""
    known = next(iter(documents(["再来一件新的来文。"], 1)))[0]
    writers = [engine.index.writer(2) for engine in engines]
    took: list[list[float]] = [[] for _ in engines]
    for number in range(_ADDED):
        fresh = Document(2**29 + number, known.received_at, known.month, known.terms, known.values, 0)
        for writer, times in zip(writers, took, strict=True):
            began = time.perf_counter()
            writer.put([fresh])
            writer.commit()
            times.append((time.perf_counter() - began) * 1000)
    for engine, writer in zip(engines, writers, strict=True):
        writer.close()
        engine.index.release()
    return [round(statistics.median(times), 1) for times in took]


def batches(known: list[str], count: int) -> Iterator[list[tuple[Document, str]]]:
    made = documents(known, count)
    while batch := list(islice(made, _BATCH)):
        yield batch


def opened(name: str, folder: Path, prefix: str) -> Ours | Plain:
    """An empty engine of this name."""
    if name == "plain":
        return Plain(folder)
    if name == "tantivy":
        return Ours(TantivyIndex(folder))
    urls = os.environ[_SERVERS[name]].split(",")
    return Ours(ElasticIndex(ServerSettings(urls, prefix=prefix, timeout_seconds=60)))


def run(
    name: str, known: list[str], counts: list[str], words_of: tuple[list[str], list[str]]
) -> dict[str, Any]:
    """Fill one engine once for each count, and ask all of them."""
    prefix = f"bench-{uuid4().hex[:8]}"
    engines: list[Ours | Plain] = []
    results: dict[str, Any] = {}
    folders = []
    for count in counts:
        folders.append(Path(tempfile.mkdtemp(prefix="huiying-bench-")))
        engines.append(opened(name, folders[-1], f"{prefix}-{count}"))
        seconds = engines[-1].fill(batches(known, int(count)))
        size = sum(path.stat().st_size for path in folders[-1].rglob("*") if path.is_file())
        results[count] = {
            "indexed_per_second": round(int(count) / seconds),
            "megabytes": round(size / 1e6) if name not in _SERVERS else None,
            "ms": {},
        }
        print(json.dumps({name: {count: results[count]}}), file=sys.stderr, flush=True)
    for question, times in questions(list(engines), *words_of):
        for count, took in zip(counts, times, strict=True):
            results[count]["ms"][question] = took
        print(json.dumps({name: {question: times}}), file=sys.stderr, flush=True)
    ours = [engine for engine in engines if isinstance(engine, Ours)]
    for count, took in zip(counts, one_more(ours) if ours else [], strict=bool(ours)):
        results[count]["one_more_ms"] = took
    for folder in folders:
        shutil.rmtree(folder)
    if name in _SERVERS:
        with Elasticsearch(os.environ[_SERVERS[name]].split(",")) as client:
            client.indices.delete(index=list(client.indices.get(index=f"{prefix}-*")))
    return results


def growth(of_counts: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """How many times its value at the first count each figure has at the last."""
    first, last = (list(of_counts.values())[at] for at in (0, -1))
    grown: dict[str, Any] = {
        name: {cut: round(last["ms"][name][cut] / took[cut], 2) for cut in ("p50", "p95")}
        for name, took in first["ms"].items()
    }
    for name in ("indexed_per_second", "one_more_ms"):
        if name in first:
            grown[name] = round(last[name] / first[name], 2)
    return grown


def ratios(result: dict[str, Any], last: str) -> Iterator[tuple[str, float]]:
    """tantivy's facets against the plain alternative's, at the last count."""
    if "tantivy" in result and "plain" in result:
        for facets in ("facets", "facets_of_longer"):
            ours, plain = (result[name][last]["ms"][facets]["p95"] for name in ("tantivy", "plain"))
            yield f"tantivy_{facets}_p95_to_plain", round(ours / plain, 4)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--counts", default="10000,1000000")
    parser.add_argument("--engines", default="tantivy,plain,elasticsearch")
    parser.add_argument("--words", type=int, default=60)
    given = parser.parse_args()
    known = sentences(given.data)
    two, longer = words(known, given.words, (2,)), words(known, given.words, (3, 4, 5, 6))
    counts = given.counts.split(",")
    result: dict[str, Any] = {"sentences": len(known), "growth": {}}
    for name in given.engines.split(","):
        result[name] = run(name, known, counts, (two, longer))
        result["growth"][name] = growth(result[name])
    result |= dict(ratios(result, counts[-1]))
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
