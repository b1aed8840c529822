"""The figures of the yearly openness report as a workbook, and the rows behind them."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

from core.clock import shanghai
from reports.openness import CLAUSE, FORM, GROUPS, NOTES, Openness

# Citizens' words are written as strings only; these switches keep the library from reading more into them.
_OPTIONS = {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
_HEAD = ("项目", "指标", "办件", "来源编号", "标题", "科室", "收到", "答复或审结", "文书")
_WIDTHS = (30, 26, 8, 18, 40, 14, 17, 17, 30)


def openness_xlsx(found: Openness, office: str) -> bytes:
    """Three sheets: the figures in the order of the form, every row of each, and what they are."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        _figures(book.add_worksheet("数字"), found, bold)
        _rows(book.add_worksheet("明细"), found, bold, book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))
        about = book.add_worksheet("说明")
        counted = f"统计截至 {shanghai(found.as_of):%Y-%m-%d %H:%M}（北京时间）"
        title = f"{office} {found.year} 年依申请公开数字"
        for line, text in enumerate((title, counted, f"依据：{CLAUSE}", f"表式参照：{FORM}", *NOTES)):
            about.write_string(line, 0, text)
    return buffer.getvalue()


def _figures(sheet: Any, found: Openness, bold: Any) -> None:
    for column, (text, width) in enumerate((("项目", 34), ("指标", 34), ("件数", 10))):
        sheet.write_string(0, column, text, bold)
        sheet.set_column(column, column, width)
    for line, one in enumerate(found.figures, start=1):
        sheet.write_string(line, 0, GROUPS[one.group])
        sheet.write_string(line, 1, one.label)
        sheet.write_number(line, 2, one.count)
    sheet.freeze_panes(1, 0)


def _rows(sheet: Any, found: Openness, bold: Any, instant: Any) -> None:
    for column, (text, width) in enumerate(zip(_HEAD, _WIDTHS, strict=True)):
        sheet.write_string(0, column, text, bold)
        sheet.set_column(column, column, width)
    lines = [(figure, row) for figure in found.figures for row in figure.rows]
    for line, (figure, row) in enumerate(lines, start=1):
        words = {0: GROUPS[figure.group], 1: figure.label, 3: row.native_id, 4: row.title, 5: row.section}
        for column, text in {**words, 8: row.document}.items():
            sheet.write_string(line, column, text)
        sheet.write_number(line, 2, row.case)
        for column, at in ((6, row.received_at), (7, row.at)):
            if at is not None:
                sheet.write_datetime(line, column, shanghai(at).replace(tzinfo=None), instant)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(lines), 1), len(_HEAD) - 1)
