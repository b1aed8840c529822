"""The ledger and the write-back of replies as workbooks; a title that begins with `=` runs nothing."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

from core.clock import shanghai
from core.labels import label
from core.vocabulary import DeadlineStatus
from reports.ledger import LEDGER_HEAD, Cell, Ledger, WriteBack

_OPTIONS = {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
_STATES = (DeadlineStatus.ON_TIME, DeadlineStatus.LATE, DeadlineStatus.OVERDUE, DeadlineStatus.OPEN)
_COLOURS = ("#14603a", "#c77700", "#a81b12", "#7d8792")
_WIDTHS = {
    "标题": 36,
    "答复摘要": 50,
    "答复内容": 60,
    "公开链接": 30,
    "收到": 18,
    "截止": 18,
    "答复": 18,
    "签收": 18,
}


def ledger_xlsx(ledger: Ledger) -> bytes:
    """Three sheets: the cases, the sections with a chart, and what it all is."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        _table(book, "台账", LEDGER_HEAD, ledger.lines)
        _sections(book, ledger)
        about = book.add_worksheet("说明")
        for line, text in enumerate(
            (
                f"{ledger.office}办件台账",
                f"收到日期：{ledger.period}",
                f"统计截至 {shanghai(ledger.as_of):%Y-%m-%d %H:%M}（北京时间）",
                "时限、截止、办理结果为该办件最先到期的一个时限。个人信息已脱敏。",
            )
        ):
            about.write_string(line, 0, text)
    return buffer.getvalue()


def write_back_xlsx(found: WriteBack, heads: Sequence[str]) -> bytes:
    """The replies under the platform's own headers, and beside them those that it gave no number."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        _table(book, "答复", heads, found.lines)
        if found.without_number:
            _table(book, "没有编号，需手工录入", heads, found.without_number)
    return buffer.getvalue()


def _table(book: Any, name: str, head: Sequence[str], lines: Sequence[Sequence[Cell]]) -> None:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "bottom": 1})
    instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    for column, text in enumerate(head):
        sheet.write_string(0, column, text, bold)
        sheet.set_column(column, column, _WIDTHS.get(text, 14))
    for row, line in enumerate(lines, start=1):
        for column, value in enumerate(line):
            if isinstance(value, datetime):
                sheet.write_datetime(row, column, value, instant)
            elif isinstance(value, int):
                sheet.write_number(row, column, value)
            elif value:
                sheet.write_string(row, column, value)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(lines), 1), len(head) - 1)


def _sections(book: Any, ledger: Ledger) -> None:
    name = "按科室"
    lines: list[tuple[Cell, ...]] = [
        (section, *(counts.get(state, 0) for state in _STATES))
        for section, counts in ledger.by_section.items()
    ]
    _table(book, name, ("科室", *(label(state) for state in _STATES)), lines)
    if not lines:
        return
    chart = book.add_chart({"type": "bar", "subtype": "stacked"})
    for column, colour in enumerate(_COLOURS, start=1):
        chart.add_series(
            {
                "name": [name, 0, column],
                "categories": [name, 1, 0, len(lines), 0],
                "values": [name, 1, column, len(lines), column],
                "fill": {"color": colour},
            }
        )
    chart.set_title({"name": "各科室办件（最先到期的时限）", "name_font": {"size": 12}})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 640, "height": 120 + 28 * len(lines)})
    book.get_worksheet_by_name(name).insert_chart("G2", chart)
