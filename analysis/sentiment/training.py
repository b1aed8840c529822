"""Trains a sentiment model on labelled texts and tells by texts kept aside whether it is worth having."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache

from analysis.evaluation import Figures, evaluate
from analysis.sentiment.calibration import ALL_CHANNELS, fit_channel
from analysis.sentiment.corpus.compose import parts
from analysis.sentiment.fast import SnowNlpWords
from analysis.sentiment.linear import fit_linear
from analysis.sentiment.model_file import BayesCounts, ChannelFit, StoredModel
from analysis.sentiment.models import scorer_of
from analysis.sentiment.scorer import Sentiment, SentimentScorer
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
    # The linear model on the office's labels and our own corpus together: for an office with few labels.
    POOLED = "pooled"


_TRIED = (Method.BAYES, Method.LINEAR, Method.POOLED)


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
    channels: Mapping[str, str] | None = None,
) -> Trained:
    """Train on labelled texts (0 negative, 1 positive).

    `auto` takes the method that ranks best (AUC) on the texts kept aside. Probabilities are fitted for each
    channel of which there are 200 labels, on answers of models that had not seen the text they answer; where
    no text says where it came from, one fit serves all channels.

    Args:
        channels: text → channel.
        present: models to compare with, the present default last.

    Raises:
        InvalidInput: a class has fewer than 50 different texts.
    """
    unique = _without_repeats(rows)
    kept_aside = [row for row in unique if _fold(row[1]) == 0]
    rest = [row for row in unique if _fold(row[1]) != 0]
    _refuse_too_few(unique)
    methods = list(_TRIED) if method is Method.AUTO else [method]
    trial = {one: scorer_of(_fitted(one, rest, words, name), words) for one in methods}
    contenders = {**present, **{one.value: scorer for one, scorer in trial.items()}}
    figures = {key: measured(scorer, kept_aside) for key, scorer in contenders.items()}
    chosen = max(methods, key=lambda one: figures[one.value].auc or 0.0)
    model = _fitted(chosen, unique, words, name)
    unseen = _unseen(chosen, unique, words)
    best_present = max((figures[key].auc or 0.0 for key in present), default=0.0)
    return Trained(
        model=model.model_copy(
            update={
                "channels": _fits(unseen, channels or {}),
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
    for method in _TRIED:
        answers = _unseen(method, unique, words)
        found[method.value] = evaluate(
            [label for label, _, _ in answers],
            [one.raw if one.raw is not None else 0.5 for _, _, one in answers],
            [one.log_odds or 0.0 for _, _, one in answers],
        )
    return found


def _unseen(
    method: Method, unique: Sequence[tuple[int, str]], words: SnowNlpWords
) -> list[tuple[int, str, Sentiment]]:
    """Label, text and answer of every text, each answered by a model that was trained on the others."""
    found = []
    for fold in range(_FOLDS):
        aside = [row for row in unique if _fold(row[1]) == fold]
        rest = [row for row in unique if _fold(row[1]) != fold]
        scorer = scorer_of(_fitted(method, rest, words, method.value), words)
        answers = scorer.score_many([text for _, text in aside])
        found += [(label, text, one) for (label, text), one in zip(aside, answers, strict=True)]
    return found


def _fits(unseen: Sequence[tuple[int, str, Sentiment]], channels: Mapping[str, str]) -> dict[str, ChannelFit]:
    """Channel → fit, where there are labels enough; for all channels where none is named."""
    by_channel: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for label, text, one in unseen:
        channel = channels.get(text, "") if channels else ALL_CHANNELS
        if channel and one.log_odds is not None:
            by_channel[channel].append((one.log_odds, label))
    fits = {
        channel: fit_channel([x for x, _ in some], [label for _, label in some])
        for channel, some in sorted(by_channel.items())
    }
    return {channel: fit for channel, fit in fits.items() if fit is not None}


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
    if method is Method.POOLED:
        texts, labels = [*texts, *(text for _, text in _corpus())], [*labels, *(one for one, _ in _corpus())]
    if method in (Method.LINEAR, Method.POOLED):
        return StoredModel(name=name, trained_on=len(rows), linear=fit_linear(texts, labels))
    negative = count_words([text for label, text in rows if label == 0], words)
    positive = count_words([text for label, text in rows if label == 1], words)
    return StoredModel(
        name=name, trained_on=len(rows), bayes=BayesCounts(negative=negative, positive=positive)
    )


@cache
def _corpus() -> list[tuple[int, str]]:
    """Our own texts with their labels."""
    negative = [(0, text) for part in parts() for text in part.negative]
    return [*negative, *((1, text) for part in parts() for text in part.positive)]


def _without_repeats(rows: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """Each text once, with its last label: a repost must not stand on both sides of the comparison."""
    return [(label, text) for text, label in {text: label for label, text in rows}.items()]


def _fold(text: str) -> int:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[0] % _FOLDS


def _refuse_too_few(rows: Sequence[tuple[int, str]]) -> None:
    counts = Counter(label for label, _ in rows)
    if min(counts[0], counts[1]) < FEWEST_OF_A_CLASS:
        raise InvalidInput(
            f"标注太少：负面{counts[0]}条，正面{counts[1]}条(重复的只算一条)。",
            mend=f"两类各需至少{FEWEST_OF_A_CLASS}条；概率校准另需每个渠道{200}条。",
            field="data",
        )
