"""Tells a reply that answers from one that only says "received". Pure, but for loading the patterns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from pydantic import Field, field_validator

from core.errors import RuleError
from core.rule_files import RuleFileModel, read_rule_file
from core.vocabulary import ReplyKind

_CLAUSE_ENDS = re.compile(r"[,，.。!！;；:：?？~～…|\[\]【】()()\s]+")
_BLANK = re.compile(r"\s+")
# Offices answer in the same few hundred clauses ("感谢您的监督"): each is matched once.
_CLAUSES_KEPT = 20_000


class Says(StrEnum):
    """What a clause says."""

    RECEIPT = "receipt"
    TRANSFER = "transfer"
    PROMISE = "promise"
    COURTESY = "courtesy"
    SIGNATURE = "signature"


_HOLDING = frozenset({Says.RECEIPT, Says.TRANSFER, Says.PROMISE})


class ReplyVerdict(NamedTuple):
    """What a reply is.

    Attributes:
        kind: substantive unless every clause only acknowledges, passes on, promises or is polite.
        doubtful: substantive, but a person should look: it says almost nothing beside a holding reply.
        pattern: name of the first holding pattern found; None where there is none, or where a reply says so
            much besides that nobody looked.
    """

    kind: ReplyKind
    doubtful: bool
    pattern: str | None


@dataclass(frozen=True, slots=True)
class ClausePattern:
    """One pattern, matched against a whole clause."""

    name: str
    says: Says
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class HoldingPatterns:
    """The patterns, in the order they are tried.

    Attributes:
        longest: a longer reply (characters without blanks) is substantive unseen.
        doubtful_rest: a reply whose unmatched clauses are no longer than this together is doubtful.
        erase: what is deleted before the text is cut into clauses, such as dates.
        clauses: the patterns.
        any_clause: all of them in one expression, so that a clause none of them matches costs one look.
    """

    longest: int
    doubtful_rest: int
    erase: re.Pattern[str]
    clauses: tuple[ClausePattern, ...]
    any_clause: re.Pattern[str]
    _known: dict[str, ClausePattern | None] = field(default_factory=dict, compare=False, repr=False)

    def match(self, clause: str) -> ClausePattern | None:
        """The first pattern that the whole clause matches, or None."""
        if clause in self._known:
            return self._known[clause]
        found = None
        if self.any_clause.fullmatch(clause) is not None:
            found = next((one for one in self.clauses if one.pattern.fullmatch(clause)), None)
        if len(self._known) < _CLAUSES_KEPT:
            self._known[clause] = found
        return found


def classify_reply(text: str, patterns: HoldingPatterns) -> ReplyVerdict:
    """Whether a reply answers or only acknowledges.

    A reply is holding when every clause matches a pattern and at least one of them acknowledges receipt,
    passes on or promises. In doubt it is substantive and doubtful: also a fragment without any content.
    """
    # The cheap bound first: most replies are long. Blanks are few beside it.
    if len(text) > 2 * patterns.longest or len(bare := _BLANK.sub("", text)) > patterns.longest:
        return ReplyVerdict(ReplyKind.SUBSTANTIVE, False, None)
    clauses = [clause for clause in _CLAUSE_ENDS.split(patterns.erase.sub(" ", bare)) if clause]
    longest = max(clauses, key=len, default="")
    if len(longest) > patterns.doubtful_rest and patterns.match(longest) is None:
        return ReplyVerdict(ReplyKind.SUBSTANTIVE, False, None)  # it says enough, whatever stands beside
    found = [patterns.match(clause) for clause in clauses]
    holding = next((one.name for one in found if one is not None and one.says in _HOLDING), None)
    rest = sum(len(clause) for clause, one in zip(clauses, found, strict=True) if one is None)
    if holding is not None and rest == 0:
        return ReplyVerdict(ReplyKind.HOLDING, False, holding)
    doubtful = rest == 0 or (holding is not None and rest <= patterns.doubtful_rest)
    return ReplyVerdict(ReplyKind.SUBSTANTIVE, doubtful, holding)


class _Entry(RuleFileModel):
    name: str = Field(min_length=1)
    says: Says
    pattern: re.Pattern[str]
    matches: tuple[str, ...] = Field(min_length=1)
    must_not_match: tuple[str, ...] = Field(min_length=1)


class _File(RuleFileModel):
    longest: int = Field(ge=1)
    doubtful_rest: int = Field(ge=0)
    erase: tuple[str, ...]
    patterns: tuple[_Entry, ...] = Field(min_length=1)

    @field_validator("erase")
    @classmethod
    def _compiles(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            try:
                re.compile(one)
            except re.error as error:
                raise ValueError(f"“{one}”不是合法的正则表达式") from error
        return value


def load_holding_patterns(path: Path) -> HoldingPatterns:
    """The patterns of a file such as `rules/lexicon/holding_replies.yml`, each tried on its own examples.

    Raises:
        RuleError: the file has a wrong shape, a pattern does not compile, two patterns share a name, or a
            pattern misses an example or matches one it must not.
    """
    file = read_rule_file(path, _File)
    names = [entry.name for entry in file.patterns]
    for entry in file.patterns:
        if names.count(entry.name) > 1:
            raise RuleError(path, "名称重复", key=entry.name)
        _try_examples(path, entry)
    return HoldingPatterns(
        longest=file.longest,
        doubtful_rest=file.doubtful_rest,
        # Without anything to erase, a pattern that matches nowhere.
        erase=re.compile("|".join(file.erase) or r"(?!)"),
        clauses=tuple(ClausePattern(entry.name, entry.says, entry.pattern) for entry in file.patterns),
        any_clause=re.compile("|".join(f"(?:{entry.pattern.pattern})" for entry in file.patterns)),
    )


def _try_examples(path: Path, entry: _Entry) -> None:
    missed = _first(entry.matches, entry.pattern, matched=False)
    if missed is not None:
        raise RuleError(path, f"套不上自己的例子“{missed}”", key=entry.name)
    wrong = _first(entry.must_not_match, entry.pattern, matched=True)
    if wrong is not None:
        raise RuleError(path, f"套上了不该套上的例子“{wrong}”", key=entry.name)


def _first(examples: Sequence[str], pattern: re.Pattern[str], *, matched: bool) -> str | None:
    return next((text for text in examples if (pattern.fullmatch(text) is not None) is matched), None)
