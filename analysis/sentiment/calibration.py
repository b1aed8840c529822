"""A model's log-odds as a probability of "negative", fitted on the office's own labels, by channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import exp

from analysis.sentiment.model_file import ChannelFit, finite
from analysis.sentiment.scorer import Sentiment, SentimentScorer
from core.vocabulary import Polarity

# With fewer labels the two numbers of a fit are noise.
LABELS_NEEDED = 200
ALL_CHANNELS = "*"

# Between these the honest answer is "unsure".
_SURE_NEGATIVE, _SURE_POSITIVE = 0.6, 0.4
_ROUNDS = 50


class CalibratedScorer:
    """A model whose answers carry a probability; a channel without a fit of its own stays uncalibrated."""

    def __init__(self, scorer: SentimentScorer, fits: Mapping[str, ChannelFit]) -> None:
        self._scorer = scorer
        self._fits = {channel: fit for channel, fit in fits.items() if fit.labels >= LABELS_NEEDED}

    @property
    def model(self) -> str:
        """Name and version."""
        return self._scorer.model

    def score_many(
        self, texts: Sequence[str | None], channels: Sequence[str] | None = None
    ) -> list[Sentiment]:
        """One answer per text, in order.

        Args:
            channels: where each text came from; without it only a fit for all channels applies.
        """
        given = channels if channels is not None else [ALL_CHANNELS] * len(texts)
        answers = self._scorer.score_many(texts)
        return [self._calibrated(one, channel) for one, channel in zip(answers, given, strict=True)]

    def _calibrated(self, answer: Sentiment, channel: str) -> Sentiment:
        fit = self._fits.get(channel) or self._fits.get(ALL_CHANNELS)
        if fit is None or answer.log_odds is None:
            return answer
        p_negative = _share(fit.intercept + fit.slope * answer.log_odds)
        return replace(answer, p_negative=p_negative, label=_label(p_negative).value)


def fit_channel(log_odds: Sequence[float], labels: Sequence[int]) -> ChannelFit | None:
    """The fit of one channel; None with fewer than 200 labels or with one class alone.

    Args:
        log_odds: of texts the model was not trained on.
        labels: 0 negative, 1 positive.
    """
    if len(labels) < LABELS_NEEDED or len(set(labels)) < 2:
        return None
    intercept, slope = 0.0, -1.0
    for _ in range(_ROUNDS):
        step = _newton_step(intercept, slope, log_odds, labels)
        intercept, slope = intercept + step[0], slope + step[1]
        if max(map(abs, step)) < 1e-9:
            break
    return ChannelFit(labels=len(labels), intercept=finite(intercept), slope=finite(slope))


def _newton_step(
    intercept: float, slope: float, log_odds: Sequence[float], labels: Sequence[int]
) -> tuple[float, float]:
    """One step of Newton's method on the log loss; a whiff of ridge bounds it where the data separate."""
    miss = miss_x = 0.0
    a, b, c = 1e-3, 0.0, 1e-3
    for x, label in zip(log_odds, labels, strict=True):
        p = _share(intercept + slope * x)
        wrong, weight = (1 - label) - p, p * (1 - p)
        miss, miss_x = miss + wrong, miss_x + wrong * x
        a, b, c = a + weight, b + weight * x, c + weight * x * x
    determinant = a * c - b * b
    step = (c * miss - b * miss_x) / determinant, (a * miss_x - b * miss) / determinant
    # Far from the answer the quadratic is no guide.
    return max(-2.0, min(2.0, step[0])), max(-2.0, min(2.0, step[1]))


def _label(p_negative: float) -> Polarity:
    if p_negative >= _SURE_NEGATIVE:
        return Polarity.NEGATIVE
    return Polarity.POSITIVE if p_negative <= _SURE_POSITIVE else Polarity.UNSURE


def _share(log_odds: float) -> float:
    return 1 / (1 + exp(-max(-700.0, min(700.0, log_odds))))
