"""One matter, many voices: clusters of messages that speak of the same thing, whatever channel they came by.

A message joins the matter it resembles most, or begins one. It is compared with the sum of what a matter's
messages say, never with a single neighbour, so that no chain of similar texts joins two matters; and only
with matters that share its most telling words, so that the next message costs the same however many there
are. A matter that has become an incident, or that a person made, keeps its number for good; of two others
that turn out the same, one takes in the other.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain

# Words by which a message looks for matters, and by which a matter is found.
KEYS = 10
_ALIKE = 0.22
_COMPARED = 8
# Two matters this much alike are one that began twice.
_SAME = 0.4
# One common word out of ten is chance.
_SHARED = 2
_TERMS_PER_MATTER = 80
# Matters under one key; a word of more of them names no matter.
_CROWDED = 200
# After so long without a message a matter needs twice the likeness.
_FADES = timedelta(days=90)
_ELSEWHERE = 0.7
# A matter of some size is known by its words; only every fourth message still changes them.
_SETTLED, _EVERY = 16, 4


@dataclass(frozen=True, slots=True)
class Voice:
    """A message about to find its matter.

    Attributes:
        terms: its vector, the most telling word first; see `analysis.terms.vector`.
        place: where it happened; empty for unknown.
    """

    message_id: int
    at: datetime
    terms: Mapping[str, float]
    place: str = ""

    @property
    def keys(self) -> list[str]:
        """The words by which it looks for matters."""
        return list(self.terms)[:KEYS]


@dataclass(slots=True)
class Matter:
    """What is known of a matter; `join` changes it.

    Attributes:
        number: the number of its first message.
        terms: sum of the vectors of its messages, the less telling words cut off.
        places: place → messages that name it.
        is_kept: it belongs to an incident, or a person made it: no other matter absorbs it.
    """

    number: int
    terms: dict[str, float]
    size: int
    first_at: datetime
    last_at: datetime
    places: Counter[str] = field(default_factory=Counter)
    is_kept: bool = False
    _norm: float = 0.0

    def __post_init__(self) -> None:
        self._norm = _norm_of(self.terms)

    @property
    def keys(self) -> list[str]:
        """The words it is found by, the most telling first."""
        return sorted(self.terms, key=self.terms.__getitem__, reverse=True)[:KEYS]

    def likeness(self, voice: Voice) -> float:
        """0…1: by words; less after a long silence, or where both name a place and not the same."""
        ours, theirs = self.terms, voice.terms
        by_words = sum([ours[term] * theirs[term] for term in ours.keys() & theirs.keys()]) / self._norm
        silence = max(self.first_at - voice.at, voice.at - self.last_at, timedelta(0))
        if by_words < _ALIKE:
            return by_words
        elsewhere = voice.place and self.places and not any(_within(voice.place, one) for one in self.places)
        return float(by_words * 0.5 ** (silence / _FADES) * (_ELSEWHERE if elsewhere else 1.0))

    def join(self, voice: Voice) -> bool:
        """Count a message in; whether the words changed by it."""
        self.size += 1
        self.first_at, self.last_at = min(self.first_at, voice.at), max(self.last_at, voice.at)
        if voice.place:
            self.places[voice.place] += 1
        if self.size > _SETTLED and self.size % _EVERY:
            return False
        for term, weight in voice.terms.items():
            self.terms[term] = self.terms.get(term, 0.0) + weight
        if len(self.terms) > 2 * _TERMS_PER_MATTER:
            self.terms = dict(sorted(self.terms.items(), key=lambda one: -one[1])[:_TERMS_PER_MATTER])
        self._norm = _norm_of(self.terms)
        return True

    def take_in(self, other: Matter) -> None:
        """Count another matter's messages in."""
        self.size += other.size
        self.first_at, self.last_at = min(self.first_at, other.first_at), max(self.last_at, other.last_at)
        self.places.update(other.places)
        for term, weight in other.terms.items():
            self.terms[term] = self.terms.get(term, 0.0) + weight
        self._norm = _norm_of(self.terms)


