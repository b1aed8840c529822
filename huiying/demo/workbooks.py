"""Writes the demo's messages as the two workbooks that a mailbox and the hotline would export."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import xlsxwriter

from core.clock import shanghai
from huiying.demo.bureau import Bureau, Letter, Order
from huiying.demo.moments import Moments

T = TypeVar("T", bound=Letter)

MAILBOX_FILE = "局长信箱导出.xlsx"
HOTLINE_FILE = "12345工单导出.xlsx"
_FIRST_LETTER = 510001


@dataclass(frozen=True)
class _Export:
    """What the cells of an export are made of."""

    office: str
    moments: Moments

    def time(self, moment: str) -> str:
        """A moment as exports print it; a bare day has no time; empty stays empty."""
        if not moment:
            return ""
        found = self.moments.read(moment)
        return f"{found:%Y-%m-%d %H:%M:%S}" if isinstance(found, datetime) else found.isoformat()


_Cell = Callable[[_Export, int, T], str]

_ANSWER: dict[str, _Cell[Letter]] = {
    "答复内容": lambda _e, _n, one: one.reply,
    "答复时间": lambda e, _n, one: e.time(one.replied),
    "答复单位": lambda e, _n, one: e.office if one.reply else "",
}
MAILBOX_COLUMNS: dict[str, _Cell[Letter]] = {
    "信件编号": lambda _e, n, _one: str(_FIRST_LETTER + n),
    "信件类型": lambda _e, _n, one: one.kind,
    "写信人": lambda _e, _n, one: one.from_,
    "联系电话": lambda _e, _n, one: one.phone,
    "信件标题": lambda _e, _n, one: one.title,
    "信件内容": lambda _e, _n, one: one.body,
    "来信时间": lambda e, _n, one: e.time(one.received),
    "承办科室": lambda _e, _n, one: one.section,
    **_ANSWER,
}
HOTLINE_COLUMNS: dict[str, _Cell[Order]] = {
    "工单编号": lambda e, n, one: f"BJ{e.moments.day(one.called):%Y%m%d}{n + 1:05}",
    "来电时间": lambda e, _n, one: e.time(one.called),
    "派单时间": lambda e, _n, one: e.time(one.received),
    "诉求类型": lambda _e, _n, one: one.kind,
    "诉求人": lambda _e, _n, one: one.from_,
    "联系电话": lambda _e, _n, one: one.phone,
    "诉求标题": lambda _e, _n, one: one.title,
    "诉求内容": lambda _e, _n, one: one.body,
    "事发地址": lambda _e, _n, one: one.address,
    "所属区域": lambda _e, _n, one: one.area,
    "承办单位": lambda _e, _n, one: one.section,
    "办理时限": lambda e, _n, one: e.time(one.limit),
    **_ANSWER,
    "是否满意": lambda _e, _n, one: one.satisfied,
}


def write_workbooks(bureau: Bureau, moments: Moments, folder: Path) -> tuple[Path, Path]:
    """Write both workbooks into `folder`: the mailbox's, then the hotline's.

    The same bureau and instant give the same bytes, so that a second import finds them imported already.
    """
    export = _Export(bureau.name, moments)
    letters = _write(folder / MAILBOX_FILE, "来信", MAILBOX_COLUMNS, bureau.letters, export)
    orders = _write(folder / HOTLINE_FILE, "工单", HOTLINE_COLUMNS, bureau.orders, export)
    return letters, orders


def _write(
    path: Path, sheet_name: str, columns: dict[str, _Cell[T]], rows: Sequence[T], export: _Export
) -> Path:
    options = {"strings_to_urls": False, "strings_to_formulas": False, "in_memory": True}
    book = xlsxwriter.Workbook(path, options)
    # The file's own date would be the computer's, and the bytes different each time.
    book.set_properties({"created": shanghai(export.moments.at).replace(tzinfo=None)})
    sheet: Any = book.add_worksheet(sheet_name)
    sheet.write_row(0, 0, columns)
    for number, row in enumerate(rows):
        sheet.write_row(number + 1, 0, [cell(export, number, row) for cell in columns.values()])
    book.close()
    return path
