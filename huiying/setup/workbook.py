"""Reads the set-up workbook into rows of text, and names every cell that cannot be used."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import FileRefused
from crawlers.imports.cells import is_blank
from crawlers.imports.tables import Table
from crawlers.imports.workbooks import ZIP_HEAD, open_workbook
from huiying.setup.cells import Cell, CellRefused, plain_text
from huiying.setup.columns import EXPLANATION, SHEETS, Column
from huiying.setup.formulas import UNKNOWN, formula_cells
from huiying.setup.problems import Problem

_MAX_BYTES = 8 << 20
_MAX_ROWS = 5000
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One filled row.

    Attributes:
        number: as a person sees it beside the row.
        cells: header → text, every column of the sheet; empty for an empty or refused cell. Holds secrets.
        refused: headers of the cells that were named as problems already.
    """

    number: int
    cells: Mapping[str, str] = field(repr=False)
    refused: frozenset[str] = frozenset()


@dataclass(slots=True)
class SetupRows:
    """What the workbook holds: the rows of each sheet that was found, and what is wrong with the cells."""

    sheets: dict[str, list[SheetRow]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_rows(path: Path) -> SetupRows:
    """Read the whole workbook; nothing is kept open.

    Raises:
        FileRefused: it is no xlsx workbook that can be read as a whole.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise FileRefused(
            path.name, f"打不开文件 {path}。", mend="请检查路径和权限。", code="file.unreadable"
        ) from error
    return rows_of(content, path.name)


def rows_of(content: bytes, file_name: str) -> SetupRows:
    """The same for the bytes of a workbook.

    Raises:
        FileRefused: see `read_rows`.
    """
    _check(content, file_name)
    opened = open_workbook(io.BytesIO(content), file_name)
    found = SetupRows()
    tables = {table.name: table for table in opened.tables if table.name != EXPLANATION}
    for name in SHEETS:
        if name not in tables:
            found.problems.append(Problem(name, None, None, "没有这张工作表，或它是空的、隐藏的。"))
    for name in tables:
        if name not in SHEETS:
            found.problems.append(Problem(name, None, None, "不认识这张工作表，请删去或改正名称。"))
    known = [name for name in SHEETS if name in tables]
    found.problems += _formulas(content, known)
    for name in known:
        _read_sheet(tables[name], found)
    return found


def _check(content: bytes, name: str) -> None:
    if len(content) > _MAX_BYTES:
        raise FileRefused(
            name, f"{name} 太大，不像开局表。", mend="请用模板重新填写。", code="file.too_large"
        )
    if not content.startswith(ZIP_HEAD) or not _is_xlsx(content):
        raise FileRefused(
            name,
            f"{name} 不是 xlsx 工作簿。",
            mend="请用空白开局表（在开局页下载，或用 huiying setup --template 开局表.xlsx 生成）填写。",
            code="file.not_workbook",
        )


def _is_xlsx(content: bytes) -> bool:
    """A part that stands twice could be read as one thing by one program and as another by the next."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError):
        return False
    return "xl/workbook.xml" in names and len(names) == len(set(names))


def _formulas(content: bytes, sheets: list[str]) -> list[Problem]:
    problems = []
    for name, places in formula_cells(io.BytesIO(content), sheets).items():
        for place in places[:_SHOWN]:
            row = int(place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) if place != UNKNOWN else None
            where = f"单元格 {place} " if row is not None else ""
            problems.append(Problem(name, row, None, f"{where}含有公式，请粘贴为数值。"))
    return problems


def _read_sheet(table: Table, found: SetupRows) -> None:
    rows = [(number, cells) for number, cells in table.rows() if not is_blank(cells)]
    found.sheets[table.name] = []
    if table.merges:
        found.problems.append(Problem(table.name, None, None, "有合并的单元格，请取消合并。"))
    if len(rows) > _MAX_ROWS:
        found.problems.append(Problem(table.name, None, None, f"超过 {_MAX_ROWS} 行。"))
        return
    places = _header(table.name, rows, found.problems)
    if places is None:
        return
    for number, cells in rows[1:]:
        found.sheets[table.name].append(_row(table.name, number, cells, places, found.problems))


def _header(
    sheet: str, rows: list[tuple[int, list[Cell]]], problems: list[Problem]
) -> dict[int, Column] | None:
    """Which column of the sheet stands where; None when the rows cannot be read by it."""
    if not rows:
        problems.append(Problem(sheet, None, None, "没有表头。"))
        return None
    known = {column.header: column for column in SHEETS[sheet]}
    number, cells = rows[0]
    places: dict[int, Column] = {}
    before = len(problems)
    for index, cell in enumerate(cells):
        header = cell.strip() if isinstance(cell, str) else ("" if cell is None else "（不是文字）")
        if header in known and known[header] not in places.values():
            places[index] = known[header]
        elif header in known:
            problems.append(Problem(sheet, number, header, "这一列出现了两次。"))
        elif header:
            problems.append(Problem(sheet, number, header[:_SHOWN], "不认识这一列，请对照模板。"))
    for header, column in known.items():
        if column.is_required and column not in places.values():
            problems.append(Problem(sheet, number, header, "缺少这一列。"))
    return places if len(problems) == before else None


def _row(
    sheet: str, number: int, cells: list[Cell], places: dict[int, Column], problems: list[Problem]
) -> SheetRow:
    texts = {column.header: "" for column in SHEETS[sheet]}
    refused = set()
    for index, cell in enumerate(cells):
        column = places.get(index)
        if column is None:
            if not is_blank([cell]):
                problems.append(Problem(sheet, number, None, "有一个没有表头的单元格，请清除。"))
            continue
        try:
            texts[column.header] = plain_text(cell, column)
        except CellRefused as error:
            problems.append(Problem(sheet, number, column.header, str(error)))
            refused.add(column.header)
            continue
        if column.is_required and not texts[column.header]:
            problems.append(Problem(sheet, number, column.header, "没有填写。"))
            refused.add(column.header)
    return SheetRow(number, texts, frozenset(refused))
