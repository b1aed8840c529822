"""Whether one text is what a query asks for, without an index; the same answer as the index gives."""

from __future__ import annotations

from collections.abc import Sequence

from storage.search.highlight import places
from storage.search.query import Query
from storage.search.terms import Phrase, fold


def matches(query: Query, *parts: str) -> bool:
    """Whether the parts of a text, taken together, have what the query asks for.

    A phrase stands within one part; different phrases may stand in different ones.
    """
    folded = [fold(part) for part in parts]
    if any(_has_all(folded, phrases) for phrases in query.excluded):
        return False
    return all(any(_has_all(folded, one) for one in alternatives) for alternatives in query.must)


def _has_all(folded: Sequence[str], phrases: Sequence[Phrase]) -> bool:
    return all(any(next(places(part, phrase), None) for part in folded) for phrase in phrases)
