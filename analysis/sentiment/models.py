"""Opens a sentiment model by name or file: snownlp's own, the one that ships here, a trained one."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from analysis.sentiment.bayes import model_from_counts
from analysis.sentiment.calibration import CalibratedScorer
from analysis.sentiment.fast import SnowNlpScorer, SnowNlpWords, open_scorer, open_words
from analysis.sentiment.linear import LinearScorer
from analysis.sentiment.model_file import StoredModel, read_model
from analysis.sentiment.scorer import SentimentScorer

STOCK = "snownlp"
SHIPPED = "huiying"
# A file of this name among the office's models is its default.
OFFICE_MODEL = "sentiment.json"

_SHIPPED_FILE = Path(__file__).resolve().parent / "corpus" / "model.json"


def open_model(name: str, folder: Path) -> SentimentScorer:
    """The model called `name`.

    Args:
        name: `snownlp`, `huiying`, or the path of a model file.
        folder: the office's models; snownlp's tables are kept there and built at first use.

    Raises:
        ModelError: the tables or the file cannot be used; the message says why.
    """
    if name == STOCK:
        return open_scorer(folder)
    return scorer_of(read_model(_SHIPPED_FILE if name == SHIPPED else Path(name)), open_words(folder))


def open_default(folder: Path) -> SentimentScorer:
    """The office's own model where it has put one into `folder`, else the one that ships."""
    own = folder / OFFICE_MODEL
    return open_model(str(own) if own.is_file() else SHIPPED, folder)


def scorer_of(stored: StoredModel, words: SnowNlpWords) -> SentimentScorer:
    """A stored model, ready for use; with its fits for channels where it has any."""
    scorer: SentimentScorer
    if stored.linear is not None:
        scorer = LinearScorer(stored.name, stored.linear)
    else:
        assert stored.bayes is not None  # noqa: S101 - the shape has exactly one of the two
        counts = Counter(stored.bayes.negative), Counter(stored.bayes.positive)
        scorer = SnowNlpScorer(words, model_from_counts(stored.name, *counts), length_counts=False)
    return CalibratedScorer(scorer, stored.channels) if stored.channels else scorer
