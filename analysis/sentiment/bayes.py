"""SnowNLP's two-class Bayes model: words in, log scores out, with its own order of additions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

from analysis.sentiment.table_file import TableFile

_STRONGEST = 5


@dataclass(frozen=True, slots=True)
class BayesModel:
    """The logs of a trained model.

    Attributes:
        name: with its version; stands beside every score.
        logs: word → its log under negative and under positive.
        unknown: the logs of a word never seen.
        priors: the logs before any word.
    """

    name: str
    logs: Mapping[str, tuple[float, float]]
    unknown: tuple[float, float]
    priors: tuple[float, float]

    def sums(self, words: Iterable[str]) -> tuple[float, float]:
        """The log scores of negative and positive, added word by word as snownlp does."""
        negative, positive = self.priors
        logs, unknown = self.logs, self.unknown
        for word in words:
            one = logs.get(word, unknown)
            negative += one[0]
            positive += one[1]
        return negative, positive

    def strongest(self, words: Iterable[str]) -> tuple[tuple[str, float], ...]:
        """The known words that moved the score most, by how much over all their occurrences; at most five."""
        moved: dict[str, float] = {}
        logs = self.logs
        for word in words:
            one = logs.get(word)
            if one is not None:
                moved[word] = moved.get(word, 0.0) + one[1] - one[0]
        ranked = sorted(moved.items(), key=lambda pair: -abs(pair[1]))
        return tuple((word, round(weight, 4)) for word, weight in ranked[:_STRONGEST])

    def unknown_share(self, words: Sequence[str]) -> float | None:
        """The share of words never seen; None without words."""
        if not words:
            return None
        logs = self.logs
        return sum(word not in logs for word in words) / len(words)


def shipped_model(name: str, tables: TableFile) -> BayesModel:
    """The model inside snownlp, from its tables."""
    logs = zip(tables.numbers("negative_log"), tables.numbers("positive_log"), strict=True)
    unknown, priors = tables.numbers("unknown_log"), tables.numbers("prior_log")
    return BayesModel(
        name=name,
        logs=dict(zip(tables.content("words").decode().split("\n"), logs, strict=True)),
        unknown=(unknown[0], unknown[1]),
        priors=(priors[0], priors[1]),
    )


def model_from_counts(name: str, negative: Counter[str], positive: Counter[str]) -> BayesModel:
    """The model snownlp's own trainer makes of these words: add-one over each class's own total.

    Args:
        negative, positive: how often each word stands in the texts of the class, stop words left out.

    Source:
        snownlp 0.12.3, `classification/bayes.py` and `utils/frequency.py` (`AddOneProb`): every word of a
        class starts at one above its count, the class's total likewise.
    """
    of_negative, of_positive = _class_logs(negative), _class_logs(positive)
    total = of_negative.total + of_positive.total
    return BayesModel(
        name=name,
        logs={word: (of_negative.log(word), of_positive.log(word)) for word in {**negative, **positive}},
        unknown=(of_negative.log(""), of_positive.log("")),
        priors=(log(of_negative.total) - log(total), log(of_positive.total) - log(total)),
    )


@dataclass(frozen=True, slots=True)
class _ClassLogs:
    counts: Mapping[str, int]
    total: int

    def log(self, word: str) -> float:
        return log((self.counts.get(word, 0) + 1) / self.total)


def _class_logs(counts: Counter[str]) -> _ClassLogs:
    return _ClassLogs(counts, sum(counts.values()) + len(counts))


def positive_share(negative: float, positive: float) -> float:
    """P(positive) from the two log scores, with snownlp's own steps and rounding; at a tie 0.5."""
    of_negative = _share(own=negative, other=positive)
    of_positive = _share(own=positive, other=negative)
    return of_positive if of_positive > of_negative else 1 - of_negative


def _share(*, own: float, other: float) -> float:
    """One class's share; zero where the other's odds are too large for a number."""
    try:
        return 1 / (1.0 + exp(other - own))
    except OverflowError:
        return 0.0
