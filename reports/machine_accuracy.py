"""How often the machine was right, month by month, where people looked. Pure.

People look where they doubt, so the share is a lower bound of how good the machine is, not a sample.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from core.clock import local_day

# Field → its name, and the answers that say nothing and are counted apart.
FIELDS: Mapping[str, tuple[str, frozenset[str]]] = {
    "kind": ("诉求类别", frozenset()),
    "is_simple": ("是否简单问题", frozenset()),
    "topic": ("主题", frozenset({""})),
    "section": ("建议科室", frozenset({""})),
    "polarity": ("情感", frozenset({"unsure"})),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the machine and then a person said about one field of one message."""

    field: str
    machine: str
    human: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MonthlyAccuracy:
    """One field in one month, by when the person spoke (Beijing time).

    Attributes:
        month: as `2026-11`.
        checked: words of people; a message counts once a field, with its last word.
        unanswered: of these, where the machine had given no answer.
        right: where both say the same.
        accuracy: right of those with an answer, 0…1; None where there is none.
    """

    month: str
    field: str
    checked: int
    unanswered: int
    right: int
    accuracy: float | None


def monthly_accuracy(verdicts: Iterable[Verdict]) -> list[MonthlyAccuracy]:
    """The accuracy of the machine against people, the newest month first, fields in the order of `FIELDS`."""
    groups: dict[tuple[str, str], list[Verdict]] = defaultdict(list)
    for one in verdicts:
        groups[f"{local_day(one.at):%Y-%m}", one.field].append(one)
    months = sorted({month for month, _ in groups}, reverse=True)
    return [
        _counted(month, field, groups[month, field])
        for month in months
        for field in FIELDS
        if groups[month, field]
    ]


def _counted(month: str, field: str, some: list[Verdict]) -> MonthlyAccuracy:
    silent = FIELDS[field][1]
    answered = [one for one in some if one.machine not in silent]
    right = sum(one.machine == one.human for one in answered)
    accuracy = right / len(answered) if answered else None
    return MonthlyAccuracy(month, field, len(some), len(some) - len(answered), right, accuracy)
