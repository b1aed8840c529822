"""A topic model learnt from an office's labelled messages: counts of character pairs, complement Bayes.

Which message belongs where an office has decided thousands of times already. The model asks for every class
whether the pairs of a text are commoner in it than in all others together, which holds up where classes are
of very different size (Rennie and others 2003).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from math import log, sqrt
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analysis.topic_classes import ClassFound, TopicScheme, load_scheme
from core.errors import InvalidInput, ModelError

FEWEST_OF_A_CLASS = 20
_SMOOTHING = 0.5
_SEEN = 2
# Lead over the second class, per root of the number of pairs, below which the words of the lexicon decide.
_CLEAR_LEAD = 0.5
_LARGEST_BYTES = 256 * 2**20
_MEND = "请用 huiying train topics 重新训练，或换一个完整的模型文件。"

Count = Annotated[int, Field(ge=0, le=10**12)]


class TopicModel(BaseModel):
    """Counts of character pairs by class, as stored in a file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["huiying-topics"] = "huiying-topics"
    version: Literal[1] = 1
    trained_on: int = Field(ge=0)
    classes: Mapping[str, Mapping[str, Count]] = Field(min_length=2)


class TopicJudge:
    """The better of both: the trained model where it is clear or the lexicon agrees, else unsure."""

    def __init__(
        self, scheme: TopicScheme, model: TopicModel | None = None, *, is_scheme: bool = False
    ) -> None:
        """`is_scheme`: the office chose these classes as its topics; what they are unsure of has no topic."""
        self._scheme = scheme
        self.is_scheme = is_scheme
        self.sections = scheme.sections
        self._trained = _Trained(model) if model is not None else None

    def classify(self, title: str, body: str, among: Sequence[str] | None = None) -> ClassFound:
        """The class of a message, and why.

        Args:
            title, body: normalized.
            among: only these classes of the lexicon; a trained model knows its own.
        """
        if self._trained is None:
            return self._scheme.classify(title, body, among)
        name, lead = self._trained.classify(f"{title}\n{body}")
        if lead >= _CLEAR_LEAD:
            return ClassFound(name, 1.0, [f"与本单位以往归入“{name}”的来文用词最近。"])
        by_words = self._scheme.classify(title, body, self._trained.names)
        if by_words.name == name:
            return ClassFound(name, by_words.share, [*by_words.reasons, "本单位以往的归类与此一致。"])
        other = f",词语指向“{by_words.name}”" if by_words.name else ""
        return ClassFound("", by_words.share, [f"以往的归类略近“{name}”{other}，请人工归类。"])


class _Trained:
    def __init__(self, model: TopicModel) -> None:
        self.names = tuple(model.classes)
        total: Counter[str] = Counter()
        for counts in model.classes.values():
            total.update(counts)
        self._weights: dict[str, list[float]] = {pair: [] for pair in total}
        width, everything = len(total) * _SMOOTHING, total.total()
        for counts in model.classes.values():
            own = sum(counts.values())
            for pair, n in total.items():
                inside = (counts.get(pair, 0) + _SMOOTHING) / (own + width)
                outside = (n - counts.get(pair, 0) + _SMOOTHING) / (everything - own + width)
                self._weights[pair].append(log(inside) - log(outside))

    def classify(self, text: str) -> tuple[str, float]:
        """The best class and its lead over the second, per root of the number of known pairs."""
        sums, known = [0.0] * len(self.names), 0
        for pair in _pairs(text):
            weights = self._weights.get(pair)
            if weights is not None:
                known += 1
                sums = [total + one for total, one in zip(sums, weights, strict=True)]
        ranked = sorted(range(len(sums)), key=lambda place: -sums[place])
        lead = (sums[ranked[0]] - sums[ranked[1]]) / sqrt(known) if known else 0.0
        return self.names[ranked[0]], lead


def train_topics(rows: Sequence[tuple[str, str]]) -> TopicModel:
    """Learn from (class, text); a text may be segmented, its blanks do not count.

    Raises:
        InvalidInput: there are fewer than two classes, or one has fewer than 20 texts.
    """
    sizes = Counter(name for name, _ in rows)
    small = [f"“{name}”{n}条" for name, n in sizes.items() if n < FEWEST_OF_A_CLASS]
    if len(sizes) < 2 or small:
        raise InvalidInput(
            f"标注太少：{'、'.join(small) or f'只有{len(sizes)}类'}。",
            mend=f"至少两类，每类至少{FEWEST_OF_A_CLASS}条。",
            field="data",
        )
    counts: dict[str, Counter[str]] = {name: Counter() for name in sorted(sizes)}
    for name, text in rows:
        counts[name].update(_pairs(text))
    total: Counter[str] = Counter()
    for one in counts.values():
        total.update(one)
    kept = {
        name: {pair: n for pair, n in sorted(one.items()) if total[pair] >= _SEEN}
        for name, one in counts.items()
    }
    return TopicModel(trained_on=len(rows), classes=kept)


def read_topic_model(path: Path) -> TopicModel:
    """The model in a file.

    Raises:
        ModelError: the file is missing, cut, too large, of another kind or version, or misshapen.
    """
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise ModelError(f"模型文件 {path.name} 过大。", mend=_MEND)
        given = json.loads(path.read_bytes())
    except OSError as error:
        raise ModelError(f"打不开模型文件 {path.name}。", mend="请检查路径和读取权限。") from error
    except (ValueError, RecursionError) as error:
        raise ModelError(f"模型文件 {path.name} 不完整或不是模型。", mend=_MEND) from error
    if not isinstance(given, dict) or given.get("format") != "huiying-topics" or given.get("version") != 1:
        raise ModelError(f"{path.name} 不是领域模型文件，或是别的版本的。", mend=_MEND)
    try:
        return TopicModel.model_validate(given)
    except ValidationError as error:
        raise ModelError(f"模型文件 {path.name} 内容有误。", mend=_MEND) from error


def write_topic_model(path: Path, model: TopicModel) -> None:
    """Write the file so that a reader sees the old one or the whole new one.

    Raises:
        ModelError: the place cannot be written to.
    """
    draft = path.with_name(path.name + ".draft")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(model.model_dump_json(), encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise ModelError(f"不能写入 {path}。", mend="请换一个可写的位置。") from error


def office_judge(
    models: Path, scheme: Path, subset: str = "", *, is_scheme: bool = False
) -> TopicJudge | None:
    """The judge of the office's classes, with its own model where there is a `topics.json` among its models.

    None where it neither chose a scheme nor trained a model.

    Args:
        scheme, subset: see `load_scheme`.
        is_scheme: the office chose this scheme as its topics.

    Raises:
        ModelError: the model cannot be used.
        RuleError: the scheme cannot be used.
    """
    path = models / "topics.json"
    trained = read_topic_model(path) if path.is_file() else None
    if trained is None and not is_scheme:
        return None
    return TopicJudge(load_scheme(scheme, subset), trained, is_scheme=is_scheme)


def _pairs(text: str) -> list[str]:
    text = "".join(text.split())
    return [text[place : place + 2] for place in range(len(text) - 1)]
