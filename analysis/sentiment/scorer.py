"""What every sentiment model answers, whichever it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

UNCALIBRATED = "uncalibrated"


@dataclass(frozen=True, slots=True)
class Sentiment:
    """One model's answer about one text.

    Attributes:
        raw: P(positive) as the model itself gives it, 0…1; None for a text with no text in it.
        log_odds: ln(P(positive)/P(negative)) before it is squeezed into `raw`; it still ranks where `raw` is
            exactly 0 or 1. None where `raw` is.
        unknown_share: share of the words that count which the model has never seen, 0…1; None where no word
            counts.
        p_negative: probability of "negative" fitted on the office's own labels, 0…1; None without such a fit.
        label: `positive`, `negative` or `unsure` of a fitted model, else `uncalibrated`.
        words: the known words that moved the score most and by how much (in log-odds, over all their
            occurrences, negative = towards negative), strongest first; at most five.
        model: name of the model, with its version.
    """

    raw: float | None
    log_odds: float | None
    unknown_share: float | None
    p_negative: float | None
    label: str
    words: tuple[tuple[str, float], ...]
    model: str


class SentimentScorer(Protocol):
    """A sentiment model, ready for use; scoring changes nothing, so threads may share it."""

    @property
    def model(self) -> str:
        """Name and version; stands beside every score."""
        ...

    def score_many(
        self, texts: Sequence[str | None], channels: Sequence[str] | None = None
    ) -> list[Sentiment]:
        """One answer per text, in order. The empty string, blanks and None have no score (`raw` None).

        Args:
            channels: where each text came from; only a calibrated model looks at it.
        """
        ...
