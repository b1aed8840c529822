"""tantivy: the search engine inside the process, its files under the data folder.

`current` names the folder of the index that serves; a rebuilt one takes its place by one rename. One process
writes, any number read; what was committed survives a kill at any instant.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import tantivy

from core.errors import Conflict
from storage.search import port
from storage.search.port import (
    KEYWORDS,
    SCHEMA,
    Document,
    Facets,
    Filters,
    Hits,
    Order,
    SearchUnavailable,
    id_of,
)
from storage.search.query import Query
from storage.search.terms import Phrase
from storage.types import to_microseconds

_HEAP_BYTES = 64_000_000
_CURRENT = "current"
_LOCK = "writer.lock"
_FAR = 2**62


@dataclass(frozen=True, slots=True)
class _Opened:
    """An open folder; `stamp` is that of the commit its searcher sees."""

    folder: Path
    index: tantivy.Index
    stamp: tuple[int, int]
    searcher: tantivy.Searcher


class TantivyIndex:
    """The index below one folder.

    Args:
        folder: made with the first index.
    """

    engine = "tantivy"
    is_shared = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._schema = _schema()
        self._opened: _Opened | None = None
        self._lock = Lock()
        self._held: int | None = None

    def exists(self) -> bool:
        """Whether an index of today's form stands."""
        current = self._current()
        return current is not None and (current / "meta.json").is_file()

    def find(
        self, query: Query, filters: Filters, order: Order, limit: int, before: int | None = None
    ) -> Hits:
        """As the port says."""
        searcher = self._searcher()
        asked = self._query(query, filters)
        if order is Order.RELEVANCE:
            found = searcher.search(asked, limit)
            places = searcher.fast_field_values("place", [address for _, address in found.hits])
            return _hits([int(place or 0) for place in places], _count(found))
        total = _count(searcher.search(asked, 1))
        if before is not None:
            asked = _both(asked, self._range("place", 0, before))
        behind = searcher.search(asked, limit, count=False, order_by_field="place")
        return _hits([int(place) for place, _ in behind.hits], total)

    def facets(self, query: Query, filters: Filters, names: Sequence[str]) -> Facets:
        """As the port says."""
        answer = self._searcher().aggregate(self._query(query, filters), port.aggregations(names))
        return port.facets_of(answer)

    def count(self) -> int:
        """How many documents there are."""
        return self._searcher().num_docs

    def sums(self, width: int) -> Mapping[int, tuple[int, int]]:
        """As the port says."""
        asked = {
            "stretches": {
                "histogram": {"field": "id", "interval": float(width), "min_doc_count": 1},
                "aggs": {"digest": {"sum": {"field": "digest"}}},
            }
        }
        answer = self._searcher().aggregate(tantivy.Query.all_query(), asked)
        return {
            int(bucket["key"]): (bucket["doc_count"], int(bucket["digest"]["value"]))
            for bucket in answer["stretches"]["buckets"]
        }

    def digests(self, first: int, width: int) -> Mapping[int, int]:
        """As the port says."""
        searcher = self._searcher()
        found = searcher.search(self._range("id", first, first + width), width, count=False)
        addresses = [address for _, address in found.hits]
        numbers = searcher.fast_field_values("id", addresses)
        digests = searcher.fast_field_values("digest", addresses)
        return {int(one or 0): int(other or 0) for one, other in zip(numbers, digests, strict=True)}

    def writer(self, epoch: int) -> TantivyWriter:  # noqa: ARG002 - one process writes, so no write is late
        """The right to write to the index that serves."""
        self._hold()
        return TantivyWriter(tantivy.Index.open(str(self._required())))

    def rebuild(self, epoch: int) -> TantivyRebuild:  # noqa: ARG002 - as above
        """A new index in a folder beside the old one."""
        self._hold()
        numbers = [int(one.name.split("-")[1]) for one in self._folder.glob("index-*")]
        fresh = self._folder / f"index-{max(numbers, default=0) + 1:06d}"
        fresh.mkdir(mode=0o700)
        return TantivyRebuild(tantivy.Index(self._schema, str(fresh), False), self._folder, fresh)

    def release(self) -> None:
        """Let another process write."""
        if self._held is not None:
            os.close(self._held)
            self._held = None

    def _hold(self) -> None:
        """One process writes below this folder, whichever index; the lock of one that dies is freed."""
        if self._held is not None:
            return
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise _locked() from None
        self._held = lock

    def _current(self) -> Path | None:
        try:
            name, schema = (self._folder / _CURRENT).read_text(encoding="utf-8").split()
        except (FileNotFoundError, ValueError):
            return None
        return self._folder / name if schema == str(SCHEMA) else None

    def _required(self) -> Path:
        current = self._current()
        if current is None or not (current / "meta.json").is_file():
            raise SearchUnavailable(
                "还没有建立检索索引。", mend="请运行 huiying index rebuild。", code="search.missing"
            )
        return current

    def _searcher(self) -> tantivy.Searcher:
        """What the last commit holds; opening costs only where something was committed since."""
        with self._lock:
            current = self._required()
            status = (current / "meta.json").stat()
            stamp = (status.st_ino, status.st_mtime_ns)
            opened = self._opened
            if opened is None or opened.folder != current:
                index = tantivy.Index.open(str(current))
                opened = _Opened(current, index, stamp, index.searcher())
            elif opened.stamp != stamp:
                opened.index.reload()
                opened = _Opened(current, opened.index, stamp, opened.index.searcher())
            self._opened = opened
            return opened.searcher

    def _range(self, field: str, first: int, end: int) -> tantivy.Query:
        return tantivy.Query.range_query(
            self._schema, field, tantivy.FieldType.Integer, first, end, include_upper=False
        )

    def _query(self, query: Query, filters: Filters) -> tantivy.Query:
        """What is looked for; what it is filtered by counts nothing towards relevance."""
        both: list[tuple[tantivy.Occur, tantivy.Query]] = []
        for group in query.must:
            either = [(tantivy.Occur.Should, self._all_of(alternative)) for alternative in group]
            both.append((tantivy.Occur.Must, tantivy.Query.boolean_query(either)))
        if not both:
            both.append((tantivy.Occur.Must, tantivy.Query.all_query()))
        both += [(tantivy.Occur.MustNot, self._all_of(one)) for one in query.excluded]
        both += [(tantivy.Occur.Must, tantivy.Query.const_score_query(one, 0.0)) for one in self._of(filters)]
        return tantivy.Query.boolean_query(both)

    def _of(self, filters: Filters) -> list[tantivy.Query]:
        asked = [
            tantivy.Query.term_set_query(self._schema, name, list(values))
            for name, values in filters.values.items()
        ]
        if filters.since is not None or filters.until is not None:
            since = -_FAR if filters.since is None else to_microseconds(filters.since)
            until = _FAR if filters.until is None else to_microseconds(filters.until)
            asked.append(self._range("received", since, until))
        return asked

    def _all_of(self, alternative: Sequence[Phrase]) -> tantivy.Query:
        asked = [(tantivy.Occur.Must, self._phrase(phrase)) for phrase in alternative]
        return asked[0][1] if len(asked) == 1 else tantivy.Query.boolean_query(asked)

    def _phrase(self, phrase: Phrase) -> tantivy.Query:
        terms = list(phrase.terms)
        if len(terms) == 1 and phrase.is_open:
            return tantivy.Query.regex_query(self._schema, "terms", f"{re.escape(terms[0])}.*")
        if len(terms) == 1:
            return tantivy.Query.term_query(self._schema, "terms", terms[0], "freq")
        if phrase.is_open:
            patterns = [re.escape(term) for term in terms]
            return tantivy.Query.regex_phrase_query(
                self._schema, "terms", [*patterns[:-1], f"{patterns[-1]}.*"]
            )
        return tantivy.Query.phrase_query(self._schema, "terms", list(terms))


