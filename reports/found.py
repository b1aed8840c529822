"""What a search found, as a workbook an official can sort and hand on."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime

import xlsxwriter

from core.clock import shanghai
from core.labels import label
from core.vocabulary import Channel
from storage.database import Row

MOST_ROWS = 5_000
_COLUMNS = (
    ("编号", 10),
    ("收到", 18),
    ("渠道", 14),
    ("来源编号", 20),
    ("科室", 16),
    ("地区", 14),
    ("标题", 40),
    ("正文", 80),
    ("网址", 40),
)


def found_xlsx(rows: Sequence[Row], text: str, total: int, now: datetime) -> bytes:
    """A sheet with one row for each message; nothing a citizen wrote becomes a formula or a link.

    Args:
        total: how many were found; more than `rows` is said on the sheet.
    """
    written = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(written, options) as book:
        sheet = book.add_worksheet("检索结果")
        bold = book.add_format({"bold": True, "bottom": 1})
        counts = f"共 {total:,} 件，列出 {len(rows):,} 件"
        said = f"检索词：{text or '（全部）'}；{counts}；{shanghai(now):%Y-%m-%d %H:%M}"
        sheet.write_string(0, 0, said)
        for place, (name, width) in enumerate(_COLUMNS):
            sheet.set_column(place, place, width)
            sheet.write_string(1, place, name, bold)
        for number, row in enumerate(rows, 2):
            for place, value in enumerate(_cells(row)):
                sheet.write_string(number, place, value)
        sheet.freeze_panes(2, 0)
        sheet.autofilter(1, 0, 1 + max(1, len(rows)), len(_COLUMNS) - 1)
    return written.getvalue()


def _cells(row: Row) -> tuple[str, ...]:
    section = row["section"] if row["case_section"] is None else row["case_section"]
    return (
        str(row["id"]),
        f"{shanghai(row['received_at']):%Y-%m-%d %H:%M}",
        label(Channel(row["channel"])),
        row["native_id"],
        section,
        row["area"],
        row["title"],
        row["body"],
        row["url"] or "",
    )
