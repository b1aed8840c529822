"""任务分解表: the tasks of a plan from an xlsx, row by row; what cannot be read is named with its reason."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import BinaryIO

from core.errors import FileRefused
from crawlers.imports.cells import Cell, as_line, is_blank
from crawlers.imports.due_days import read_due_day
from crawlers.imports.tables import Table, filled
from crawlers.imports.workbooks import open_workbook

_HEADER_ROWS = 15
# Header words by what they mean; the first that a header contains wins.
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": ("序号", "编号"),
    "due": ("完成时限", "完成时间", "时间节点", "时间要求", "办理时限", "时限", "完成日期"),
    "leader": ("责任领导", "分管领导", "牵头领导"),
    "section": (
        "责任部门",
        "责任科室",
        "牵头科室",
        "牵头部门",
        "责任单位",
        "牵头单位",
        "主办科室",
        "承办科室",
    ),
    "assisting": ("配合", "协办", "参与科室", "参加科室"),
    "title": ("重点任务", "工作任务", "任务名称", "任务内容", "工作内容", "任务"),
    "content": ("具体措施", "工作措施", "主要措施", "工作要求", "具体要求", "措施", "内容"),
}
_NEEDED = ("title", "section", "due")
_APART = re.compile(r"[、，,；;/\n]+|(?:牵头|配合|负责)")


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """One task of a plan.

    Attributes:
        number: as the plan writes it, else the row's own.
        assisting: keys of the sections that help, in the order of the table.
    """

    row: int
    number: str
    title: str
    content: str
    section: str
    assisting: tuple[str, ...]
    leader: str
    due_on: date


@dataclass(frozen=True, slots=True)
class RefusedTask:
    """A row that is no task that could be kept to: which column, why, and the row as it was."""

    sheet: str
    row: int
    column: str
    reason: str
    cells: tuple[str, ...]


def read_task_plan(
    stream: BinaryIO, name: str, year: int, sections: Mapping[str, str]
) -> list[PlannedTask | RefusedTask]:
    """Every filled row under the headers, in the order of the file.

    Args:
        name: name of the file, for messages.
        year: for limits that name none.
        sections: key → name of the office's sections.

    Raises:
        FileRefused: it is no xlsx workbook, or no sheet has the columns of such a table.
    """
    found: list[PlannedTask | RefusedTask] = []
    is_plan = False
    for table in open_workbook(stream, name).tables:
        head = _header(table)
        if head is None:
            continue
        is_plan = True
        found += _Reader(table.name, head[1], year, sections).rows(table, head[0])
    if not is_plan:
        raise FileRefused(
            name,
            f"{name} 中没有找到任务分解表。",
            mend="表头要有任务、责任部门（科室）和完成时限三栏。",
            code="plan.no_header",
        )
    return _without_repeats(found)


def _header(table: Table) -> tuple[int, dict[str, int]] | None:
    """Index of the header row and the column of each of our fields."""
    for index, (_, cells) in enumerate(table.rows()):
        if index >= _HEADER_ROWS:
            return None
        columns = _columns(cells)
        if all(field in columns for field in _NEEDED):
            return index, columns
    return None


def _columns(cells: Sequence[Cell]) -> dict[str, int]:
    found: dict[str, int] = {}
    headers = [re.sub(r"\s+", "", as_line(cell)) for cell in cells]
    for field, words in _COLUMNS.items():
        for word in words:
            at = next((i for i, head in enumerate(headers) if word in head and i not in found.values()), None)
            if at is not None:
                found[field] = at
                break
    return found


class _Reader:
    """Reads the rows of one table; used once."""

    def __init__(
        self, sheet: str, columns: Mapping[str, int], year: int, sections: Mapping[str, str]
    ) -> None:
        self.sheet, self.columns, self.year = sheet, columns, year
        self.keys = {name: key for key, name in sections.items()} | {key: key for key in sections}

    def rows(self, table: Table, header: int) -> Iterator[PlannedTask | RefusedTask]:
        for index, (number, cells) in enumerate(filled(table)):
            if index > header and not is_blank(cells):
                yield self._row(number, cells)

    def _row(self, number: int, cells: Sequence[Cell]) -> PlannedTask | RefusedTask:
        title = self._text(cells, "title")
        if not title:
            return self._refused(number, cells, "任务", "没有写任务。")
        lead, others, wrong = self._sections(cells)
        if wrong:
            return self._refused(number, cells, "责任部门", wrong)
        due = self._cell(cells, "due")
        due_on = read_due_day(due, self.year)
        if due_on is None:
            shown = as_line(due) or "空白"
            return self._refused(number, cells, "完成时限", f"“{shown}”不是能推算的时限。")
        return PlannedTask(
            number,
            self._text(cells, "number") or f"{self.sheet}-{number}",
            title,
            self._text(cells, "content"),
            lead,
            others,
            self._text(cells, "leader"),
            due_on,
        )

    def _sections(self, cells: Sequence[Cell]) -> tuple[str, tuple[str, ...], str]:
        """The leading section, those that help, and what is wrong; the first named one leads."""
        named = [part for part in _APART.split(self._text(cells, "section")) if part]
        helping = [part for part in _APART.split(self._text(cells, "assisting")) if part]
        if not named:
            return "", (), "没有写责任部门。"
        for name in (*named, *helping):
            if name not in self.keys:
                return "", (), self._unknown(name)
        keys = list(dict.fromkeys(self.keys[name] for name in (*named, *helping)))
        return keys[0], tuple(keys[1:]), ""

    def _unknown(self, name: str) -> str:
        near = difflib.get_close_matches(name, self.keys, n=1, cutoff=0.5)
        return f"本单位没有“{name}”这个科室。" + (f"是不是“{near[0]}”？" if near else "")

    def _cell(self, cells: Sequence[Cell], field: str) -> Cell:
        at = self.columns.get(field)
        return cells[at] if at is not None and at < len(cells) else ""

    def _text(self, cells: Sequence[Cell], field: str) -> str:
        return as_line(self._cell(cells, field))

    def _refused(self, number: int, cells: Sequence[Cell], column: str, reason: str) -> RefusedTask:
        return RefusedTask(self.sheet, number, column, reason, tuple(as_line(cell) for cell in cells))


def _without_repeats(found: Sequence[PlannedTask | RefusedTask]) -> list[PlannedTask | RefusedTask]:
    """Several measures under one number of the plan are several tasks: 3, 3-2, 3-3."""
    taken: dict[str, int] = {}
    kept: list[PlannedTask | RefusedTask] = []
    for one in found:
        if isinstance(one, PlannedTask):
            count = taken[one.number] = taken.get(one.number, 0) + 1
            if count > 1:
                one = _numbered(one, f"{one.number}-{count}", taken)
        kept.append(one)
    return kept


def _numbered(task: PlannedTask, number: str, taken: Collection[str]) -> PlannedTask:
    return replace(task, number=number if number not in taken else f"{number}/{task.row}")
