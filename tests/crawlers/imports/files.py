"""Small files made on the spot, and what reading them gives."""

from __future__ import annotations

import io
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import openpyxl

from core.clock import SHANGHAI
from core.model import MessageRecord
from core.redact import Redactor
from core.vocabulary import ImportKind
from crawlers.imports.mapping import Mapping
from crawlers.imports.opening import (
    Accepted,
    Ignored,
    OpenedFile,
    Outcome,
    ReadingContext,
    Rejected,
    open_file,
)

HOTLINE = ImportKind.HOTLINE_12345
NOW = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
MAILBOX_HEADER = ["留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间"]
HOTLINE_HEADER = ["工单编号", "来电时间", "诉求标题", "诉求内容", "承办单位", "答复内容", "办结时间"]
WEIBO_HEADER = ["id", "bid", "user_id", "用户昵称", "微博正文", "转发数", "发布时间"]
LETTER: list[Any] = [
    *["M1", "市民甲", "路灯不亮", "2026/11/2 9:32:09", "东街路灯三天不亮", "已修复", "2026/11/5 8:00:00"]
]
ORDER: list[Any] = [
    *["H1", "2026-11-02 09:15:32", "漏水", "南街水管漏水", "水务局", "已修", "2026-11-03 10:00:00"]
]


@dataclass(frozen=True)
class Reading:
    """Everything one reading gave."""

    opened: OpenedFile
    outcomes: list[Outcome]

    @property
    def accepted(self) -> list[Accepted]:
        return [one for one in self.outcomes if isinstance(one, Accepted)]

    @property
    def rejected(self) -> list[Rejected]:
        return [one for one in self.outcomes if isinstance(one, Rejected)]

    @property
    def ignored(self) -> list[Ignored]:
        return [one for one in self.outcomes if isinstance(one, Ignored)]


def context(mapping: Mapping | None = None) -> ReadingContext:
    return ReadingContext(NOW, Redactor(b"a key of the tests"), mapping)


def read(
    raw: bytes,
    kind: ImportKind = ImportKind.MAILBOX,
    *,
    name: str = "导出.xlsx",
    mapping: Mapping | None = None,
) -> Reading:
    """Open `raw` and read it to its end.

    Raises:
        FileRefused: as `open_file`.
    """
    with open_file(io.BytesIO(raw), name, kind, context(mapping)) as opened:
        return Reading(opened, list(opened.rows()))


def csv_bytes(
    rows: Sequence[Sequence[Any]], *, encoding: str = "utf-8", delimiter: str = ",", end: str = "\r\n"
) -> bytes:
    """Rows without any quoting, as text."""
    text = "".join(delimiter.join(str(cell) for cell in row) + end for row in rows)
    return text.encode(encoding)


def xlsx_bytes(*sheets: Sequence[Sequence[Any]], **named: Sequence[Sequence[Any]]) -> bytes:
    """A workbook with one sheet per argument."""
    return workbook_bytes(workbook({f"表{n}": rows for n, rows in enumerate(sheets, start=1)} | named))


def workbook(sheets: AnyMapping[str, Sequence[Sequence[Any]]]) -> openpyxl.Workbook:
    """A workbook to be changed further by the test."""
    book = openpyxl.Workbook()
    for sheet in list(book.worksheets):
        book.remove(sheet)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    return book


def workbook_bytes(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def letter(**changes: Any) -> list[Any]:
    """A row under `MAILBOX_HEADER` with some cells changed: `letter(留言时间="2026-13-40")`."""
    return [changes.get(header, cell) for header, cell in zip(MAILBOX_HEADER, LETTER, strict=True)]


def order(**changes: Any) -> list[Any]:
    """The same under `HOTLINE_HEADER`."""
    return [changes.get(header, cell) for header, cell in zip(HOTLINE_HEADER, ORDER, strict=True)]


def mailbox(*rows: list[Any]) -> Reading:
    return read(xlsx_bytes([MAILBOX_HEADER, *rows]))


def one(**changes: Any) -> Accepted:
    """The one letter of a file, with some cells changed."""
    (accepted,) = mailbox(letter(**changes)).accepted
    return accepted


def rejected(**changes: Any) -> Rejected:
    (row,) = mailbox(letter(**changes)).outcomes
    assert isinstance(row, Rejected)
    return row


def hotline(header: list[str], *rows: list[Any]) -> Reading:
    return read(xlsx_bytes([header, *rows]), HOTLINE)


def hotline_record(**cells: Any) -> MessageRecord:
    """An order with further columns: `hotline_record(办理时限="5个工作日")`."""
    header = [*HOTLINE_HEADER, *(name for name in cells if name not in HOTLINE_HEADER)]
    row = [*order(**cells), *(cell for name, cell in cells.items() if name not in HOTLINE_HEADER)]
    (accepted,) = hotline(header, row).accepted
    return accepted.record
