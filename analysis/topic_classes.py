"""Which class of the office's scheme a message belongs to, by the words of the lexicon."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ahocorasick_rs
from pydantic import Field, model_validator

from analysis.normalize import normalize
from analysis.reasons import quoted
from core.errors import RuleError
from core.rule_files import RuleFileModel, read_rule_file

_STRONG = 2
_SHOWN = 6


class TopicClass(RuleFileModel):
    """A class and its words.

    Attributes:
        strong, words: found as they stand; the strong ones count twice.
        sections: a section whose name contains one of these handles the class; the first ones first.
        matches: invented examples; a scheme that puts one elsewhere does not load.
    """

    name: str
    strong: tuple[str, ...] = Field(min_length=1)
    words: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    matches: tuple[str, ...] = Field(min_length=1)


class _SchemeFile(RuleFileModel):
    margin: float = Field(ge=0, lt=1)
    # Name → the classes of a smaller scheme; the others are then no answer.
    subsets: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    classes: tuple[TopicClass, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _holds_its_examples(self) -> _SchemeFile:
        names = {one.name for one in self.classes}
        unknown = sorted({name for some in self.subsets.values() for name in some} - names)
        if unknown:
            raise ValueError(f"subsets 里的“{unknown[0]}”不是一个类")
        scheme = TopicScheme(self.classes, self.margin)
        for one in self.classes:
            for text in one.matches:
                if scheme.classify(normalize(text), "").name != one.name:
                    raise ValueError(f"{one.name} 的例子“{text}”归到了别的类")
        return self


@dataclass(frozen=True, slots=True)
class ClassFound:
    """The class of a message.

    Attributes:
        name: empty for "unsure": no word was found, or two classes are too close.
        share: the part of all points the class got, 0…1.
        reasons: Chinese sentences.
    """

    name: str
    share: float
    reasons: list[str]


class TopicScheme:
    """The classes, ready for use."""

    def __init__(self, classes: Collection[TopicClass], margin: float) -> None:
        self._margin = margin
        self._entries = [
            (word, one.name, points)
            for one in classes
            for points, words in ((_STRONG, one.strong), (1, one.words))
            for word in words
        ]
        self._finder: Any = ahocorasick_rs.AhoCorasick([word for word, _, _ in self._entries])
        self.names = tuple(one.name for one in classes)
        self.sections = {one.name: one.sections for one in classes}

    def classify(self, title: str, body: str, among: Collection[str] | None = None) -> ClassFound:
        """The class with the most points; each different word counts once, one in the title once more.

        Args:
            title, body: normalized.
            among: only these classes; all where None.
        """
        in_title = self._found(title)
        points: dict[str, int] = {}
        words: dict[str, list[str]] = {}
        for place in sorted(in_title | self._found(body)):
            word, name, worth = self._entries[place]
            if among is None or name in among:
                points[name] = points.get(name, 0) + worth * (2 if place in in_title else 1)
                words.setdefault(name, []).append(word)
        if not points:
            return ClassFound("", 0.0, ["没有出现任何类别的词语。"])
        ranked = sorted(points, key=lambda name: -points[name])
        best, second = ranked[0], ranked[1] if len(ranked) > 1 else None
        share = points[best] / sum(points.values())
        if second is not None and points[best] - points[second] <= self._margin * points[best]:
            return ClassFound("", share, [f"“{best}”与“{second}”难分，请人工归类。"])
        return ClassFound(best, share, [f"“{best}”：出现{quoted(words[best][:_SHOWN])}。"])

    def _found(self, text: str) -> set[int]:
        return {place for place, _, _ in self._finder.find_matches_as_indexes(text, overlapping=True)}


def load_scheme(path: Path, subset: str = "") -> TopicScheme:
    """Read a scheme (`rules/lexicon/topic_classes.yml`, or the office's own in the same form).

    Args:
        subset: name of one of the file's smaller schemes; empty for all classes.

    Raises:
        RuleError: the file is missing or misshapen, has no such subset, or a class does not hold its own
            examples.
    """
    file = read_rule_file(path, _SchemeFile)
    if not subset:
        return TopicScheme(file.classes, file.margin)
    if subset not in file.subsets:
        raise RuleError(path, f"没有名为“{subset}”的分类方案")
    chosen = [one for one in file.classes if one.name in file.subsets[subset]]
    return TopicScheme(chosen, file.margin)
