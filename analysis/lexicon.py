"""The word lists under `rules/lexicon/`, each entry checked against its own examples when it is read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import Field, model_validator

from analysis.normalize import normalize
from core.rule_files import RuleFileModel, read_rule_file
from core.vocabulary import MessageKind


class Cue(RuleFileModel):
    """Words and patterns that say one thing.

    Attributes:
        words: found as they stand.
        patterns: regular expressions.
        unless: patterns taken out of the text before looking.
        matches, must_not_match: invented examples; an entry that fails one of them does not load.
    """

    name: str
    words: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    matches: tuple[str, ...] = Field(min_length=1)
    must_not_match: tuple[str, ...] = Field(min_length=1)

    @cached_property
    def _sought(self) -> re.Pattern[str]:
        # The longest word first: of two that begin alike the fuller one is shown.
        words = sorted(self.words, key=len, reverse=True)
        return re.compile("|".join([*self.patterns, *map(re.escape, words)]))

    @cached_property
    def _removed(self) -> re.Pattern[str] | None:
        return re.compile("|".join(self.unless)) if self.unless else None

    def found(self, text: str) -> list[str]:
        """What of the entry stands in a normalized text: distinct, in order; may be empty."""
        if self._removed is not None:
            text = self._removed.sub("\n", text)
        return list(dict.fromkeys(match.group() for match in self._sought.finditer(text)))

    @model_validator(mode="after")
    def _holds_its_examples(self) -> Cue:
        if not self.words and not self.patterns:
            raise ValueError(f"{self.name} 没有任何词语")
        if len(set(self.words)) != len(self.words):
            raise ValueError(f"{self.name} 有重复的词语")
        try:
            missed = [text for text in self.matches if not self.found(normalize(text))]
            wrong = [text for text in self.must_not_match if self.found(normalize(text))]
        except re.error as error:
            raise ValueError(f"{self.name} 的正则表达式不对({error})") from error
        if missed:
            raise ValueError(f"{self.name} 套不上自己的例子“{missed[0]}”")
        if wrong:
            raise ValueError(f"{self.name} 套上了不该套的例子“{wrong[0]}”")
        return self


class KindCue(Cue):
    """A cue of a message kind; `weight` is added once when it is found."""

    weight: float = Field(gt=0)


class Kind(RuleFileModel):
    """A message kind with its cues."""

    kind: MessageKind
    cues: tuple[KindCue, ...] = Field(min_length=1)


class _KindsFile(RuleFileModel):
    kinds: tuple[Kind, ...] = Field(min_length=1)


class Simple(RuleFileModel):
    """What makes an enquiry a simple question.

    Attributes:
        longest: characters; a longer text is not simple.
        most_questions: question marks; a text with more is not simple.
    """

    longest: int = Field(gt=0)
    most_questions: int = Field(gt=0)
    cues: tuple[Cue, ...] = Field(min_length=1)
    blockers: tuple[Cue, ...] = ()


class Topic(Cue):
    """A field of matters.

    Attributes:
        hot: one of the hot fields the policy names.
        sections: a section whose name contains one of these handles the field; the first ones first.
    """

    hot: bool = False
    sections: tuple[str, ...] = Field(min_length=1)


class _TopicsFile(RuleFileModel):
    topics: tuple[Topic, ...] = Field(min_length=1)


class RiskGroup(Cue):
    """A group of signs of risk; `weight` is added once, however many of its words are found."""

    weight: float = Field(gt=0, le=1)


class Risks(RuleFileModel):
    """The groups, and the sums from which a message is raised or high; 0…1."""

    raised_from: float = Field(gt=0, le=1)
    high_from: float = Field(gt=0, le=1)
    groups: tuple[RiskGroup, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> Risks:
        if self.high_from <= self.raised_from:
            raise ValueError("high_from 应大于 raised_from")
        return self


@dataclass(frozen=True)
class Lexicon:
    """All lists."""

    kinds: tuple[Kind, ...]
    simple: Simple
    topics: tuple[Topic, ...]
    risks: Risks


def load_lexicon(folder: Path) -> Lexicon:
    """Read the lists in `folder` (`rules/lexicon`).

    Raises:
        RuleError: a file is missing or misshapen, or an entry does not hold its own examples.
    """
    return Lexicon(
        kinds=read_rule_file(folder / "kinds.yml", _KindsFile).kinds,
        simple=read_rule_file(folder / "simple.yml", Simple),
        topics=read_rule_file(folder / "topics.yml", _TopicsFile).topics,
        risks=read_rule_file(folder / "risk.yml", Risks),
    )
