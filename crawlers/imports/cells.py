"""Single cells: what a workbook or text file puts where a number, a word or nothing should be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from crawlers.parsing.text import clean_text

Cell = str | int | float | bool | datetime | date | time | timedelta | None

_MISSING_WORDS = (
    "- -- --- / \\ — —— 无 暂无 空 NULL Null null None none NaN nan N/A n/a #N/A #VALUE! #REF! #NAME? "
    "#DIV/0! 1900-01-00 0000-00-00"
)
MISSING = frozenset([*_MISSING_WORDS.split(), "", "0000-00-00 00:00:00"])
# Longer texts are never looked up, which would mean hashing every body.
_LONGEST_MISSING = 20
YES = "是"
NO = "否"
_YES_TEXT = "是 √ ✓ 对 有 1 y yes true t 已联系 已解决 保密 匿名"
_NO_TEXT = "否 × ✗ x 0 n no false f 没有 未联系 未解决 公开 不保密 实名"
_YES_WORDS = frozenset(_YES_TEXT.split())
_NO_WORDS = frozenset(_NO_TEXT.split())
_FORMULA_TEXT = re.compile(r'="([^"]*)"')
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+\d{1,2}")
# A spreadsheet keeps 15 digits of a number; what it shows beyond them is not what was typed.
_SAFE_NUMBER = 10**15


def as_text(cell: Cell) -> str:
    """Any cell as clean text; empty for a missing one. A number that is whole prints without a fraction."""
    if not isinstance(cell, str):
        return _printed(cell)
    if not cell:
        return ""
    text = clean_text(cell)
    if len(text) < _LONGEST_MISSING and text in MISSING:
        return ""
    if text[0] in "='" and len(text) > 1:
        return _unwrapped(text)
    return text


def as_line(cell: Cell) -> str:
    """The same on one line."""
    text = as_text(cell)
    return text.replace("\n", " ") if "\n" in text else text


def as_it_was(cell: Cell) -> str:
    """A cell for the quarantine: text untouched, anything else printed."""
    return cell if isinstance(cell, str) else _printed(cell)


def is_blank(cells: Sequence[Cell]) -> bool:
    """Whether a row holds nothing but blanks."""
    for cell in cells:
        if cell is not None and cell != "" and (not isinstance(cell, str) or cell.strip()):
            return False
    return True


def is_damaged_number(cell: Cell) -> bool:
    """Whether a long number was stored as a number, so that its last digits are lost for good."""
    if isinstance(cell, bool):
        return False
    if isinstance(cell, (int, float)):
        return not abs(cell) < _SAFE_NUMBER
    return isinstance(cell, str) and "+" in cell and _SCIENTIFIC.fullmatch(cell.strip()) is not None


def as_yes_or_no(cell: Cell) -> str:
    """`是`, `否`, or empty where the cell says neither."""
    word = as_line(cell).casefold()
    if word in _YES_WORDS:
        return YES
    return NO if word in _NO_WORDS else ""


def as_switch(cell: Cell) -> str:
    """`是` or `否` where the cell says so plainly, else its own words (`基本满意`)."""
    return as_yes_or_no(cell) or as_line(cell)


def _unwrapped(text: str) -> str:
    found = _FORMULA_TEXT.fullmatch(text)
    inner = found.group(1).strip() if found else text.removeprefix("'").strip()
    return "" if inner in MISSING else inner


def _printed(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case str():
            return cell
        case bool():
            return YES if cell else NO
        case float():
            return "" if cell != cell else str(int(cell)) if cell.is_integer() else repr(cell)
        case datetime():
            return cell.isoformat(" ", "seconds")
        case _:
            return str(cell)
