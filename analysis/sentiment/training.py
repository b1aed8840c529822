"""Trains a sentiment model on labelled texts and tells by texts kept aside whether it is worth having."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from analysis.evaluation import Figures, evaluate
from analysis.sentiment.calibration import ALL_CHANNELS, fit_channel
from analysis.sentiment.fast import SnowNlpWords
from analysis.sentiment.linear import fit_linear
from analysis.sentiment.model_file import BayesCounts, StoredModel
from analysis.sentiment.models import scorer_of
from analysis.sentiment.scorer import SentimentScorer
from core.errors import InvalidInput

# Of each class; with fewer, a class is a handful of accidents.
FEWEST_OF_A_CLASS = 50
# One text in five is kept from the training; which, only the text itself decides.
_FOLDS = 5


class Method(StrEnum):
    """How a model is trained."""

    AUTO = "auto"
    BAYES = "bayes"
    LINEAR = "linear"


@dataclass(frozen=True, slots=True)
class Trained:
    """A model and how the contenders did on the texts kept aside.

    Attributes:
        method: the one that was chosen.
        held_out: how many texts were kept aside for the comparison; the model is then trained on all.
        figures: contender → figures; `bayes` and `linear` trained on the rest.
        beats_default: whether the chosen one ranks better than the present default.
    """

    model: StoredModel
    method: Method
    held_out: int
    figures: Mapping[str, Figures]
    beats_default: bool


def train(
    rows: Sequence[tuple[int, str]],
    words: SnowNlpWords,
    present: Mapping[str, SentimentScorer],
    *,
    name: str,
    method: Method = Method.AUTO,
) -> Trained:
    """Train on labelled texts (0 negative, 1 positive).

    `auto` takes the linear model where it ranks better (AUC) on the texts kept aside. The fit for
    probabilities is made on those same texts, by the model that has not seen them, where there are 200.

    Args:
        present: models to compare with, the present default last.

    Raises:
        InvalidInput: a class has fewer than 50 different texts.
    """
    unique = _without_repeats(rows)
    kept_aside = [row for row in unique if _fold(row[1]) == 0]
    rest = [row for row in unique if _fold(row[1]) != 0]
    _refuse_too_few(unique)
    methods = [Method.BAYES, Method.LINEAR] if method is Method.AUTO else [method]
    trial = {one: scorer_of(_fitted(one, rest, words, name), words) for one in methods}
    contenders = {**present, **{one.value: scorer for one, scorer in trial.items()}}
    figures = {key: measured(scorer, kept_aside) for key, scorer in contenders.items()}
    chosen = max(methods, key=lambda one: figures[one.value].auc or 0.0)
    model = _fitted(chosen, unique, words, name)
    fit = fit_channel(_log_odds(trial[chosen], kept_aside), [label for label, _ in kept_aside])
    best_present = max((figures[key].auc or 0.0 for key in present), default=0.0)
    return Trained(
        model=model.model_copy(
            update={
                "channels": {ALL_CHANNELS: fit} if fit else {},
                "held_out": {key: asdict(one) for key, one in figures.items()},
            }
        ),
        method=chosen,
        held_out=len(kept_aside),
        figures=figures,
        beats_default=(figures[chosen.value].auc or 0.0) > best_present,
    )


def cross_validated(rows: Sequence[tuple[int, str]], words: SnowNlpWords) -> dict[str, Figures]:
    """What each way of training reaches on these very labels: every text scored by a model that never saw it.

    Raises:
        InvalidInput: a class has fewer than 50 different texts.
    """
    unique = _without_repeats(rows)
    _refuse_too_few(unique)
    found = {}
    for method in (Method.BAYES, Method.LINEAR):
        labels, raw, log_odds = [], [], []
        for fold in range(_FOLDS):
            aside = [row for row in unique if _fold(row[1]) == fold]
            rest = [row for row in unique if _fold(row[1]) != fold]
            scorer = scorer_of(_fitted(method, rest, words, method.value), words)
            for (label, _), one in zip(aside, scorer.score_many([text for _, text in aside]), strict=True):
                labels.append(label)
                raw.append(one.raw if one.raw is not None else 0.5)
                log_odds.append(one.log_odds or 0.0)
        found[method.value] = evaluate(labels, raw, log_odds)
    return found


def measured(scorer: SentimentScorer, rows: Sequence[tuple[int, str]]) -> Figures:
    """The figures of a model on labelled texts; texts it gives no score are left out."""
    answers = scorer.score_many([text for _, text in rows])
    scored = [(label, one) for (label, _), one in zip(rows, answers, strict=True) if one.raw is not None]
    return evaluate(
        [label for label, _ in scored],
        [1 - one.p_negative if one.p_negative is not None else one.raw or 0.0 for _, one in scored],
        [one.log_odds or 0.0 for _, one in scored],
    )


def count_words(texts: Sequence[str], words: SnowNlpWords) -> Counter[str]:
    """How often each word stands in the texts, stop words left out, as snownlp's trainer counts them."""
    counts: Counter[str] = Counter()
    for found in words.words_of_many(texts):
        counts.update(word for word in found if word not in words.stop_words)
    return counts


def _fitted(method: Method, rows: Sequence[tuple[int, str]], words: SnowNlpWords, name: str) -> StoredModel:
    texts, labels = [text for _, text in rows], [label for label, _ in rows]
    if method is Method.LINEAR:
        return StoredModel(name=name, trained_on=len(rows), linear=fit_linear(texts, labels))
    negative = count_words([text for label, text in rows if label == 0], words)
    positive = count_words([text for label, text in rows if label == 1], words)
    return StoredModel(
        name=name, trained_on=len(rows), bayes=BayesCounts(negative=negative, positive=positive)
    )


def _log_odds(scorer: SentimentScorer, rows: Sequence[tuple[int, str]]) -> list[float]:
    return [one.log_odds or 0.0 for one in scorer.score_many([text for _, text in rows])]


def _without_repeats(rows: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """Each text once, with its last label: a repost must not stand on both sides of the comparison."""
    return [(label, text) for text, label in {text: label for label, text in rows}.items()]


def _fold(text: str) -> int:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[0] % _FOLDS


def _refuse_too_few(rows: Sequence[tuple[int, str]]) -> None:
    counts = Counter(label for label, _ in rows)
    if min(counts[0], counts[1]) < FEWEST_OF_A_CLASS:
        raise InvalidInput(
            f"标注太少:负面{counts[0]}条,正面{counts[1]}条(重复的只算一条)。",
            mend=f"两类各需至少{FEWEST_OF_A_CLASS}条;概率校准另需每个渠道{200}条。",
            field="data",
        )
