"""How pressing a message is: what happened, how many say so, whether that grows, the deadline, the reach.

Pure. Tone is a second key: it orders messages of one topic and channel that are otherwise equal.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from analysis.lexicon import Risks
from core.rule_files import RuleFileModel, read_rule_file
from core.vocabulary import RiskLevel


class _Step(RuleFileModel):
    at_least: int = Field(ge=1)
    adds: float = Field(gt=0, le=1)


class _Steps(RuleFileModel):
    steps: tuple[_Step, ...] = Field(min_length=1)
    why: str = Field(min_length=1)

    def adds(self, count: int) -> float:
        return max((one.adds for one in self.steps if count >= one.at_least), default=0.0)


class _Growth(RuleFileModel):
    times: float = Field(gt=1)
    voices: int = Field(ge=1)
    adds: float = Field(gt=0, le=1)
    why: str = Field(min_length=1)


class _DueStep(RuleFileModel):
    hours: float
    adds: float = Field(gt=0, le=1)


class _Due(RuleFileModel):
    steps: tuple[_DueStep, ...] = Field(min_length=1)
    why: str = Field(min_length=1)


class UrgencyRules(RuleFileModel):
    """The numbers of `rules/urgency.yml`, with their reasons."""

    voices: _Steps
    growth: _Growth
    due: _Due
    reach: _Steps


def load_urgency_rules(path: Path) -> UrgencyRules:
    """The rules of a file such as `rules/urgency.yml`.

    Raises:
        RuleError: the file has a wrong shape, or a number without its reason.
    """
    return read_rule_file(path, UrgencyRules)


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of a message.

    Attributes:
        risk_score: by its words, 0…1, with the reasons.
        voices: people who speak of the same matter.
        recent, before: messages of the matter in the last stretch and in the one before it.
        due_in_hours: until its next deadline; negative when overdue, None for none.
        reach: reposts, comments, likes and hundredths of reads.
        log_odds: of the sentiment, negative = negative; None for no score.
    """

    risk_score: float
    risk_reasons: tuple[str, ...] = ()
    voices: int = 1
    recent: int = 0
    before: int = 0
    due_in_hours: float | None = None
    reach: int = 0
    topic: str = ""
    channel: str = ""
    log_odds: float | None = None


@dataclass(frozen=True, slots=True)
class Urgency:
    """How pressing a message is: level, score 0…1, and a Chinese sentence for each part of the score."""

    level: RiskLevel
    score: float
    reasons: tuple[str, ...]


def urgency_of(given: Situation, rules: UrgencyRules, risks: Risks) -> Urgency:
    """The urgency of one message; its tone is not asked."""
    parts = [
        (rules.voices.adds(given.voices), f"{given.voices}人反映同一件事。"),
        (_growth(given, rules.growth), f"正在增长：最近{given.recent}条，此前{given.before}条。"),
        (_due(given.due_in_hours, rules.due), _due_told(given.due_in_hours)),
        (rules.reach.adds(given.reach), f"转评赞共{given.reach}次。"),
    ]
    score = min(1.0, round(given.risk_score + sum(adds for adds, _ in parts), 4))
    level = RiskLevel.LOW
    if score >= risks.high_from:
        level = RiskLevel.HIGH
    elif score >= risks.raised_from:
        level = RiskLevel.RAISED
    return Urgency(level, score, (*given.risk_reasons, *(told for adds, told in parts if adds)))


def in_order(given: Mapping[int, tuple[Situation, Urgency]]) -> list[int]:
    """The messages, the most pressing first; of equal ones the more negative within its topic and channel."""
    tones: dict[tuple[str, str], list[float]] = defaultdict(list)
    for situation, _ in given.values():
        if situation.log_odds is not None:
            tones[situation.topic, situation.channel].append(situation.log_odds)
    ranked = {key: sorted(some) for key, some in tones.items()}

    def key(number: int) -> tuple[float, float, int]:
        situation, urgency = given[number]
        return -urgency.score, _tone(situation, ranked), -number

    return sorted(given, key=key)


def _tone(situation: Situation, ranked: Mapping[tuple[str, str], Sequence[float]]) -> float:
    """The share of its topic and channel that sounds more negative, 0…1; the middle for no score."""
    if situation.log_odds is None:
        return 0.5
    some = ranked[situation.topic, situation.channel]
    return bisect_left(some, situation.log_odds) / len(some)


def _growth(given: Situation, rule: _Growth) -> float:
    grows = given.voices >= rule.voices and given.recent >= rule.times * max(1, given.before)
    return rule.adds if grows else 0.0


def _due(hours: float | None, rule: _Due) -> float:
    return 0.0 if hours is None else max((one.adds for one in rule.steps if hours <= one.hours), default=0.0)


def _due_told(hours: float | None) -> str:
    if hours is None or hours < 0:
        return "时限已超期。"
    return f"时限还有{hours:.0f}小时。"
