"""Repeats and near-repeats: which messages say the same thing in (nearly) the same words.

A group is named after its first message and only ever grows; nothing is dropped, every message keeps its own
clock. Texts are compared by the characters that carry meaning, first for equality, then by MinHash over
runs of three characters, and each pair that MinHash proposes is checked exactly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2b

import numpy as np
import opencc
import rensa

# Signature: 64 hashes in 16 bands of 4. Two texts of Jaccard 0.5 meet in a band with probability 0.64, of 0.6
# with 0.89, of 0.7 with 0.99.
_PERMUTATIONS, _ROWS, _SEED = 64, 4, 7
_GRAM = 3
# Below this many characters near-equality says nothing; equality still counts.
_SHORTEST = 10
SAME, NEAR = 1.0, 0.5
# What the author wrote beside the hashtags must stand in the other text too.
_CONTAINED = 0.6
# A member must still resemble the first message: no chain from one matter into another.
_TO_FIRST = 0.3
# A member this close to an indexed one is found through it and needs no keys of its own.
_COVERED = 0.8
# So many texts share a band only where it holds a common phrase; more of them find nothing new.
_CROWDED = 32

_HASHTAG = re.compile(r"#[^#\n]{1,40}#")
_NOISE = re.compile(
    r"https?://\S+|@[\w\-]{1,30}|\[[\w]{1,8}\]|O?网页链接|展开全文c?|转发微博|L[\w\-]{1,20}的微博视频|\W+|_+"
)


@dataclass(frozen=True, slots=True)
class Print:
    """What of a text is compared.

    Attributes:
        full: the letters, digits and Han characters of the text, Simplified, without addresses, @names,
            [emoticons] and what a platform adds; empty for a text without any (blanks, emoji only).
        bare: the same without hashtags; `full` where nothing else is left.
        keys: the first is the whole text's, the others its bands'; empty with an empty `full`.
    """

    full: str
    bare: str
    keys: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Indexed:
    """A message that others may be compared with, and under which keys it is found."""

    message_id: int
    group_id: int
    print: Print


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a message belongs.

    Attributes:
        group_id: number of the group's first message; its own where it stands alone.
        similarity: to the message it was found by, 0.5…1; 1 for the same words and for the first of a group.
        keys: to index it under; empty where another message stands for it.
    """

    message_id: int
    group_id: int
    similarity: float
    keys: tuple[int, ...]


def words_of(text: str) -> Print:
    """What of a text is compared, without its keys."""
    text = _simplifier().convert(text)
    full = _NOISE.sub("", text).lower()
    bare = _NOISE.sub("", _HASHTAG.sub("", text)).lower() if "#" in text else full
    return Print(full, bare or full)


def prints_of(texts: Sequence[str]) -> list[Print]:
    """The print of each text, in order. Costs some 20 µs for 80 characters."""
    prints = [words_of(text) for text in texts]
    by_bare = _bands([one.bare for one in prints])
    tagged = [place for place, one in enumerate(prints) if one.full != one.bare]
    by_full = dict(zip(tagged, _bands([prints[place].full for place in tagged]), strict=True))
    return [
        Print(one.full, one.bare, (_whole(one.bare), *by_bare[place], *by_full.get(place, ())))
        if one.full
        else one
        for place, one in enumerate(prints)
    ]


