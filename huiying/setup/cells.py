"""Single cells of the set-up workbook: as plain text, or refused with the reason."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, time, timedelta

from huiying.setup.columns import Column

Cell = str | int | float | bool | datetime | date | time | timedelta | None

# A program that opens an export of these texts as a sheet would run them.
_COMMAND_SIGNS = ("=", "+", "-", "@", "|", "＝", "＋", "－", "＠")
# Control, invisible, private and unpaired characters, and the line breaks that are none of the keyboard's.
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
_SAFE_NUMBER = 10**15


class CellRefused(Exception):
    """The cell cannot be used; the text is one Chinese sentence without the cell's content."""


def plain_text(cell: Cell, column: Column) -> str:
    """The cell as text without blanks around it; empty for an empty cell.

    Raises:
        CellRefused: a formula's or hostile text, invisible characters, too long, or not text at all.
    """
    text = _printed(cell, column)
    if any(unicodedata.category(one) in _UNSEEN for one in text):
        raise CellRefused("含有看不见的字符或换行，请重新输入。")
    if len(text) > column.longest:
        raise CellRefused(f"太长，最多 {column.longest} 个字符。")
    if not column.is_secret and text.startswith(_COMMAND_SIGNS):
        raise CellRefused("不能以等号、加号、减号、竖线或 @ 开头。")
    return text


def _printed(cell: Cell, column: Column) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell if column.is_secret else cell.strip()
    if column.is_secret:
        raise CellRefused("存成了数字或日期，可能丢失开头的零，请把单元格设为文本后重新输入。")
    if isinstance(cell, datetime):
        return _day(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        raise CellRefused("不是文字，请把单元格设为文本后重新输入。")
    if not abs(cell) < _SAFE_NUMBER or cell != int(cell):
        raise CellRefused("存成了数字，已不准确，请把单元格设为文本后重新输入。")
    return str(int(cell))


def _day(cell: datetime) -> str:
    if cell.time() != time.min:
        raise CellRefused("带有钟点，请只写日期。")
    return cell.date().isoformat()
