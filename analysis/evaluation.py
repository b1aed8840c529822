"""How well a sentiment model tells negative from positive on texts that people labelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# SnowNLP's own middle; no threshold is fitted here.
_MIDDLE = 0.5


@dataclass(frozen=True, slots=True)
class Figures:
    """What one model got; a figure that cannot be computed (a class is missing) is None. All 0…1.

    Attributes:
        auc: chance that a positive text scores above a negative one, ties counting half; on log-odds.
        accuracy, macro_f1: with the cut at 0.5; macro_f1 is the mean over both classes.
        negative_precision, negative_recall: of the texts called negative, of the negative texts.
        brier: mean squared distance of the score from 0 or 1; 0.25 is a coin.
    """

    auc: float | None
    accuracy: float | None
    macro_f1: float | None
    negative_precision: float | None
    negative_recall: float | None
    brier: float | None


def evaluate(labels: Sequence[int], raw: Sequence[float], log_odds: Sequence[float]) -> Figures:
    """The figures of one model.

    Args:
        labels: 0 negative, 1 positive.
        raw, log_odds: the model's answers to the same texts.
    """
    called_negative = [score < _MIDDLE for score in raw]
    negatives = [label == 0 for label in labels]
    both = sum(called and negative for called, negative in zip(called_negative, negatives, strict=True))
    called, negative, n = sum(called_negative), sum(negatives), len(labels)
    right_positive = n - called - negative + both
    f1_negative = _share(2 * both, called + negative)
    f1_positive = _share(2 * right_positive, 2 * n - called - negative)
    has_both = 0 < negative < n
    return Figures(
        auc=_auc(labels, log_odds),
        accuracy=_share(both + right_positive, n),
        macro_f1=(f1_negative + f1_positive) / 2
        if has_both and f1_negative is not None and f1_positive is not None
        else None,
        negative_precision=_share(both, called),
        negative_recall=_share(both, negative),
        brier=_share(sum((score - label) ** 2 for score, label in zip(raw, labels, strict=True)), n),
    )


def _share(part: float, whole: int) -> float | None:
    return part / whole if whole else None


def _auc(labels: Sequence[int], scores: Sequence[float]) -> float | None:
    """By the sum of ranks; equal scores share their mean rank."""
    order = sorted(range(len(scores)), key=scores.__getitem__)
    rank_sum, start = 0.0, 0
    while start < len(order):
        end = start
        while end < len(order) and scores[order[end]] == scores[order[start]]:
            end += 1
        mean_rank = (start + 1 + end) / 2
        rank_sum += mean_rank * sum(labels[place] for place in order[start:end])
        start = end
    positive = sum(labels)
    pairs = positive * (len(labels) - positive)
    return (rank_sum - positive * (positive + 1) / 2) / pairs if pairs else None
