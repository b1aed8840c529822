"""What a search engine must be able to do, and the values that go in and come out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from core.errors import StorageError
from storage.search.query import Query
from storage.types import from_microseconds, to_microseconds

# Of a newest-first position the lower bits are the message's number, the upper ones its second.
_ID_BITS = 30
DAY_MICROSECONDS = 86_400_000_000
# Days are counted at +08:00: they begin eight hours before those of UTC.
DAY_OFFSET = -28_800_000_000
# Above the number of sections, areas or topics of any office, so that no value is left out of a count.
MOST_VALUES = 10_000
# Differs when the stored form of a document changes; an index of another form is rebuilt.
SCHEMA = 1
# What may be filtered by and counted; `case_section` is what a handler is confined to.
KEYWORDS = (
    "channel",
    "source",
    "section",
    "case_section",
    "area",
    "topic",
    "polarity",
    "kind",
    "risk",
    "incident",
)


class SearchUnavailable(StorageError):
    """The search engine does not answer, or takes nothing in; what was to be indexed waits."""

    code = "search.unavailable"


class SearchUnsupported(StorageError):
    """The search server is of a kind or age that cannot be used."""

    code = "search.unsupported"


class Order(StrEnum):
    """How hits are sorted."""

    NEWEST = "newest"
    RELEVANCE = "relevance"


@dataclass(frozen=True, slots=True)
class Document:
    """One message as the engines keep it.

    Attributes:
        terms: from `document_terms`.
        month: the month it was first seen in, `YYYYMM` at +08:00; it never changes.
        values: for each name of `KEYWORDS`, its values; a name may be left out.
        digest: 32 bits that differ when anything above does.
    """

    id: int
    received_at: datetime
    month: str
    terms: str
    values: Mapping[str, Sequence[str]]
    digest: int

    @property
    def received(self) -> int:
        """Microseconds from 1970."""
        return to_microseconds(self.received_at)

    @property
    def place(self) -> int:
        """Its position in the order by time, unlike any other message's."""
        return place_of(self.received_at, self.id)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which messages count.

    Attributes:
        since, until: received in this period, half-open.
        values: for each name of `KEYWORDS`, any of these.
    """

    since: datetime | None = None
    until: datetime | None = None
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hits:
    """One page of what was found.

    Attributes:
        ids: in the order asked for.
        places: of the same messages; the last one is where the next page begins.
        total: how many there are in all, exactly.
    """

    ids: Sequence[int]
    places: Sequence[int]
    total: int


@dataclass(frozen=True, slots=True)
class Facets:
    """How what was found divides.

    Attributes:
        values: for each name, its values with their counts, the most frequent first.
        days: the first instant of each day at +08:00 that has any, with its count, oldest first.
    """

    values: Mapping[str, Sequence[tuple[str, int]]]
    days: Sequence[tuple[datetime, int]]


class SearchIndex(Protocol):
    """One search index that serves; safe to share between threads.

    Every method raises `SearchUnavailable` where the engine does not answer.
    """

    @property
    def engine(self) -> str:
        """`tantivy` or `elasticsearch`."""
        ...

    @property
    def is_shared(self) -> bool:
        """Whether indexers on several machines could write to it, so that a lease must choose one."""
        ...

    def exists(self) -> bool:
        """Whether there is an index of today's form to search in; if not, it must be rebuilt."""
        ...

    def find(
        self, query: Query, filters: Filters, order: Order, limit: int, before: int | None = None
    ) -> Hits:
        """At most `limit` messages; by time, only those behind the place `before`."""
        ...

    def facets(self, query: Query, filters: Filters, names: Sequence[str]) -> Facets:
        """The counts of everything that `find` would find."""
        ...

    def count(self) -> int:
        """How many documents there are."""
        ...

    def sums(self, width: int) -> Mapping[int, tuple[int, int]]:
        """For each stretch of `width` numbers that has any: its first number → documents, sum of digests."""
        ...

    def digests(self, first: int, width: int) -> Mapping[int, int]:
        """Number → digest of the documents of one stretch."""
        ...

    def writer(self, epoch: int) -> IndexWriter:
        """The right to write to the index that serves.

        Args:
            epoch: counts the holders of the lease of a shared index; an earlier holder's writes lose.

        Raises:
            Conflict: another process writes.
        """
        ...

    def rebuild(self, epoch: int) -> Rebuild:
        """Begin a new index beside the one that serves.

        Raises:
            Conflict: another process writes.
        """
        ...

    def release(self) -> None:
        """Give the right to write back; nothing happens where it is not held."""
        ...


class IndexWriter(Protocol):
    """Takes documents in. Nothing is certain, or found, before `commit`."""

    def put(self, documents: Sequence[Document]) -> Mapping[int, str]:
        """Add documents, or replace those of the same number; number → reason of each that was refused."""
        ...

    def delete(self, months: Mapping[int, str | None]) -> Mapping[int, str]:
        """Remove documents: number → month, None where it is not known; those that are not there are let be.

        Number → reason of each that was refused.
        """
        ...

    def commit(self) -> None:
        """Make what was taken in certain."""
        ...

    def close(self) -> None:
        """Give the right to write back; what was not committed is dropped."""
        ...


class Rebuild(IndexWriter, Protocol):
    """A new index that is being filled."""

    def switch(self) -> None:
        """Let the new index serve, from one instant to the next, and remove the old one."""
        ...


def place_of(received_at: datetime, message_id: int) -> int:
    """Where a message stands in the order by time."""
    seconds = max(0, to_microseconds(received_at) // 1_000_000)
    return (seconds << _ID_BITS) | message_id


def id_of(place: int) -> int:
    """The number of the message at a place."""
    return place & ((1 << _ID_BITS) - 1)


def aggregations(names: Sequence[str]) -> dict[str, dict[str, object]]:
    """The counts in the form both engines read."""
    days: dict[str, object] = {
        "field": "received",
        "interval": float(DAY_MICROSECONDS),
        "offset": float(DAY_OFFSET),
        "min_doc_count": 1,
    }
    asked: dict[str, dict[str, object]] = {"days": {"histogram": days}}
    for name in names:
        asked[name] = {"terms": {"field": name, "size": MOST_VALUES}}
    return asked


def facets_of(answer: Mapping[str, Mapping[str, Sequence[Mapping[str, object]]]]) -> Facets:
    """The counts from what either engine answered."""
    values = {
        name: sorted(_counts(counted["buckets"]), key=lambda pair: (-pair[1], pair[0]))
        for name, counted in answer.items()
        if name != "days"
    }
    days = sorted(
        (from_microseconds(int(float(str(bucket["key"])))), int(str(bucket["doc_count"])))
        for bucket in answer["days"]["buckets"]
    )
    return Facets(values, days)


def _counts(buckets: Sequence[Mapping[str, object]]) -> Iterator[tuple[str, int]]:
    return ((str(bucket["key"]), int(str(bucket["doc_count"]))) for bucket in buckets)