class TantivyWriter:
    """The one writer of an index.

    Raises:
        Conflict: another process writes.
    """

    def __init__(self, index: tantivy.Index) -> None:
        try:
            self._writer: tantivy.IndexWriter | None = index.writer(_HEAP_BYTES, 1)
        except ValueError as error:
            if "LockBusy" not in str(error):
                raise
            raise _locked() from error

    def put(self, documents: Sequence[Document]) -> Mapping[int, str]:
        """Nothing is ever refused."""
        writer = self._open()
        for document in documents:
            writer.delete_documents_by_term("id", document.id)
            writer.add_document(_stored(document))
        return {}

    def delete(self, months: Mapping[int, str | None]) -> Mapping[int, str]:
        """Nothing is ever refused."""
        for number in months:
            self._open().delete_documents_by_term("id", number)
        return {}

    def commit(self) -> None:
        """On the disk when this returns."""
        self._open().commit()

    def close(self) -> None:
        """Let another process write."""
        if self._writer is not None:
            self._writer.wait_merging_threads()
            self._writer = None

    def _open(self) -> tantivy.IndexWriter:
        if self._writer is None:
            raise SearchUnavailable("检索索引已经关闭。", mend="请再试一次。")
        return self._writer


class TantivyRebuild(TantivyWriter):
    """An index that is being filled in a folder of its own."""

    def __init__(self, index: tantivy.Index, folder: Path, fresh: Path) -> None:
        super().__init__(index)
        self._folder, self._fresh = folder, fresh

    def switch(self) -> None:
        """One rename; readers go on reading the removed files they have open."""
        self.commit()
        written = self._folder / f"{_CURRENT}.new"
        written.write_text(f"{self._fresh.name} {SCHEMA}\n", encoding="utf-8")
        written.replace(self._folder / _CURRENT)
        for one in self._folder.glob("index-*"):
            if one != self._fresh:
                shutil.rmtree(one, ignore_errors=True)


def _locked() -> Conflict:
    return Conflict(
        "检索索引正由另一个进程写入。",
        mend="同一个数据目录只能有一个进程写索引，请等它结束，或先停止 huiying serve。",
        code="search.locked",
    )


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("terms", stored=False, tokenizer_name="whitespace", index_option="position")
    for name in ("id", "place", "received", "digest"):
        builder.add_integer_field(name, stored=False, indexed=True, fast=True)
    for name in KEYWORDS:
        builder.add_text_field(name, stored=False, fast=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def _stored(document: Document) -> tantivy.Document:
    made = tantivy.Document()
    made.add_integer("id", document.id)
    made.add_integer("place", document.place)
    made.add_integer("received", document.received)
    made.add_integer("digest", document.digest)
    made.add_text("terms", document.terms)
    for name, values in document.values.items():
        for value in values:
            made.add_text(name, value)
    return made


def _both(one: tantivy.Query, other: tantivy.Query) -> tantivy.Query:
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, one), (tantivy.Occur.Must, other)])


def _count(found: tantivy.SearchResult) -> int:
    return int(found.count)  # type: ignore[attr-defined] # left out of the library's stub


def _hits(places: Sequence[int], total: int) -> Hits:
    return Hits([id_of(place) for place in places], places, total)
