"""SnowNLP's sentiment score, equal to `SnowNLP(text).sentiments` to the last bit, without its start-up."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.sentiment.bayes import BayesModel, positive_share, shipped_model
from analysis.sentiment.scorer import UNCALIBRATED, Sentiment
from analysis.sentiment.segmentation import Segmenter
from analysis.sentiment.snownlp_tables import MODEL, open_tables
from analysis.sentiment.table_file import TableFile

if TYPE_CHECKING:
    from analysis.sentiment.batch_segmentation import BatchSegmenter

_CHINESE = re.compile("([\u4e00-\u9fa5]+)")
# Below this many characters together numpy's fixed costs are not worth it.
_WORTH_A_BATCH = 1_500


class SnowNlpWords:
    """The words of texts as `SnowNLP(text).words` gives them, one by one or many together."""

    def __init__(self, tables: TableFile) -> None:
        self._tables = tables
        self._segmenter = Segmenter(tables)
        self._batch: BatchSegmenter | None = None
        self.stop_words = frozenset(tables.content("stop_words").decode().split("\n"))

    def words(self, text: str) -> list[str]:
        """The words of one text."""
        return _woven(_CHINESE.split(text), self._segmenter.words)

    def words_of_many(self, texts: Sequence[str]) -> list[list[str]]:
        """The words of each text; some three times faster than one by one where there is much text."""
        if sum(map(len, texts)) < _WORTH_A_BATCH:
            return [self.words(text) for text in texts]
        parts = [_CHINESE.split(text) for text in texts]
        runs = iter(self._batches().words([run for part in parts for run in part[1::2]]))
        return [_woven(part, lambda _: next(runs)) for part in parts]

    def _batches(self) -> BatchSegmenter:
        """Made when first needed: a process that scores single texts never loads numpy."""
        if self._batch is None:
            from analysis.sentiment.batch_segmentation import BatchSegmenter

            self._batch = BatchSegmenter(self._tables, self._segmenter)
        return self._batch


def _woven(parts: Sequence[str], cut: Callable[[str], Sequence[str]]) -> list[str]:
    """Words of a text that was split into other text (even places) and Chinese runs (odd places)."""
    words: list[str] = []
    for place, part in enumerate(parts):
        if place % 2:
            words += cut(part)
        elif part:
            words += part.split()
    return words


class SnowNlpScorer:
    """A model of snownlp 0.12.3: the shipped one, or one made by its own trainer.

    The shipped score was learned from shop reviews. Measured on citizens' messages it finds topics rather
    than tone; see docs/analysis.md.
    """

    def __init__(self, words: SnowNlpWords, bayes: BayesModel, *, length_counts: bool = True) -> None:
        """`length_counts` False divides the log-odds by the root of the number of words.

        snownlp's own sum runs to 0 and 1 with the length of a text; the division ranks better and makes the
        score more like a probability, but is then no longer `SnowNLP(text).sentiments`.
        """
        self._words = words
        self._bayes = bayes
        self._length_counts = length_counts

    @property
    def model(self) -> str:
        """Name and version."""
        return self._bayes.name

    def score_many(
        self,
        texts: Sequence[str | None],
        channels: Sequence[str] | None = None,  # noqa: ARG002 - the protocol's
    ) -> list[Sentiment]:
        """One answer per text, in order; `raw` is None for the empty string, blanks and None."""
        given = [text for text in texts if text is not None and text.strip()]
        found = iter(self._words.words_of_many(given))
        return [
            self._answer(next(found)) if text is not None and text.strip() else self._no_answer()
            for text in texts
        ]

    def score(self, text: str | None) -> Sentiment:
        """One text's answer. A text of stop words only has the model's prior as its score."""
        if text is None or not text.strip():
            return self._no_answer()
        return self._answer(self.words(text))

    def words(self, text: str) -> list[str]:
        """The words of a text, as `SnowNLP(text).words` gives them."""
        return self._words.words(text)

    def _no_answer(self) -> Sentiment:
        return Sentiment(None, None, None, None, UNCALIBRATED, (), self.model)

    def _answer(self, words: Sequence[str]) -> Sentiment:
        stop_words, bayes = self._words.stop_words, self._bayes
        words = [word for word in words if word not in stop_words]
        negative, positive = bayes.sums(words)
        if not self._length_counts:
            negative, positive = 0.0, (positive - negative) / sqrt(len(words) + 1)
        return Sentiment(
            raw=positive_share(negative, positive),
            log_odds=positive - negative,
            unknown_share=bayes.unknown_share(words),
            p_negative=None,
            label=UNCALIBRATED,
            words=bayes.strongest(words),
            model=self.model,
        )


def open_words(folder: Path) -> SnowNlpWords:
    """SnowNLP's segmentation, its tables kept in `folder` and built there at first use.

    Raises:
        ModelError: snownlp is missing, of another version or altered; or the tables are damaged.
    """
    return SnowNlpWords(open_tables(folder))


def open_scorer(folder: Path) -> SnowNlpScorer:
    """The model shipped with snownlp, its tables kept in `folder` and built there at first use.

    Raises:
        ModelError: snownlp is missing, of another version or altered; or the tables are damaged.
    """
    tables = open_tables(folder)
    return SnowNlpScorer(SnowNlpWords(tables), shipped_model(MODEL, tables))
