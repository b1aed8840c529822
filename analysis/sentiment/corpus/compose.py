"""The corpus of the default sentiment model: written for this product, put together the same each time.

Whole posts and letters stand as they were written. Words of feeling are texts of their own. Clauses are
joined to longer texts, the same matters on both sides, so that a topic alone says nothing.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.rule_files import RuleFileModel, read_rule_file
from core.vocabulary import MessageKind

FOLDER = Path(__file__).resolve().parent
NEGATIVE, POSITIVE = 0, 1
_SIDES = {"0": NEGATIVE, "1": POSITIVE}
# Each matter is put into so many texts of each side.
_TEXTS_A_MATTER = 6
# Of these, so many are long letters of complaint, with so many sentences of narrative each.
_LONG_LETTERS_A_MATTER = 2
_SENTENCES = 5
_SEED = 20261125


@dataclass(frozen=True, slots=True)
class Letter:
    """A whole letter in the voice of mailbox or hotline.

    Attributes:
        kind: what its writer wants; None for a rumour, which is no kind of letter.
        polarity: 0 negative, 1 not negative.
    """

    kind: MessageKind | None
    topic: str
    polarity: int
    text: str


class Clauses(RuleFileModel):
    """Parts of sentences; `{}` in enquiries and suggestions is the matter."""

    matters: Mapping[str, tuple[str, ...]]
    negative: tuple[str, ...]
    negative_ends: tuple[str, ...]
    positive: tuple[str, ...]
    positive_ends: tuple[str, ...]
    enquiries: tuple[str, ...]
    suggestions: tuple[str, ...]
    opening_negative: tuple[str, ...]
    opening_positive: tuple[str, ...]
    narrative: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Texts of one origin.

    Attributes:
        weights: how often the trainer sees each negative and each positive text. They make both sides about
            equally large: with SnowNLP's add-one a word never seen speaks for the smaller side.
    """

    name: str
    weights: tuple[int, int]
    negative: Sequence[str]
    positive: Sequence[str]


def parts() -> list[Part]:
    """The whole corpus, by origin; the same texts in the same order each time."""
    letters = read_letters()
    composed = list(_composed(read_rule_file(FOLDER / "clauses.yml", Clauses)))
    return [
        Part("words", (48, 60), _words("words_negative.txt"), _words("words_positive.txt")),
        Part("posts", (12, 15), _lines("posts_negative.txt"), _lines("posts_positive.txt")),
        Part(
            "letters",
            (12, 15),
            [one.text for one in letters if one.polarity == NEGATIVE],
            [one.text for one in letters if one.polarity == POSITIVE],
        ),
        Part(
            "composed",
            (1, 3),
            [text for side, text in composed if side == NEGATIVE],
            [text for side, text in composed if side == POSITIVE],
        ),
    ]


def read_letters() -> list[Letter]:
    """The whole letters, in order."""
    letters = []
    for line in _lines("letters.tsv"):
        kind, topic, side, text = line.split("\t")
        letters.append(Letter(None if kind == "rumour" else MessageKind(kind), topic, _SIDES[side], text))
    return letters


def _composed(clauses: Clauses) -> Iterator[tuple[int, str]]:
    """Texts joined of clauses; every clause is used about equally often."""
    chance = random.Random(_SEED)  # noqa: S311 - the same texts each time
    matters = [matter for some in clauses.matters.values() for matter in some]
    deals = {
        name: _Deal(getattr(clauses, name), chance) for name in Clauses.model_fields if name != "matters"
    }
    for matter in matters:
        for _ in range(_LONG_LETTERS_A_MATTER):
            yield NEGATIVE, _long_letter(matter, deals)
        for turn in range(_TEXTS_A_MATTER):
            negative = deals["opening_negative"].next() + matter + deals["negative"].next()
            end = deals["negative_ends"].next() if chance.random() < 0.7 else ""
            yield NEGATIVE, _joined(negative, end)
            yield POSITIVE, _not_negative(matter, turn, deals, chance)


def _long_letter(matter: str, deals: Mapping[str, _Deal]) -> str:
    told = [deals["narrative"].next().format(matter) for _ in range(_SENTENCES)]
    return matter + deals["negative"].next() + "。" + "".join(told) + deals["negative_ends"].next()


def _not_negative(matter: str, turn: int, deals: Mapping[str, _Deal], chance: random.Random) -> str:
    """Of six texts one asks, one suggests, four praise."""
    if turn == 0:
        return deals["enquiries"].next().format(matter) + chance.choice("？。")
    if turn == 1:
        return deals["suggestions"].next().format(matter) + "。"
    praise = deals["opening_positive"].next() + matter + deals["positive"].next()
    return _joined(praise, deals["positive_ends"].next() if chance.random() < 0.7 else "")


def _joined(begin: str, end: str) -> str:
    return f"{begin}，{end}" if end else f"{begin}。"


class _Deal:
    """Deals from a shuffled pack, and shuffles anew when it is used up."""

    def __init__(self, pack: Sequence[str], chance: random.Random) -> None:
        self._pack, self._chance = pack, chance
        self._left: list[str] = []

    def next(self) -> str:
        if not self._left:
            self._left = list(self._pack)
            self._chance.shuffle(self._left)
        return self._left.pop()


def _words(name: str) -> list[str]:
    return list(dict.fromkeys(word for line in _lines(name) for word in line.split()))


def _lines(name: str) -> list[str]:
    """The lines of a file that are neither empty nor a remark."""
    lines = (FOLDER / name).read_text("utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("# ")]
