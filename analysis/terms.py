"""The words by which one matter is told from another, and how much each one tells."""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rjieba
from pydantic import Field

from analysis.lexicon import Lexicon
from core.rule_files import RuleFileModel, read_rule_file

# The beginning of a letter says what it is about; a title says it best.
_READ_CHARACTERS = 150
_TITLE_COUNTS = 5
# A word of the lists of risk tells little about which matter it is.
_RISK_TELLS = 0.3
_TERMS_PER_TEXT = 30
_SLOTS = 1 << 19
# A word that nobody else has used may be a name, or a slip of the pen.
_ALONE = 0.4
# What stands in every twentieth text names a field, not a matter.
_FIELD = 0.3


_Slots = np.ndarray[tuple[int], np.dtype[np.uint32]]
_Weights = np.ndarray[tuple[int], np.dtype[np.float64]]


class _GenericFile(RuleFileModel):
    words: tuple[str, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Wording:
    """Which words tell nothing about which matter a text is about, and which tell little."""

    generic: frozenset[str]
    risky: frozenset[str]

    def terms(self, title: str, body: str) -> dict[str, int]:
        """Words of two characters or more, and pairs of neighbouring words, with their counts.

        A pair joins what a dictionary cuts apart: most names of estates and shops stand in no dictionary.
        """
        found: dict[str, int] = {}
        self._add(found, title, _TITLE_COUNTS)
        self._add(found, body[:_READ_CHARACTERS], 1)
        return found

    def _add(self, found: dict[str, int], text: str, times: int) -> None:
        before, generic = "", self.generic
        for word in rjieba.cut(text):
            if len(word) == 1:
                if not "\u4e00" <= word <= "\u9fff":
                    before = ""
                    continue
            elif word in generic or not word[0].isalnum() or word.isdecimal():
                before = ""
                continue
            else:
                found[word] = found.get(word, 0) + times
            if before:
                pair = before + word
                found[pair] = found.get(pair, 0) + times
            before = word


def load_wording(folder: Path, lexicon: Lexicon) -> Wording:
    """The list `generic.yml` in `folder`, with the risk words of the lexicon.

    Raises:
        RuleError: the file is missing or misshapen.
    """
    generic = read_rule_file(folder / "generic.yml", _GenericFile).words
    risky = {word for group in lexicon.risks.groups for word in group.words}
    return Wording(frozenset(generic), frozenset(risky))


class _Kept(dict[str, float]):
    """Weights that are computed once; a dictionary that fills itself is read without a call per word."""

    def __init__(self, weight: Callable[[str], float]) -> None:
        super().__init__()
        self._weight = weight

    def __missing__(self, term: str) -> float:
        self[term] = found = self._weight(term)
        return found


class TermStatistics:
    """In how many texts of a sample a word stands.

    Kept as counts by a hash of the word: words that share a slot are counted together.
    """

    def __init__(self, texts: int, slots: _Slots) -> None:
        self.texts = texts
        self._slots = slots
        self._seen: dict[str, int] | None = None
        self._telling = _Kept(self._weight)

    @classmethod
    def of(cls, sample: Iterable[Mapping[str, int]]) -> TermStatistics:
        """Count the words of a sample, the terms of one text each; exact until it is packed."""
        seen: Counter[str] = Counter()
        texts = 0
        for terms in sample:
            seen.update(terms.keys())
            texts += 1
        made = cls(texts, np.zeros(0, dtype=np.uint32))
        made._seen = seen
        weights = made._weights(np.fromiter(seen.values(), dtype=np.int64, count=len(seen)))
        made._telling.update(zip(seen, weights.tolist(), strict=True))
        return made

    @classmethod
    def from_bytes(cls, texts: int, packed: bytes) -> TermStatistics:
        """What `to_bytes` packed.

        Raises:
            ValueError: not that.
        """
        try:
            slots = np.frombuffer(zlib.decompress(packed), dtype="<u4")
        except zlib.error as error:
            raise ValueError("the statistics of words are damaged") from error
        if len(slots) != _SLOTS:
            raise ValueError("the statistics of words are of another version")
        return cls(texts, slots.astype(np.uint32))

    def to_bytes(self) -> bytes:
        """Some 200 kB for 20,000 letters."""
        if self._seen is not None:
            self._slots = np.zeros(_SLOTS, dtype=np.uint32)
            np.add.at(self._slots, [_slot(term) for term in self._seen], list(self._seen.values()))
        return zlib.compress(self._slots.astype("<u4").tobytes(), 1)

    def observe(self, terms: Iterable[str]) -> None:
        """Count the words of one more text, as far as this process remembers; the sample keeps its size."""
        for term in terms:
            if self._seen is not None:
                self._seen[term] = self._seen.get(term, 0) + 1
            else:
                self._slots[_slot(term)] += 1
            self._telling.pop(term, None)

    def telling(self, terms: Iterable[str]) -> list[float]:
        """How much each of these words tells, from about 0.1 for one in every second text upwards."""
        known = self._telling
        return [known[term] for term in terms]

    def _weight(self, term: str) -> float:
        seen = self._seen.get(term, 0) if self._seen is not None else int(self._slots[_slot(term)])
        return float(self._weights(np.array([seen]))[0])

    def _weights(self, seen: np.ndarray[tuple[int], np.dtype[np.int64]]) -> _Weights:
        weights = np.log(1 + (self.texts + 200) / (seen + 1))
        weights[seen > max(30, self.texts / 20)] *= _FIELD
        weights[seen < 2] *= _ALONE
        return weights


def vector(terms: Mapping[str, int], statistics: TermStatistics, wording: Wording) -> dict[str, float]:
    """The most telling words of a text, the most telling first, with weights whose squares add up to 1."""
    telling = statistics.telling(terms)
    weighed = [
        (tells if count == 1 else tells * (1 + math.log(count)), term)
        for (term, count), tells in zip(terms.items(), telling, strict=True)
    ]
    if not wording.risky.isdisjoint(terms):
        risky = wording.risky
        weighed = [(weight * _RISK_TELLS if term in risky else weight, term) for weight, term in weighed]
    weighed.sort(reverse=True)
    best = weighed[:_TERMS_PER_TEXT]
    norm = math.hypot(*[weight for weight, _ in best])
    return {term: weight / norm for weight, term in best} if norm else {}


def statistics_of(texts: Sequence[tuple[str, str]], wording: Wording) -> TermStatistics:
    """The statistics of these texts (title, body)."""
    return TermStatistics.of(wording.terms(title, body) for title, body in texts)


def _slot(term: str) -> int:
    return zlib.crc32(term.encode("utf-8", "surrogatepass")) % _SLOTS
