"""SnowNLP's sentiment score, equal to `SnowNLP(text).sentiments` to the last bit, without its start-up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import exp
from pathlib import Path

from analysis.sentiment.scorer import UNCALIBRATED, Sentiment
from analysis.sentiment.segmentation import Segmenter
from analysis.sentiment.snownlp_tables import MODEL, open_tables
from analysis.sentiment.table_file import TableFile

_CHINESE = re.compile("([\u4e00-\u9fa5]+)")
_STRONGEST = 5


class SnowNlpScorer:
    """The shipped model of snownlp 0.12.3. Its score was learned from shop reviews: uncalibrated, always.

    Measured on citizens' messages it finds topics rather than tone; see docs/analysis.md.
    """

    model = MODEL

    def __init__(self, tables: TableFile) -> None:
        self._segmenter = Segmenter(tables)
        negative, positive = tables.numbers("negative_log"), tables.numbers("positive_log")
        words = tables.content("words").decode().split("\n")
        self._logs = dict(zip(words, zip(negative, positive, strict=True), strict=True))
        self._unknown = tables.numbers("unknown_log")[0], tables.numbers("unknown_log")[1]
        self._priors = tables.numbers("prior_log")[0], tables.numbers("prior_log")[1]
        self._stop_words = frozenset(tables.content("stop_words").decode().split("\n"))

    def score_many(self, texts: Sequence[str | None]) -> list[Sentiment]:
        """One answer per text, in order; `raw` is None for the empty string, blanks and None."""
        return [self.score(text) for text in texts]

    def score(self, text: str | None) -> Sentiment:
        """One text's answer. A text of stop words only has snownlp's prior as its score."""
        if text is None or not text.strip():
            return Sentiment(None, None, None, None, UNCALIBRATED, (), self.model)
        words = [word for word in self.words(text) if word not in self._stop_words]
        negative, positive = self._priors
        logs, unknown = self._logs, self._unknown
        for word in words:
            one = logs.get(word, unknown)
            negative += one[0]
            positive += one[1]
        return Sentiment(
            raw=positive_share(negative, positive),
            log_odds=positive - negative,
            unknown_share=sum(word not in logs for word in words) / len(words) if words else None,
            p_negative=None,
            label=UNCALIBRATED,
            words=self._strongest(words),
            model=self.model,
        )

    def words(self, text: str) -> list[str]:
        """The words of a text, as `SnowNLP(text).words` gives them."""
        words: list[str] = []
        for place, part in enumerate(_CHINESE.split(text)):
            if place % 2:
                words += self._segmenter.words(part)
            else:
                words += part.split()
        return words

    def _strongest(self, words: Sequence[str]) -> tuple[tuple[str, float], ...]:
        moved: dict[str, float] = {}
        for word in words:
            one = self._logs.get(word)
            if one is not None:
                moved[word] = moved.get(word, 0.0) + one[1] - one[0]
        ranked = sorted(moved.items(), key=lambda pair: -abs(pair[1]))
        return tuple((word, round(weight, 4)) for word, weight in ranked[:_STRONGEST])


def open_scorer(folder: Path) -> SnowNlpScorer:
    """The scorer, its tables kept in `folder` and built there at first use.

    Raises:
        ModelError: snownlp is missing, of another version or altered; or the tables are damaged.
    """
    return SnowNlpScorer(open_tables(folder))


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
