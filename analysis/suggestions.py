"""Which earlier answers help with a new letter: those whose letters asked in the most similar words.

Nothing is ever sent by this; a person reads a suggestion with its source and date, and writes the answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import Generic, TypeVar

from analysis.normalize import normalize

K = TypeVar("K", bound=Hashable)

# Less alike than this, two letters share common words and no more.
LEAST_ALIKE = 0.08


@dataclass(frozen=True, slots=True)
class Answered(Generic[K]):
    """A letter that was answered.

    Attributes:
        key: names it to the caller.
        asked: the words of the letter.
    """

    key: K
    asked: str


@dataclass(frozen=True, slots=True)
class Suggestion(Generic[K]):
    """An answered letter and how alike it is, 0…1."""

    key: K
    similarity: float


def suggest(letter: str, answered: Sequence[Answered[K]], limit: int) -> list[Suggestion[K]]:
    """The answered letters most like `letter`, the most alike first, equals in the order they came in.

    Alike is the cosine of tf-idf over pairs of neighbouring characters, rarity counted among the given
    letters: a pair all of them share says nothing of which one helps.
    """
    own = _pairs(letter)
    others = [_pairs(one.asked) for one in answered]
    rarity = _rarity([own, *others])
    ranked = sorted(
        (
            Suggestion(one.key, round(_cosine(own, pairs, rarity), 3))
            for one, pairs in zip(answered, others, strict=True)
        ),
        key=lambda found: -found.similarity,
    )
    return [one for one in ranked if one.similarity >= LEAST_ALIKE][:limit]


def _pairs(text: str) -> Counter[str]:
    text = normalize(text)
    return Counter(
        text[place : place + 2] for place in range(len(text) - 1) if text[place : place + 2].isalnum()
    )


def _rarity(texts: Sequence[Counter[str]]) -> dict[str, float]:
    seen_in = Counter(pair for pairs in texts for pair in pairs)
    return {pair: log((1 + len(texts)) / n) for pair, n in seen_in.items()}


def _cosine(one: Counter[str], other: Counter[str], rarity: dict[str, float]) -> float:
    weights = [{pair: (1 + log(n)) * rarity[pair] for pair, n in pairs.items()} for pairs in (one, other)]
    size = sqrt(_square(weights[0]) * _square(weights[1]))
    return (
        sum(value * weights[1].get(pair, 0.0) for pair, value in weights[0].items()) / size if size else 0.0
    )


def _square(weights: dict[str, float]) -> float:
    return sum(value * value for value in weights.values())
