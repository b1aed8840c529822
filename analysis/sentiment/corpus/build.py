"""Trains the model that ships, with SnowNLP's counting, from the corpus beside it; the same file each time.

    python -m analysis.sentiment.corpus.build FOLDER

FOLDER keeps snownlp's tables.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from analysis.sentiment.corpus.compose import FOLDER, parts
from analysis.sentiment.fast import SnowNlpWords, open_words
from analysis.sentiment.model_file import BayesCounts, StoredModel, write_model
from analysis.sentiment.training import count_words

NAME = "huiying-1"


def build(words: SnowNlpWords) -> StoredModel:
    """The model of the corpus: each text counted as often as it weighs."""
    negative: Counter[str] = Counter()
    positive: Counter[str] = Counter()
    for part in parts():
        for counts, some, weight in zip(
            (negative, positive), (part.negative, part.positive), part.weights, strict=True
        ):
            for word, count in count_words(some, words).items():
                counts[word] += count * weight
    return StoredModel(
        name=NAME,
        trained_on=sum(len(part.negative) + len(part.positive) for part in parts()),
        bayes=BayesCounts(negative=dict(sorted(negative.items())), positive=dict(sorted(positive.items()))),
    )


if __name__ == "__main__":
    write_model(FOLDER / "model.json", build(open_words(Path(sys.argv[1]))))
