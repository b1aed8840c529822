"""Text becomes terms, once, for both search engines; an engine only stores and matches them.

Each run of Han characters becomes its overlapping pairs and its last character, each run of letters or of
digits one term. Runs that touch each other stand at neighbouring positions; anything between two runs is a
break that no phrase crosses. A phrase of these terms matches exactly where the text contains its characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import opencc

BREAK = "|"
# Unified ideographs with their extensions, 々〇, kana: scripts that are written without spaces.
HAN = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"[{HAN}]+|[^\W\d_{HAN}]+|\d+")
_IS_HAN = re.compile(rf"[{HAN}]")
# An engine refuses a term of many kilobytes; a longer run is cut, in texts and in queries alike.
_LONGEST = 64


@dataclass(frozen=True, slots=True)
class Phrase:
    """Terms that stand one after the other.

    Attributes:
        terms: at least one.
        is_open: the last term is a single Han character with which the text may go on.
        text: the folded characters it was made of, for marking them in a text.
    """

    terms: tuple[str, ...]
    is_open: bool
    text: str


def fold(text: str) -> str:
    """`text` in one spelling, character by character: narrow, lower case, Simplified.

    The result is as long as `text`, so that a place found in it is the place in `text`.
    """
    return text.translate(_folding())


def document_terms(*parts: str) -> str:
    """The terms of a text's parts, separated by blanks, with a break wherever something stands between."""
    terms: list[str] = []
    for part in parts:
        end = -1
        for run, start in _runs(fold(part)):
            if start != end:
                terms.append(BREAK)
            terms += _of_run(run)
            end = start + len(run)
    return " ".join(terms)


def phrases(text: str) -> list[Phrase]:
    """What a query's word asks for, one phrase for each stretch without a break; may be empty."""
    stretches: list[list[str]] = []
    end = -1
    for run, start in _runs(fold(text)):
        if start != end:
            stretches.append([])
        stretches[-1].append(run)
        end = start + len(run)
    return [_phrase(stretch) for stretch in stretches]


def is_han(character: str) -> bool:
    """Whether the character belongs to a script that is indexed by pairs."""
    return _IS_HAN.match(character) is not None


def _phrase(runs: list[str]) -> Phrase:
    terms = [term for run in runs[:-1] for term in _of_run(run)]
    last = runs[-1]
    if not is_han(last[0]):
        return Phrase((*terms, *_of_run(last)), False, "".join(runs))
    if len(last) == 1:
        return Phrase((*terms, last), True, "".join(runs))
    return Phrase((*terms, *_of_run(last)[:-1]), False, "".join(runs))


def _runs(folded: str) -> Iterator[tuple[str, int]]:
    """Each run and where it starts."""
    return ((match.group(), match.start()) for match in _RUN.finditer(folded))


def _of_run(run: str) -> list[str]:
    if not is_han(run[0]):
        return [run[at : at + _LONGEST] for at in range(0, len(run), _LONGEST)]
    return [*map("".join, pairwise(run)), run[-1]]


class _Folding(dict[int, int]):
    """Code point → folded code point, filled as characters are met."""

    def __init__(self) -> None:
        super().__init__()
        self._simplify = opencc.OpenCC("t2s").convert

    def __missing__(self, code: int) -> int:
        folded = chr(code)
        if unicodedata.category(folded) == "Cs":  # half a character, from a damaged file
            return code
        for step in (lambda one: unicodedata.normalize("NFKC", one), str.lower, self._simplify):
            stepped = step(folded)
            if len(stepped) == 1:
                folded = stepped
        self[code] = ord(folded)
        return ord(folded)


@cache
def _folding() -> _Folding:
    return _Folding()
