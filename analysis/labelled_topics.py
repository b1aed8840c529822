"""Reads messages that people put into topics: a table with a title, a body and a topic, or text and label."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from core.errors import FileRefused

_TITLES = ("title", "标题", "主题", "留言主题")
_BODIES = ("body", "text", "内容", "正文", "留言详情", "诉求内容")
_TOPICS = ("topic", "label", "领域", "分类", "一级分类", "一级标签")


@dataclass(frozen=True, slots=True)
class LabelledMessage:
    """A message and the topic a person gave it; the title may be empty."""

    title: str
    body: str
    topic: str


def read_labelled_topics(name: str, content: bytes) -> list[LabelledMessage]:
    """The labelled messages of a table (xlsx, csv or tsv); rows without a topic or without words left out.

    Raises:
        FileRefused: it is no such table, has no column of topics or of words, or no labelled row.
    """
    rows = iter(_rows(name, content))
    header = [str(cell).strip().lower() for cell in next(rows, [])]
    topic, body = _place(header, _TOPICS), _place(header, _BODIES)
    title = _place(header, _TITLES)
    if topic is None or (body is None and title is None):
        raise _refused(name, "没有领域一列(topic)或内容一列(title、body)")
    found = list(_messages(rows, title, body, topic))
    if not found:
        raise _refused(name, "没有带领域的来文")
    return found


def _messages(
    rows: Iterable[Sequence[Any]], title: int | None, body: int | None, topic: int
) -> Iterator[LabelledMessage]:
    for row in rows:
        one = LabelledMessage(_cell(row, title), _cell(row, body), _cell(row, topic))
        if one.topic and (one.title or one.body):
            yield one


def _cell(row: Sequence[Any], place: int | None) -> str:
    return "" if place is None or place >= len(row) or row[place] is None else str(row[place]).strip()


def _place(header: Sequence[str], names: Sequence[str]) -> int | None:
    return next((header.index(name) for name in names if name in header), None)


def _rows(name: str, content: bytes) -> Iterable[Sequence[Any]]:
    if content.startswith(b"PK"):
        try:
            return CalamineWorkbook.from_object(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        except (CalamineError, OSError, ValueError) as error:
            raise _refused(name, "不是完整的 xlsx") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(name, "不是 xlsx,也不是 UTF-8 编码的表") from error
    delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
    try:
        # A body may be longer than the reader's usual limit.
        csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise _refused(name, f"表格读不通({error})") from error


def _refused(name: str, reason: str) -> FileRefused:
    return FileRefused(
        name,
        f"文件 {name} 读不了：{reason}。",
        mend="第一行应为列名 title、body、topic(或 text、label),xlsx、csv、tsv 均可。",
        code="file.not_labelled",
    )
