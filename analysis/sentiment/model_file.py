"""A trained sentiment model as a file: JSON that is read, checked and never executed."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.errors import ModelError

_LARGEST_BYTES = 256 * 2**20
_MEND = "请用 huiying train sentiment 重新训练，或换一个完整的模型文件。"

Share = Annotated[float, Field(ge=0, le=1)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, le=10**12)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ChannelFit(_Shape):
    """P(negative) of one channel: 1 / (1 + exp(-(intercept + slope × log-odds))).

    Attributes:
        labels: how many labelled texts it was fitted on.
    """

    labels: int = Field(ge=0)
    intercept: Finite
    slope: Finite


class BayesCounts(_Shape):
    """What SnowNLP's trainer counted: how often each word stands in the texts of each class."""

    negative: Mapping[str, Count]
    positive: Mapping[str, Count]

    @model_validator(mode="after")
    def _has_both(self) -> BayesCounts:
        if not self.negative or not self.positive:
            raise ValueError("缺少一类的词")
        return self


class LinearWeights(_Shape):
    """A logistic regression over character sequences: each with its inverse frequency and weight."""

    bias: Finite
    features: Mapping[str, tuple[Finite, Finite]] = Field(min_length=1)


class StoredModel(_Shape):
    """The content of a model file.

    Attributes:
        name: stands beside every score.
        trained_on: how many labelled texts.
        words: the words version the counts belong to, `snownlp-0.12.3`.
        bayes, linear: one of the two.
        channels: fits on the office's own labels, by channel; `*` for all.
        held_out: figures on texts kept from the training, as they were measured.
    """

    format: Literal["huiying-sentiment"] = "huiying-sentiment"
    version: Literal[1] = 1
    name: str = Field(min_length=1, max_length=60)
    trained_on: int = Field(ge=0)
    words: Literal["snownlp-0.12.3"] = "snownlp-0.12.3"
    bayes: BayesCounts | None = None
    linear: LinearWeights | None = None
    channels: Mapping[str, ChannelFit] = Field(default_factory=dict)
    held_out: Mapping[str, Mapping[str, float | None]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_one_model(self) -> StoredModel:
        if (self.bayes is None) == (self.linear is None):
            raise ValueError("应恰有一个模型")
        return self


def read_model(path: Path) -> StoredModel:
    """The model in a file.

    Raises:
        ModelError: the file is missing, cut, too large, of another kind or version, or holds what
            no model has.
    """
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise ModelError(f"模型文件 {path.name} 过大。", mend=_MEND)
        given = json.loads(path.read_bytes())
    except OSError as error:
        raise ModelError(f"打不开模型文件 {path.name}。", mend="请检查路径和读取权限。") from error
    except (ValueError, RecursionError) as error:
        raise ModelError(f"模型文件 {path.name} 不完整或不是模型。", mend=_MEND) from error
    _check_version(path, given)
    try:
        return StoredModel.model_validate(given)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"][:2]) or "整体"
        raise ModelError(f"模型文件 {path.name} 内容有误({place})。", mend=_MEND) from error


def _check_version(path: Path, given: object) -> None:
    if not isinstance(given, dict) or given.get("format") != "huiying-sentiment":
        raise ModelError(f"{path.name} 不是情感模型文件。", mend=_MEND)
    if given.get("version") != 1:
        raise ModelError(f"模型文件 {path.name} 是别的版本的。", mend=_MEND)


def write_model(path: Path, model: StoredModel) -> None:
    """Write the file so that a reader sees the old one or the whole new one.

    Raises:
        ModelError: the place cannot be written to.
    """
    text = model.model_dump_json(exclude_none=True)
    draft = path.with_name(path.name + ".draft")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise ModelError(f"不能写入 {path}。", mend="请换一个可写的位置。") from error


def finite(value: float) -> float:
    """`value`, where it is a number a model may hold."""
    if not isfinite(value):
        raise ModelError("训练没有得到可用的数值。", mend="请检查标注数据。")
    return value
