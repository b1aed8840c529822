"""Reads labelled texts in the forms they are passed around in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum

from core.errors import FileRefused

Labelled = tuple[int, str]

# SMP2020-EWECT: neutral and surprise say nothing of positive or negative and are left out.
_EMOTIONS = {"happy": 1, "angry": 0, "sad": 0, "fear": 0}
_LABELS = {"0": 0, "1": 1}


class Form(StrEnum):
    """The form of a file of labelled texts."""

    AUTO = "auto"
    TSV = "tsv"
    WEIBO2018 = "weibo2018"
    SMP = "smp"


def read_labelled(name: str, content: bytes, form: Form = Form.AUTO) -> list[Labelled]:
    """The labelled texts of a file: (0 negative or 1 positive, text), in order; texts with no text left out.

    Args:
        name: shown in errors.
        form: `tsv` is `label<TAB>text`, with or without that header; `weibo2018` is `id,label,text`; `smp` is
            a JSON list of `{"content", "label"}` with six emotions; `auto` looks at the beginning.

    Raises:
        FileRefused: the file is not UTF-8, has another form, or holds no labelled text.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(name, "不是 UTF-8 编码") from error
    if form is Form.AUTO:
        form = _guess(text)
    try:
        rows = [(label, words) for label, words in _READERS[form](text) if words.strip()]
    except (ValueError, KeyError, TypeError) as error:
        raise _refused(name, f"不合 {form.value} 的格式({error})") from error
    if not rows:
        raise _refused(name, "没有带标注的文字")
    return rows


def _refused(name: str, reason: str) -> FileRefused:
    mend = "每行应为“标注、制表符、文字”,标注 0 为负面、1 为正面,或用 --form 指明格式。"
    return FileRefused(name, f"文件 {name} 读不了:{reason}。", mend=mend, code="file.not_labelled")


def _guess(text: str) -> Form:
    first = text.lstrip()[:200].partition("\n")[0]
    if first.startswith("["):
        return Form.SMP
    return Form.TSV if "\t" in first else Form.WEIBO2018


def _tsv(text: str) -> Iterator[Labelled]:
    for number, line in enumerate(text.split("\n"), start=1):
        label, _, words = line.rstrip("\r").partition("\t")
        if not line.strip() or (number == 1 and label.strip() == "label"):
            continue
        yield _label(label, number), words


def _weibo2018(text: str) -> Iterator[Labelled]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            parts = line.rstrip("\r").split(",", 2)
            if len(parts) < 3:
                raise ValueError(f"第{number}行不足三列")
            yield _label(parts[1], number), parts[2]


def _smp(text: str) -> Iterator[Labelled]:
    for row in json.loads(text):
        if row["label"] in _EMOTIONS:
            yield _EMOTIONS[row["label"]], row["content"]


def _label(text: str, number: int) -> int:
    if text.strip() not in _LABELS:
        raise ValueError(f"第{number}行的标注“{text.strip()[:20]}”不是0或1")
    return _LABELS[text.strip()]


_READERS: Mapping[Form, Callable[[str], Iterator[Labelled]]] = {
    Form.TSV: _tsv,
    Form.WEIBO2018: _weibo2018,
    Form.SMP: _smp,
}
