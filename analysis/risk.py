"""How urgent a message is, by what it says happened. How it sounds is not asked."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.lexicon import Risks
from analysis.reasons import quoted
from core.vocabulary import RiskLevel


@dataclass(frozen=True, slots=True)
class Risk:
    """The risk of one message.

    Attributes:
        score: sum of the weights of the groups that were found, 0…1.
        reasons: one Chinese sentence per group, heaviest first; empty for a score of 0.
    """

    level: RiskLevel
    score: float
    reasons: list[str]


def risk_of(text: str, risks: Risks) -> Risk:
    """The risk in a normalized text.

    Source: measured on real letters, a sentiment score finds 7 % urgent ones among its top 30, word groups
    30 %. So no sentiment enters here.
    """
    found = [(group, words) for group in risks.groups if (words := group.found(text))]
    found.sort(key=lambda one: -one[0].weight)
    score = min(1.0, round(sum(group.weight for group, _ in found), 4))
    level = RiskLevel.LOW
    if score >= risks.high_from:
        level = RiskLevel.HIGH
    elif score >= risks.raised_from:
        level = RiskLevel.RAISED
    return Risk(level, score, [f"{group.name}：出现{quoted(words)}。" for group, words in found])
