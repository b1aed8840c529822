"""Comparing the index with SQL, message by message, without reading the index twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from storage import search_changes
from storage.database import Database
from storage.search import documents
from storage.search.port import Document, SearchIndex

# Numbers compared at once: the engine sums the digests of a stretch; only one that differs is looked into.
_WIDTH = 1_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the index compares.

    Attributes:
        documents, messages: how many there are in the index, and in SQL.
        missing: messages the index does not have.
        surplus: documents of messages that are gone.
        differing: messages whose document is of another state.
    """

    documents: int
    messages: int
    missing: tuple[int, ...]
    surplus: tuple[int, ...]
    differing: tuple[int, ...]

    @property
    def is_equal(self) -> bool:
        """Whether the index holds exactly what SQL does."""
        return not (self.missing or self.surplus or self.differing)

    @property
    def wrong(self) -> tuple[int, ...]:
        """Every message that must be indexed again."""
        return tuple(sorted({*self.missing, *self.surplus, *self.differing}))


def verify(
    database: Database, index: SearchIndex, progress: Callable[[int, int], None] | None = None
) -> Verdict:
    """Compare counts and digests; the caller has let the indexer catch up before.

    What changes while this runs may be named as differing; it waits to be indexed anyway.
    """
    sums = index.sums(_WIDTH)
    wrong: dict[int, tuple[dict[int, int], dict[int, int]]] = {}
    messages, last = 0, 0
    seen: set[int] = set()
    with database.read() as connection:
        total = documents.count(connection)
    while True:
        with database.read() as connection:
            numbers = documents.every(connection, after=last, limit=_WIDTH)
            if not numbers:
                break
            first = numbers[0] - numbers[0] % _WIDTH
            numbers = [one for one in numbers if one < first + _WIDTH]
            expected = documents.load(connection, numbers).documents
        last, messages = numbers[-1], messages + len(numbers)
        seen.add(first)
        if sums.get(first) != _sum(expected):
            wrong[first] = ({one.id: one.digest for one in expected}, dict(index.digests(first, _WIDTH)))
        if progress is not None:
            progress(messages, max(total, messages))
    for first in set(sums) - seen:
        wrong[first] = ({}, dict(index.digests(first, _WIDTH)))
    return _verdict(sum(count for count, _ in sums.values()), messages, list(wrong.values()))


def mend(database: Database, verdict: Verdict) -> None:
    """Have what is wrong indexed again."""
    with database.write() as connection:
        search_changes.add(connection, verdict.wrong)


def _sum(expected: Sequence[Document]) -> tuple[int, int]:
    return len(expected), sum(one.digest for one in expected)


def _verdict(
    documents_count: int, messages: int, wrong: list[tuple[dict[int, int], dict[int, int]]]
) -> Verdict:
    missing = sorted(one for here, there in wrong for one in here.keys() - there.keys())
    surplus = sorted(one for here, there in wrong for one in there.keys() - here.keys())
    differing = sorted(one for here, there in wrong for one in here if there.get(one, here[one]) != here[one])
    return Verdict(documents_count, messages, tuple(missing), tuple(surplus), tuple(differing))
