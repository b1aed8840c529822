"""Reads labelled texts in the forms they are passed around in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum

from core.errors import FileRefused
from core.labels import label as label_of
from core.vocabulary import Channel

Labelled = tuple[int, str]
# Label, text and the channel it came from; empty where the file does not say.
FromChannel = tuple[int, str, str]

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
    """As `read_with_channels`, without the channels."""
    return [(label, words) for label, words, _ in read_with_channels(name, content, form)]


def read_with_channels(name: str, content: bytes, form: Form = Form.AUTO) -> list[FromChannel]:
    """The labelled texts of a file, in order; texts with no text left out.

    Returns:
        Label (0 negative, 1 positive), text, and its channel, empty where the file does not say.

    Args:
        name: shown in errors.
        form: `tsv` is `label<TAB>text`, with or without that header, or three columns `label`, `text`,
            `channel` with it; `weibo2018` is `id,label,text`; `smp` is
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
        rows = [row for row in _READERS[form](text) if row[1].strip()]
    except (ValueError, KeyError, TypeError) as error:
        raise _refused(name, f"不合 {form.value} 的格式({error})") from error
    if not rows:
        raise _refused(name, "没有带标注的文字")
    return rows


def _refused(name: str, reason: str) -> FileRefused:
    mend = "每行应为“标注、制表符、文字”，标注 0 为负面、1 为正面，或用 --form 指明格式。"
    return FileRefused(name, f"文件 {name} 读不了：{reason}。", mend=mend, code="file.not_labelled")


def _guess(text: str) -> Form:
    first = text.lstrip()[:200].partition("\n")[0]
    if first.startswith("["):
        return Form.SMP
    return Form.TSV if "\t" in first else Form.WEIBO2018


def _tsv(text: str) -> Iterator[FromChannel]:
    has_channels = False
    for number, line in enumerate(text.split("\n"), start=1):
        label, _, words = line.rstrip("\r").partition("\t")
        if number == 1 and label.strip() == "label":
            has_channels = words.split("\t")[-1].strip() == "channel"
            continue
        if not line.strip():
            continue
        channel = ""
        if has_channels:
            words, _, named = words.rpartition("\t")
            channel = _channel(named.strip(), number)
        yield _label(label, number), words, channel


def _channel(named: str, number: int) -> str:
    """A channel by its key or its Chinese name."""
    known = {name: one.value for one in Channel for name in (one.value, label_of(one))}
    if named not in known:
        raise ValueError(f"第{number}行没有名为“{named[:20]}”的渠道")
    return known[named]


def _weibo2018(text: str) -> Iterator[FromChannel]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            parts = line.rstrip("\r").split(",", 2)
            if len(parts) < 3:
                raise ValueError(f"第{number}行不足三列")
            yield _label(parts[1], number), parts[2], ""


def _smp(text: str) -> Iterator[FromChannel]:
    for row in json.loads(text):
        if row["label"] in _EMOTIONS:
            yield _EMOTIONS[row["label"]], row["content"], ""


def _label(text: str, number: int) -> int:
    if text.strip() not in _LABELS:
        raise ValueError(f"第{number}行的标注“{text.strip()[:20]}”不是0或1")
    return _LABELS[text.strip()]


_READERS: Mapping[Form, Callable[[str], Iterator[FromChannel]]] = {
    Form.TSV: _tsv,
    Form.WEIBO2018: _weibo2018,
    Form.SMP: _smp,
}
