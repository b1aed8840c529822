"""How well messages are put into topics, against what people said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TopicFigures:
    """Precision, recall and F1 of one topic, 0…1, and how many messages people put there."""

    n: int
    precision: float | None
    recall: float | None
    f1: float


@dataclass(frozen=True, slots=True)
class TopicsReport:
    """Figures over all messages; "unsure" is a wrong answer in all of them.

    Attributes:
        macro_f1: the mean over the topics people gave.
        unsure: share of messages without an answer.
    """

    n: int
    macro_f1: float
    accuracy: float
    unsure: float
    per_topic: dict[str, TopicFigures]


def evaluate_topics(given: Sequence[str], answered: Sequence[str]) -> TopicsReport:
    """Compare answers (empty: unsure) with the topics people gave; at least one message."""
    truth, said = Counter(given), Counter(answered)
    right = Counter(one for one, other in zip(given, answered, strict=True) if one == other)
    per_topic = {
        name: TopicFigures(
            n=n,
            precision=right[name] / said[name] if said[name] else None,
            recall=right[name] / n,
            f1=2 * right[name] / (n + said[name]),
        )
        for name, n in sorted(truth.items())
    }
    return TopicsReport(
        n=len(given),
        macro_f1=sum(one.f1 for one in per_topic.values()) / len(per_topic),
        accuracy=right.total() / len(given),
        unsure=said[""] / len(given),
        per_topic=per_topic,
    )
