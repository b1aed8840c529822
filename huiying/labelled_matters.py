"""Files by which `huiying evaluate incidents` judges: messages, and what people said belongs together."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from analysis.clustering import Text
from core.clock import day_start, parse_day
from core.errors import FileRefused
from core.redact import Redactor
from core.vocabulary import ImportKind
from crawlers.imports.opening import Accepted, ReadingContext, open_file

_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})")
_TAG = re.compile(r"#([^#\n]{1,40})#")
_SURE_FROM = 2
_NOTHING_IS_KEPT = bytes(32)


@dataclass(frozen=True)
class LabelledMatters:
    """Texts with what stands about them.

    Attributes:
        numbers: the source's own number of each text; empty for a file without.
        tags: the first hashtag of each text, taken out of the text; None for a file of letters.
    """

    texts: Sequence[Text]
    numbers: Sequence[str]
    tags: Sequence[str] | None


def read_messages(path: Path, now: datetime) -> LabelledMatters:
    """A mailbox export as `huiying import` reads it, or a csv with a column `text`, in order of time.

    Of the latter only rows with a hashtag count: the first is the label, and no hashtag stays in the text.
    The day stands in the file's name, the rows are spread over it.

    Raises:
        FileRefused: it cannot be read, or is neither.
    """
    raw = _bytes(path)
    if path.suffix.lower() == ".csv" and "text" in _headers(raw):
        return _posts(path, raw)
    context = ReadingContext(now=now, redactor=Redactor(_NOTHING_IS_KEPT))
    with open_file(io.BytesIO(raw), path.name, ImportKind.MAILBOX, context) as opened:
        records = [one.record for one in opened.rows() if isinstance(one, Accepted)]
    texts = [Text(one.title, one.body, one.received_at) for one in records]
    return LabelledMatters(texts, [one.native_id for one in records], None)


def read_events(path: Path) -> Mapping[str, set[str]]:
    """Event → numbers of its messages, from a csv `event, number, teams`; two teams or more are sure.

    Raises:
        FileRefused: it cannot be read, or has another shape.
    """
    events: dict[str, set[str]] = defaultdict(set)
    for row in _rows(path, _bytes(path)):
        number = row.get("留言编号") or row.get("number")
        if "event" not in row or number is None or not (row.get("teams") or "").isdecimal():
            raise _refused(path, "应有 event、留言编号（或 number）、teams 三列")
        if int(row["teams"]) >= _SURE_FROM:
            events[row["event"]].add(number.strip())
    return events


def _posts(path: Path, raw: bytes) -> LabelledMatters:
    day = _DAY.search(path.name)
    if day is None:
        raise _refused(path, "文件里没有时间，文件名里也没有日期（如 daily-2020-03-01.csv）")
    begin = day_start(parse_day("-".join(day.groups())))
    rows = [row["text"] or "" for row in _rows(path, raw)]
    step = timedelta(days=1) / max(len(rows), 1)
    found = [(place, tags[0]) for place, text in enumerate(rows) if (tags := _TAG.findall(text))]
    texts = [Text("", _TAG.sub(" ", rows[place]), begin + place * step) for place, _ in found]
    return LabelledMatters(texts, [], [tag.strip() for _, tag in found])


def _headers(raw: bytes) -> list[str]:
    first = raw[:500].decode("utf-8-sig", "replace").splitlines()[:1]
    return first[0].split(",") if first else []


def _rows(path: Path, raw: bytes) -> Iterator[dict[str, str]]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(path, "不是 UTF-8 编码") from error
    return csv.DictReader(io.StringIO(text))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileRefused(
            str(path), f"打不开文件 {path}。", mend="请检查路径和读取权限。", code="file.unreadable"
        ) from error


def _refused(path: Path, why: str) -> FileRefused:
    return FileRefused(
        str(path), f"{path.name} 不能用来检验：{why}。", mend="请换一份文件。", code="file.shape"
    )
