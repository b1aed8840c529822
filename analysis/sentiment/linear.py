"""A logistic regression over character sequences: the optional second model, fitted with numpy alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import exp, log, sqrt

import numpy as np
from numpy.typing import NDArray

from analysis.sentiment.model_file import LinearWeights
from analysis.sentiment.scorer import UNCALIBRATED, Sentiment

_LONGEST = 3
_SEEN_IN = 2
_STRONGEST = 5
_ROUNDS = 200
# Weight of the penalty against the sum over all texts, as scikit-learn's C = 5.
_PENALTY = 1 / 5

Logs = NDArray[np.float64]


class LinearScorer:
    """A fitted regression as a sentiment model; its `words` are the sequences that moved it most."""

    def __init__(self, name: str, weights: LinearWeights) -> None:
        self._name = name
        self._bias = weights.bias
        self._features: Mapping[str, tuple[float, float]] = weights.features

    @property
    def model(self) -> str:
        """Name and version."""
        return self._name

    def score_many(
        self,
        texts: Sequence[str | None],
        channels: Sequence[str] | None = None,  # noqa: ARG002 - the protocol's
    ) -> list[Sentiment]:
        """One answer per text, in order; `raw` is None for the empty string, blanks and None."""
        return [self._score(text) for text in texts]

    def _score(self, text: str | None) -> Sentiment:
        if text is None or not text.strip():
            return Sentiment(None, None, None, None, UNCALIBRATED, (), self.model)
        counts = Counter(_sequences(text))
        known = {
            one: _damped(n) * self._features[one][0] for one, n in counts.items() if one in self._features
        }
        size = sqrt(sum(value * value for value in known.values())) or 1.0
        moved = {one: value / size * self._features[one][1] for one, value in known.items()}
        log_odds = self._bias + sum(moved.values())
        strongest = sorted(moved.items(), key=lambda pair: -abs(pair[1]))[:_STRONGEST]
        return Sentiment(
            raw=1 / (1 + exp(-max(-700.0, min(700.0, log_odds)))),
            log_odds=log_odds,
            unknown_share=1 - sum(counts[one] for one in known) / counts.total(),
            p_negative=None,
            label=UNCALIBRATED,
            words=tuple((one, round(weight, 4)) for one, weight in strongest),
            model=self.model,
        )


def fit_linear(texts: Sequence[str], labels: Sequence[int]) -> LinearWeights:
    """Fit tf-idf of one to three characters to the labels (0 negative, 1 positive); the same each time."""
    found = [Counter(_sequences(text)) for text in texts]
    seen_in = Counter(one for counts in found for one in counts)
    names = sorted(one for one, n in seen_in.items() if n >= _SEEN_IN)
    places = {one: place for place, one in enumerate(names)}
    idf = np.array([log((1 + len(texts)) / (1 + seen_in[one])) + 1 for one in names])
    rows, columns, values = _matrix(found, places, idf)
    weights, bias = _fit(rows, columns, values, np.asarray(labels, dtype=np.float64), len(names))
    features = {
        name: (round(float(idf[place]), 6), round(float(weights[place]), 6)) for name, place in places.items()
    }
    return LinearWeights(bias=float(bias), features=features)


def _matrix(
    found: Sequence[Counter[str]], places: Mapping[str, int], idf: Logs
) -> tuple[NDArray[np.int64], NDArray[np.int64], Logs]:
    """The entries of the matrix texts × features, each row of length one."""
    rows, columns, counts = [], [], []
    for row, one in enumerate(found):
        for name, n in one.items():
            place = places.get(name)
            if place is not None:
                rows.append(row)
                columns.append(place)
                counts.append(_damped(n))
    row_of, column_of = np.array(rows, dtype=np.int64), np.array(columns, dtype=np.int64)
    values = np.array(counts) * idf[column_of]
    sizes = np.sqrt(np.bincount(row_of, values * values, minlength=len(found)))
    return row_of, column_of, values / sizes[row_of]


def _fit(
    rows: NDArray[np.int64], columns: NDArray[np.int64], values: Logs, labels: Logs, width: int
) -> tuple[Logs, float]:
    """Accelerated gradient descent (Nesterov, restarted when it overshoots) on the penalised log loss."""
    weights, before = np.zeros(width), np.zeros(width)
    bias, bias_before, momentum = 0.0, 0.0, 1.0
    step = 1 / (0.25 * _largest_square(rows, columns, values, len(labels), width) + _PENALTY)
    for _ in range(_ROUNDS):
        after = (1 + sqrt(1 + 4 * momentum * momentum)) / 2
        push = (momentum - 1) / after
        ahead, ahead_bias = weights + push * (weights - before), bias + push * (bias - bias_before)
        sums = np.bincount(rows, values * ahead[columns], minlength=len(labels)) + ahead_bias
        miss = 1 / (1 + np.exp(-sums)) - labels
        slope = np.bincount(columns, values * miss[rows], minlength=width) + _PENALTY * ahead
        before, bias_before = weights, bias
        weights, bias = ahead - step * slope, ahead_bias - step * miss.sum()
        restarted = float(slope @ (weights - before)) > 0
        momentum = 1.0 if restarted else after
    return weights, bias


def _largest_square(
    rows: NDArray[np.int64], columns: NDArray[np.int64], values: Logs, height: int, width: int
) -> float:
    """The largest squared singular value of the matrix with its column of ones, by power iteration."""
    vector, ones = np.full(width, 1 / sqrt(width + 1)), 1 / sqrt(width + 1)
    size = 1.0
    for _ in range(15):
        image = np.bincount(rows, values * vector[columns], minlength=height) + ones
        back, back_ones = np.bincount(columns, values * image[rows], minlength=width), float(image.sum())
        size = sqrt(float(back @ back) + back_ones * back_ones)
        vector, ones = back / size, back_ones / size
    return size * 1.05


def _sequences(text: str) -> Iterator[str]:
    text = " ".join(text.split())
    for length in range(1, _LONGEST + 1):
        for place in range(len(text) - length + 1):
            yield text[place : place + length]


def _damped(count: int) -> float:
    return 1 + log(count)
