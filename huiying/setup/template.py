"""Writes the empty set-up workbook, with every column explained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import xlsxwriter

from core.errors import Conflict
from huiying.setup.columns import EXPLANATION, SHEETS, Column

_LIST_ROWS = 500
_WIDTH = 18
_NOTES = (
    "每张表第一行是表头，从第二行起填写，一行一项；不要合并单元格，不要写公式。",
    "填好后先运行 huiying setup 文件 --dry-run，只核对，不写入。",
    "有一处不对，就什么都不写入，并逐处列出；改正后再运行。",
    "以后可以改了再运行：只改有变化的；表中没有的人员、科室、渠道一律不动。",
    "通知渠道表含密钥，用后请清空密钥一列，妥善保管本文件。",
)


def write_template(path: Path) -> None:
    """Write the workbook; a file that stands is never overwritten.

    Raises:
        Conflict: there is a file at `path`, or its folder does not take one.
    """
    try:
        with path.open("xb") as file:
            fill_template(file)
    except FileExistsError:
        raise Conflict(f"已有文件 {path}。", mend="请换一个文件名。", code="file.exists") from None
    except OSError as error:
        raise Conflict(f"写不进 {path}。", mend="请检查文件夹和权限。", code="file.unwritable") from error


def fill_template(file: Any) -> None:
    """Write the workbook into an open binary file."""
    options = {"strings_to_urls": False, "strings_to_formulas": False, "in_memory": True}
    book = xlsxwriter.Workbook(file, options)
    head = book.add_format({"bold": True, "bg_color": "#D9E2F3", "border": 1})
    # As text, so that a telephone number or a code keeps its leading zeros.
    text = book.add_format({"num_format": "@"})
    _explain(book, head)
    for name, columns in SHEETS.items():
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(columns) - 1, _WIDTH, text)
        for index, column in enumerate(columns):
            sheet.write_string(0, index, column.header, head)
            _offer(sheet, index, column)
    book.close()


def _explain(book: Any, head: Any) -> None:
    sheet = book.add_worksheet(EXPLANATION)
    sheet.set_column(0, 2, 14)
    sheet.set_column(3, 3, 90)
    for row, note in enumerate(_NOTES):
        sheet.write_string(row, 0, f"{row + 1}. {note}")
    row = len(_NOTES) + 1
    sheet.write_row(row, 0, ["工作表", "列", "必填", "怎么填"], head)
    for name, columns in SHEETS.items():
        for column in columns:
            row += 1
            must = "必填" if column.is_required else ""
            sheet.write_row(row, 0, [name, column.header, must, column.explanation])


def _offer(sheet: Any, index: int, column: Column) -> None:
    if column.choices:
        rule = {"validate": "list", "source": list(column.choices)}
        sheet.data_validation(1, index, _LIST_ROWS, index, rule)
