"""The corpus of the default model: as large as promised, fair to topics, and the model is really its."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from analysis.sentiment.bayes import model_from_counts
from analysis.sentiment.corpus.build import build
from analysis.sentiment.corpus.compose import FOLDER, parts, read_letters
from analysis.sentiment.fast import SnowNlpScorer, open_words
from analysis.sentiment.model_file import read_model
from analysis.sentiment.training import count_words
from core.vocabulary import MessageKind


def test_corpus_has_thousands_of_different_texts_of_every_kind() -> None:
    different = {text for part in parts() for text in [*part.negative, *part.positive]}
    assert len(different) > 5_000
    kinds = {letter.kind for letter in read_letters()}
    assert kinds == set(MessageKind) - {MessageKind.OTHER} | {None}


def test_no_text_stands_on_both_sides() -> None:
    for part in parts():
        assert not set(part.negative) & set(part.positive), part.name


def test_each_matter_weighs_about_as_much_on_either_side() -> None:
    composed = next(part for part in parts() if part.name == "composed")
    for matter in ("学校", "社保", "派出所"):
        negative, positive = (
            weight * sum(matter in text for text in some)
            for weight, some in zip(composed.weights, (composed.negative, composed.positive), strict=True)
        )
        assert 0.4 < negative / positive < 2.5, matter


def test_the_file_that_ships_is_the_corpus_counted_anew(models_folder: Path) -> None:
    assert build(open_words(models_folder)) == read_model(FOLDER / "model.json")


def test_our_counting_is_that_of_snownlps_trainer(models_folder: Path) -> None:
    words = open_words(models_folder)
    negative = ["窗口态度恶劣,没人管", "又停水了,太失望", "差"]
    positive = ["护士很耐心,谢谢", "路修好了,真方便!", "好"]
    trained = _trained_by_snownlp(negative, positive)
    ours = model_from_counts("x", count_words(negative, words), count_words(positive, words))
    scorer = SnowNlpScorer(words, ours)
    for text in ("窗口态度很好", "没人管,太差了", "完全没见过的话", "的"):
        assert scorer.score(text).raw == trained.classify(text)


def _trained_by_snownlp(negative: list[str], positive: list[str]) -> Any:
    from snownlp.sentiment import Sentiment

    model = Sentiment()
    model.train(negative, positive)
    return model
