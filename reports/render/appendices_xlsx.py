"""The lists behind a paper as a workbook: one sheet a list, every line of it."""

from __future__ import annotations

import io

import xlsxwriter

from reports.papers.paper import Appendix, Paper

# What a sheet's name may not hold, and how long it may be: Excel's own rules.
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_NAME_LENGTH = 31
_WIDEST = 60


def appendices_xlsx(paper: Paper) -> bytes:
    """The workbook; cells with citizens' words are text, a title that begins with `=` runs nothing."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        head = book.add_format({"bold": True, "bottom": 1})
        for number, one in enumerate(paper.appendices, start=1):
            name = f"附表{number} {one.title}".translate(_FORBIDDEN)[:_NAME_LENGTH]
            _sheet(book.add_worksheet(name), one, head)
        if not paper.appendices:
            book.add_worksheet("没有附表")
    return buffer.getvalue()


def _sheet(sheet: xlsxwriter.worksheet.Worksheet, one: Appendix, head: object) -> None:
    for column, text in enumerate(one.head):
        sheet.write_string(0, column, text, head)
        longest = max((len(line[column]) for line in one.lines), default=0)
        sheet.set_column(column, column, min(max(longest, len(text)) * 1.8 + 2, _WIDEST))
    for row, line in enumerate(one.lines, start=1):
        for column, text in enumerate(line):
            sheet.write_string(row, column, text)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(one.lines), 1), len(one.head) - 1)
