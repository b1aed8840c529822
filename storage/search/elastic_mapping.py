"""The form of our indices on Elasticsearch, and a query in its language.

Terms are made by us and stored through the built-in `whitespace` analyzer, so no plugin is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from storage.search.port import KEYWORDS, SCHEMA, Filters
from storage.search.query import Query
from storage.search.terms import Phrase
from storage.types import to_microseconds

# More than there are characters that can follow one: no word that a phrase goes on with is left out.
_EXPANSIONS = 65_536


def mapping() -> dict[str, Any]:
    """Strict: a field that is not ours is refused, not guessed."""
    numbers: dict[str, Any] = {name: {"type": "long"} for name in ("id", "place", "received", "digest")}
    words: dict[str, Any] = {name: {"type": "keyword"} for name in KEYWORDS}
    terms = {"type": "text", "analyzer": "whitespace", "norms": True}
    return {
        "dynamic": "strict",
        "_meta": {"schema": SCHEMA},
        "_source": {"excludes": ["terms"]},
        "properties": {"terms": terms, **numbers, **words},
    }


def asked(query: Query, filters: Filters, *, before: int | None = None) -> dict[str, Any]:
    """The query; what it is filtered by counts nothing towards relevance."""
    must = [
        {"bool": {"should": [_all_of(one) for one in group], "minimum_should_match": 1}}
        for group in query.must
    ]
    chosen: list[dict[str, Any]] = [
        {"terms": {name: list(values)}} for name, values in filters.values.items()
    ]
    received: dict[str, int] = {}
    if filters.since is not None:
        received["gte"] = to_microseconds(filters.since)
    if filters.until is not None:
        received["lt"] = to_microseconds(filters.until)
    if received:
        chosen.append({"range": {"received": received}})
    if before is not None:
        chosen.append({"range": {"place": {"lt": before}}})
    excluded = [_all_of(one) for one in query.excluded]
    return {"bool": {"must": must or [{"match_all": {}}], "filter": chosen, "must_not": excluded}}


def _all_of(alternative: Sequence[Phrase]) -> dict[str, Any]:
    return {"bool": {"must": [_phrase(phrase) for phrase in alternative]}}


def _phrase(phrase: Phrase) -> dict[str, Any]:
    words = " ".join(phrase.terms)
    if len(phrase.terms) == 1:
        return {"prefix" if phrase.is_open else "term": {"terms": {"value": words}}}
    if phrase.is_open:
        return {"match_phrase_prefix": {"terms": {"query": words, "max_expansions": _EXPANSIONS}}}
    return {"match_phrase": {"terms": {"query": words}}}
