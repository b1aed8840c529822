"""Rows of a site that could not be read, as a workbook that can be mended and imported."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter

from core.errors import NotFound
from storage import crawl_runs
from storage.database import Connection, Row
from storage.keys import DataKey

# Fields of a row, as the importer of mailboxes calls them; what a site calls otherwise keeps its own name.
_HEADERS: Mapping[str, str] = {
    "native_id": "信件编号",
    "title": "标题",
    "body": "内容",
    "created_at": "来信时间",
    "author": "来信人",
    "status": "办理状态",
    "kind": "诉求类型",
    "category": "分类",
    "section": "承办单位",
    "area": "区域",
    "reply": "答复内容",
    "reply_at": "答复时间",
    "reply_org": "答复单位",
    "url": "链接",
}
_OURS = ("隔离原因", "问题字段", "取自")
_LONGEST_CELL = 32_000


def unread_rows(connection: Connection, key: DataKey, run_id: int) -> bytes:
    """The xlsx of what a run put in quarantine, unmasked; every cell is text, so no formula runs.

    Raises:
        NotFound: the run put nothing there, or it was kept long enough.
        StorageError: it was sealed with another key.
    """
    rows = crawl_runs.quarantined(connection, run_id)
    if not rows:
        raise NotFound(
            f"采集 {run_id} 没有隔离件。",
            mend="编号见 huiying crawl 的输出和来源页；隔离件留三十天。",
            code="quarantine.none",
        )
    return _workbook([(row, json.loads(key.open(row["sealed"]))) for row in rows])


def _workbook(rows: Sequence[tuple[Row, Mapping[str, Any]]]) -> bytes:
    names = list(dict.fromkeys(name for _, raw in rows for name in raw))
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_urls": False})
    sheet = book.add_worksheet("隔离件")
    for column, name in enumerate((*(_HEADERS.get(name, name) for name in names), *_OURS)):
        sheet.write_string(0, column, name)
    for line, (row, raw) in enumerate(rows, start=1):
        cells = [_text(raw.get(name)) for name in names]
        for column, text in enumerate((*cells, row["reason"], row["column"], row["url"])):
            sheet.write_string(line, column, text)
    book.close()
    return buffer.getvalue()


def _text(value: Any) -> str:
    """A value as it was; what has parts, as JSON."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text[:_LONGEST_CELL]