class DuplicateGroups:
    """The groups as far as they matter for the messages at hand; `place` changes it."""

    def __init__(self, known: Iterable[Indexed] = ()) -> None:
        self._by_key: dict[int, list[int]] = {}
        self._indexed: dict[int, Indexed] = {}
        for one in known:
            self._index(one, one.print.keys)

    def place(self, batch: Sequence[tuple[int, Print]]) -> list[Placed]:
        """Find each message its group, one after the other, each remembered for the next.

        The best match wins, the earliest among equals; a text without words stands alone.
        """
        # Most keys occur once and can find nothing.
        given = np.fromiter((key for _, one in batch for key in one.keys), dtype=np.int64)
        values, counts = np.unique(given, return_counts=True)
        shared = set(values[counts > 1].tolist()) | self._by_key.keys()
        return [
            self._place(message_id, one, [k for k in one.keys if k in shared]) for message_id, one in batch
        ]

    def _place(self, message_id: int, print_: Print, shared: list[int]) -> Placed:
        if not print_.keys:
            return Placed(message_id, message_id, SAME, ())
        same = self._by_key.get(print_.keys[0])
        if same:
            return Placed(message_id, self._indexed[same[0]].group_id, SAME, ())
        match = self._nearest(print_, shared) if shared else None
        keys, group_id, similarity = print_.keys, message_id, SAME
        if match is not None:
            group_id, similarity = match[0].group_id, match[1]
            keys = keys[:1] if similarity >= _COVERED else keys
        crowded = {key for key in shared if len(self._by_key.get(key, ())) >= _CROWDED}
        keys = tuple(key for key in keys if key not in crowded) if crowded else keys
        wanted = [key for key in shared if key not in crowded] if len(keys) > 1 else keys
        self._index(Indexed(message_id, group_id, print_), wanted)
        return Placed(message_id, group_id, similarity, keys)

    def _index(self, one: Indexed, keys: Iterable[int]) -> None:
        self._indexed[one.message_id] = one
        for key in keys:
            self._by_key.setdefault(key, []).append(one.message_id)

    def _nearest(self, print_: Print, shared: Sequence[int]) -> tuple[Indexed, float] | None:
        proposed = sorted({one for key in shared for one in self._by_key.get(key, ())})
        best: tuple[Indexed, float] | None = None
        for number in proposed:
            candidate = self._indexed[number]
            similarity = _similarity(print_, candidate.print)
            if similarity >= NEAR and (best is None or similarity > best[1]):
                first = self._indexed.get(candidate.group_id, candidate)
                if _jaccard(print_.full, first.print.full) >= _TO_FIRST:
                    best = candidate, similarity
        return best


def _similarity(one: Print, other: Print) -> float:
    """0…1. Hashtags count only for texts whose own words agree, so that a shared tag makes no repeat."""
    beside_tags = _jaccard(one.bare, other.bare)
    if beside_tags >= NEAR or (one.full == one.bare and other.full == other.bare):
        return beside_tags
    with_tags = _jaccard(one.full, other.full)
    held = min(_contained(one.bare, other.full), _contained(other.bare, one.full))
    return with_tags if held >= _CONTAINED else beside_tags


@cache
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@lru_cache(maxsize=4096)
def _grams(text: str) -> frozenset[str]:
    return frozenset(text[start : start + _GRAM] for start in range(len(text) - _GRAM + 1))


def _jaccard(one: str, other: str) -> float:
    these, those = _grams(one), _grams(other)
    shared = len(these & those)
    whole = len(these) + len(those) - shared
    return shared / whole if whole else float(one == other)


def _contained(one: str, other: str) -> float:
    these = _grams(one)
    return len(these & _grams(other)) / len(these) if these else 0.0


def _whole(text: str) -> int:
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _bands(texts: Sequence[str]) -> list[list[int]]:
    """The band keys of each text, signed 64-bit; none for a short one. A band's number is part of its key."""
    long = [place for place, text in enumerate(texts) if len(text) >= _SHORTEST]
    if not long:
        return [[] for _ in texts]
    codes = np.frombuffer(
        "".join(texts[place] for place in long).encode("utf-32-le", "surrogatepass"), np.uint32
    )
    ends = np.cumsum([len(texts[place]) for place in long])
    mixed = codes.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    grams = mixed[:-2] ^ (mixed[1:-1] >> np.uint64(17)) ^ (mixed[2:] >> np.uint64(31))
    grams = (grams ^ (codes[1:-1].astype(np.uint64) << np.uint64(42)) ^ codes[2:]) * np.uint64(
        0xC2B2AE3D27D4EB4F
    )
    # Runs that reach over the end of a text belong to none.
    inside = np.ones(len(grams), dtype=bool)
    inside[np.concatenate([ends[:-1] - 1, ends[:-1] - 2])] = False
    offsets = np.concatenate([[0], np.cumsum([len(texts[place]) - _GRAM + 1 for place in long])])
    matrix = rensa.RMinHash.digest_matrix_from_flat_token_hashes(
        grams[inside], offsets.astype(np.uint64), _PERMUTATIONS, _SEED
    )
    signature = np.array(matrix.to_rows(), dtype=np.uint64).reshape(len(long), -1, _ROWS)
    keys = np.broadcast_to(np.arange(1, signature.shape[1] + 1, dtype=np.uint64), signature.shape[:2]).copy()
    for row in range(_ROWS):
        keys = (keys ^ signature[:, :, row]) * np.uint64(0x9E3779B97F4A7C15)
        keys ^= keys >> np.uint64(29)
    bands: list[list[int]] = [[] for _ in texts]
    for place, found in zip(long, keys.view(np.int64).tolist(), strict=True):
        bands[place] = found
    return bands
