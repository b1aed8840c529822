"""Concentrated problems of a period: what many messages have in common, and what is suggested. Pure.

Source: 沪府办〔2020〕20号 and 嘉市监办〔2021〕102号, tasks 10, 14 and 28: regular analysis of messages, a
second interpretation of what is asked again and again, a special response to items with many complaints or
low ratings, and statistics of consumer complaints.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import Field

from core.errors import RuleError
from core.rule_files import RuleFileModel, read_rule_file
from core.vocabulary import Channel, MessageKind

_COMPLAINING = frozenset({MessageKind.COMPLAINT, MessageKind.TIP_OFF, MessageKind.REQUEST})
# Of five grades: 1 very bad, 2 bad.
_LOW = 2


class Common(StrEnum):
    """What the messages of a problem have in common."""

    TOPIC = "topic"
    ITEM = "item"
    MATTER = "matter"
    LOW_RATING = "low_rating"


class Suggestion(StrEnum):
    """What is suggested; a person decides."""

    SPECIAL_RESPONSE = "special_response"
    SECOND_INTERPRETATION = "second_interpretation"


SUGGESTED = {Suggestion.SPECIAL_RESPONSE: "专项回应", Suggestion.SECOND_INTERPRETATION: "二次解读"}
KINDS = {Common.TOPIC: "领域", Common.ITEM: "事项", Common.MATTER: "同一件事", Common.LOW_RATING: "低分事项"}


@dataclass(frozen=True, slots=True)
class Heard:
    """A message, or a rating without text, as far as this looks at it.

    Attributes:
        message: its number; None for a rating without text, which is no message.
        item: the service item or category, as the source names it; empty for unknown.
        matter: what its matter is called; empty where it stands alone.
        grade: of a service rating, 1 worst to 5 best; None for other messages.
        title: of the message, masked as it is stored.
        case: the number of its case; None where it has none.
    """

    message: int | None
    source: str
    native_id: str
    channel: Channel
    kind: MessageKind
    topic: str
    item: str
    matter: str
    grade: int | None = None
    title: str = ""
    case: int | None = None
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A concentrated problem.

    Attributes:
        share: of the messages of the period that could have it, 0…1.
        reasons: Chinese sentences.
        messages: those behind it, in order of number.
        source, quote: the clause behind the suggestion; no quote where the office itself decided.
    """

    common: Common
    name: str
    count: int
    share: float
    suggests: Suggestion
    reasons: tuple[str, ...]
    messages: tuple[Heard, ...]
    source: str
    quote: str

    def as_json(self) -> dict[str, Any]:
        """In the shape of the interface."""
        named = [
            {"message": one.message, "source": one.source, "native_id": one.native_id}
            for one in self.messages
        ]
        return {**asdict(self), "messages": named}


class _Rule(RuleFileModel):
    messages: int = Field(ge=2)
    share: float = Field(ge=0, le=1)
    suggests: Suggestion
    source: str = Field(min_length=1)
    # Verbatim from a file under rules/texts; empty where the office itself decided.
    quote: str = ""
    text: str = ""
    why: str = Field(min_length=1)


class ConcentratedRules(RuleFileModel):
    """The numbers of `rules/concentrated.yml`, each with its reason."""

    topic: _Rule
    item: _Rule
    matter: _Rule
    low_rating: _Rule


def load_concentrated_rules(path: Path) -> ConcentratedRules:
    """The rules of a file such as `rules/concentrated.yml`.

    Raises:
        RuleError: the file has a wrong shape, a number without its reason, or a quote that its text in the
            folder `texts` beside it does not hold.
    """
    rules = read_rule_file(path, ConcentratedRules)
    for name in ConcentratedRules.model_fields:
        rule: _Rule = getattr(rules, name)
        text = path.parent / "texts" / rule.text
        if rule.quote and not (text.is_file() and rule.quote in text.read_text("utf-8")):
            raise RuleError(path, f"原文文件 texts/{rule.text} 中没有引文“{rule.quote}”", key=name)
    return rules


def concentrated(heard: Sequence[Heard], rules: ConcentratedRules) -> list[Problem]:
    """The concentrated problems among the messages of a period: by kind, the most frequent first."""
    asking = [one for one in heard if one.grade is None and one.kind is not MessageKind.THANKS]
    complaining = [one for one in asking if one.kind in _COMPLAINING]
    rated = [one for one in heard if one.grade is not None]
    low = [one for one in rated if one.grade is not None and one.grade <= _LOW]
    return [
        *_problems(Common.TOPIC, _by(asking, "topic"), len(asking), rules.topic),
        *_problems(Common.ITEM, _by(complaining, "item"), len(complaining), rules.item),
        *_problems(Common.MATTER, _by(asking, "matter"), len(asking), rules.matter),
        *_problems(Common.LOW_RATING, _by(low, "item"), len(rated), rules.low_rating),
    ]


def ratings_counted(heard: Sequence[Heard]) -> dict[str, int]:
    """好差评: how many ratings of each grade, with text or without; `total` and `low` are sums of these."""
    counted = Counter(one.grade for one in heard if one.grade is not None)
    by_grade = {str(grade): counted[grade] for grade in range(1, 6)}
    return {**by_grade, "total": sum(counted.values()), "low": sum(counted[g] for g in range(1, _LOW + 1))}


def consumer_complaints(heard: Sequence[Heard]) -> list[dict[str, Any]]:
    """消费投诉公示: complaints and tip-offs to 12315 by item, the most frequent first.

    Returns:
        `item`, `complaints`, `tip_offs`, `total`; an item the source does not name is 未注明.
    """
    counted: dict[str, dict[MessageKind, int]] = defaultdict(lambda: defaultdict(int))
    for one in heard:
        if one.channel is Channel.HOTLINE_12315:
            counted[one.item or one.topic or "未注明"][one.kind] += 1
    rows = [
        {
            "item": item,
            "complaints": kinds[MessageKind.COMPLAINT],
            "tip_offs": kinds[MessageKind.TIP_OFF],
            "total": sum(kinds.values()),
        }
        for item, kinds in counted.items()
    ]
    return sorted(rows, key=lambda row: (-int(str(row["total"])), str(row["item"])))


def _by(heard: Sequence[Heard], field: str) -> Mapping[str, list[Heard]]:
    groups: dict[str, list[Heard]] = defaultdict(list)
    for one in heard:
        name: str = getattr(one, field)
        if name:
            groups[name].append(one)
    return groups


def _problems(common: Common, groups: Mapping[str, list[Heard]], of: int, rule: _Rule) -> list[Problem]:
    found = [
        _problem(common, name, group, of, rule)
        for name, group in groups.items()
        if len(group) >= rule.messages and len(group) >= rule.share * of
    ]
    return sorted(found, key=lambda one: (-one.count, one.name))


def _problem(common: Common, name: str, group: Sequence[Heard], of: int, rule: _Rule) -> Problem:
    share = len(group) / of
    counted = f"{KINDS[common]}“{name}”{len(group)}件，占{of}件的{share:.0%}。"
    advice = f"建议{SUGGESTED[rule.suggests]}：{rule.why}（{rule.source}）"
    ordered = tuple(sorted(group, key=lambda one: (one.message is None, one.message or 0)))
    return Problem(
        common, name, len(group), share, rule.suggests, (counted, advice), ordered, rule.source, rule.quote
    )
