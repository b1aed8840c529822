"""What every readable file is to the importer: named tables of rows, top to bottom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from crawlers.imports.cells import Cell

Merge = tuple[tuple[int, int], tuple[int, int]]


class Table(Protocol):
    """One sheet, or the whole of a text file.

    Attributes:
        name: the sheet's name; empty for a text file.
        first_column: how many blank columns stand left of the first cell of a row.
        merges: merged ranges as (top, left), (bottom, right), rows and columns counted from 0 as in `rows`.
    """

    @property
    def name(self) -> str: ...

    @property
    def first_column(self) -> int: ...

    @property
    def merges(self) -> list[Merge]: ...

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Each row with the number a person sees, blank rows too; from the top at every call."""
        ...


@dataclass
class TableFile:
    """An opened file.

    Attributes:
        encoding: of a text file, else None.
        tables: in the order of the file, hidden sheets left out.
        warnings: Chinese sentences about the file as a whole.
    """

    tables: list[Table]
    encoding: str | None = None
    warnings: list[str] = field(default_factory=list)


def filled(table: Table) -> Iterator[tuple[int, list[Cell]]]:
    """The rows of `table` with the value of a merged range in each of its rows (first column of it only)."""
    merges = {top: [] for (top, _), _ in table.merges}  # type: dict[int, list[tuple[int, int]]]
    for (top, left), (bottom, _) in table.merges:
        if bottom > top:
            merges[top].append((left, bottom))
    if not any(merges.values()):
        yield from table.rows()
        return
    open_ranges: dict[int, tuple[int, Cell]] = {}
    for index, (number, cells) in enumerate(table.rows()):
        for left, bottom in merges.get(index, ()):
            if left < len(cells):
                open_ranges[left] = (bottom, cells[left])
        for left, (bottom, value) in list(open_ranges.items()):
            if index > bottom:
                del open_ranges[left]
            elif cells[left] in ("", None):
                cells[left] = value
        yield number, cells
