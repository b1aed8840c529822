"""Where a query's words stand in a stored text, found by the same folding as in the index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from storage.search.query import Query
from storage.search.terms import Phrase, fold, is_han

_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Marked:
    """A text with the places of what was looked for.

    Attributes:
        marks: half-open, in order, not overlapping.
    """

    text: str
    marks: tuple[tuple[int, int], ...]

    def pieces(self) -> Iterator[tuple[str, bool]]:
        """The text cut at the marks: each piece, and whether it is a hit."""
        at = 0
        for start, end in self.marks:
            if start > at:
                yield self.text[at:start], False
            yield self.text[start:end], True
            at = end
        if at < len(self.text):
            yield self.text[at:], False


def mark(text: str, query: Query) -> Marked:
    """The whole text, with every hit marked."""
    folded = fold(text)
    found = sorted(place for phrase in set(query.wanted) for place in places(folded, phrase))
    merged: list[tuple[int, int]] = []
    for start, end in found:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return Marked(text, tuple(merged))


def snippet(text: str, query: Query, width: int = 90) -> Marked:
    """About `width` characters around the first hit, on one line; the beginning where there is none."""
    line = " ".join(text.split())
    marks = mark(line, query).marks
    first = marks[0][0] if marks else 0
    start = 0 if first <= width // 3 else first - width // 3
    end = min(len(line), start + width)
    before, after = _ELLIPSIS if start else "", _ELLIPSIS if end < len(line) else ""
    moved = len(before) - start
    inside = [(max(a, start) + moved, min(b, end) + moved) for a, b in marks if a < end and b > start]
    return Marked(before + line[start:end] + after, tuple(inside))


def places(folded: str, phrase: Phrase) -> Iterator[tuple[int, int]]:
    """Where a phrase stands in a folded text: half-open, in order; whole runs only, as in the index."""
    at = folded.find(phrase.text)
    while at >= 0:
        end = at + len(phrase.text)
        if _is_whole(folded, at, end):
            yield at, end
        at = folded.find(phrase.text, at + 1)


def _is_whole(folded: str, start: int, end: int) -> bool:
    """Whether no run of letters or digits is cut at either side, as none is in the index."""
    return not (
        (start > 0 and _is_one_run(folded[start - 1], folded[start]))
        or (end < len(folded) and _is_one_run(folded[end - 1], folded[end]))
    )


def _is_one_run(one: str, other: str) -> bool:
    both_digits = one.isdecimal() and other.isdecimal()
    return both_digits or (_is_letter(one) and _is_letter(other))


def _is_letter(character: str) -> bool:
    return character.isalnum() and not character.isdecimal() and not is_han(character)