class Matters:
    """The matters at hand; `place` changes them.

    Attributes:
        touched: those that changed.
        absorbed: number of a matter that is no more → the one that took it in, which may have gone too.
    """

    def __init__(self, known: Iterable[Matter] = ()) -> None:
        self._matters: dict[int, Matter] = {}
        self._by_key: dict[str, set[int]] = {}
        self._keys: dict[int, set[str]] = {}
        self.touched: set[int] = set()
        self.absorbed: dict[int, int] = {}
        for one in known:
            self._add(one)

    def __getitem__(self, number: int) -> Matter:
        return self._matters[number]

    def __iter__(self) -> Iterator[Matter]:
        return iter(self._matters.values())

    def place(self, voice: Voice) -> int:
        """The number of the matter this message belongs to, itself included from now on.

        A message without telling words is a matter of its own.
        """
        likely = [(one.likeness(voice), -one.number) for one in self._candidates(voice)]
        best = sorted((one for one in likely if one[0] >= _ALIKE), reverse=True)
        if not best:
            number = voice.message_id
            self._add(Matter(number, dict(voice.terms), 1, voice.at, voice.at, _counted(voice.place)))
        else:
            number = -best[0][1]
            if len(best) > 1:
                number = self._absorb(self._matters[number], self._matters[-best[1][1]])
            self.join(number, voice)
        self.touched.add(number)
        return number

    def standing(self, number: int) -> int:
        """The number under which a matter is known now."""
        while number in self.absorbed:
            number = self.absorbed[number]
        return number

    def join(self, number: int, voice: Voice) -> None:
        """Count a message in with a matter that is known."""
        if self._matters[number].join(voice):
            self._index(self._matters[number])
        self.touched.add(number)

    def _absorb(self, one: Matter, other: Matter) -> int:
        """Make one matter of two that turn out the same; the number that stands, `one`'s if they do not.

        The larger stands, the older among equals, and one that is kept in any case.
        """
        if (one.is_kept and other.is_kept) or _cosine(one.terms, other.terms) < _SAME:
            return one.number
        stands, goes = sorted((one, other), key=lambda it: (not it.is_kept, -it.size, it.first_at, it.number))
        stands.take_in(goes)
        for term in self._keys.pop(goes.number):
            self._by_key[term].discard(goes.number)
        del self._matters[goes.number]
        self.touched.discard(goes.number)
        self.absorbed[goes.number] = stands.number
        self._index(stands)
        return stands.number

    def _candidates(self, voice: Voice) -> list[Matter]:
        """The matters that share most of the message's telling words."""
        return [self._matters[number] for number in shortlist(voice, self._by_key)]

    def _add(self, matter: Matter) -> None:
        self._matters[matter.number] = matter
        self._index(matter)

    def _index(self, matter: Matter) -> None:
        now, before = set(matter.keys), self._keys.get(matter.number, set())
        for term in before - now:
            self._by_key[term].discard(matter.number)
        for term in now - before:
            self._by_key.setdefault(term, set()).add(matter.number)
        self._keys[matter.number] = now


def shortlist(voice: Voice, by_key: Mapping[str, Collection[int]]) -> list[int]:
    """The few matters that share most of the message's telling words, by what each word names."""
    keys = voice.keys
    found = [some for key in keys if (some := by_key.get(key)) and len(some) <= _CROWDED]
    least = _SHARED if len(keys) == KEYS else 1
    best = [
        (times, -number) for number, times in Counter(chain.from_iterable(found)).items() if times >= least
    ]
    if len(best) > _COMPARED:
        best = sorted(best, reverse=True)[:_COMPARED]
    return [-number for _, number in best]


def _norm_of(terms: Mapping[str, float]) -> float:
    return math.hypot(*terms.values()) or 1.0


def _within(one: str, other: str) -> bool:
    """Whether two places are one, or one lies in the other as far as their names tell."""
    return one in other or other in one


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    shared = sum([one[term] * other[term] for term in one.keys() & other.keys()])
    return shared / (_norm_of(one) * _norm_of(other))


def _counted(place: str) -> Counter[str]:
    return Counter([place]) if place else Counter()
