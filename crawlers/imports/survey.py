"""One pass over a whole table before any row is given: its header, its rows, what its columns prove."""

from __future__ import annotations

import re
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from itertools import islice

from crawlers.imports.cells import Cell, is_blank
from crawlers.imports.fields import TIME_FIELDS, ColumnDictionary
from crawlers.imports.header import HEADER_ROWS, Layout, find_layout
from crawlers.imports.tables import Table, filled
from crawlers.imports.totals import looks_like_total

_YEAR_LAST = re.compile(r"\s*(\d{1,2})/(\d{1,2})/\d{4}(?!\d)")
_MONTHS = range(1, 13)


@dataclass(frozen=True, slots=True)
class Survey:
    """What one pass over a table found.

    Attributes:
        rows: filled rows under the header, totals and repeated headers among them.
        month_first: columns whose `12/16/2016` can only be month first.
        short_rows: rows with fewer cells than the header, totals left out.
        last_is_short: the last row is one of them.
    """

    layout: Layout
    rows: int
    month_first: frozenset[int]
    short_rows: int
    last_is_short: bool


def survey(table: Table, dictionary: ColumnDictionary, wanted: AnyMapping[str, str]) -> Survey | None:
    """Read `table` once from top to bottom; None where it has no header we know.

    Raises:
        FileRefused: a text file breaks on the way.
    """
    top = [cells for _, cells in islice(filled(table), HEADER_ROWS + 2)]
    layout = find_layout(top, dictionary, wanted, merges=table.merges, first_column=table.first_column)
    if layout is None:
        return None
    proof = _MonthProof([i for name in TIME_FIELDS for i in layout.columns.get(name, ())])
    width = len(layout.labels)
    count = short = 0
    last_is_short = False
    for index, (_, cells) in enumerate(filled(table)):
        if index < layout.first_row or is_blank(cells):
            continue
        count += 1
        last_is_short = len(cells) < width and not looks_like_total(cells)
        short += last_is_short
        proof.see(cells)
    return Survey(layout, count, proof.proven(), short, last_is_short)


class _MonthProof:
    """Collects from each time column whether its first number can be a day, and its second one."""

    def __init__(self, columns: list[int]) -> None:
        self._columns = columns
        self._month_first: set[int] = set()
        self._day_first: set[int] = set()

    def see(self, cells: list[Cell]) -> None:
        for i in self._columns:
            cell = cells[i] if i < len(cells) else ""
            if isinstance(cell, str) and "/" in cell[:4] and (found := _YEAR_LAST.match(cell)):
                if int(found.group(2)) not in _MONTHS:
                    self._month_first.add(i)
                if int(found.group(1)) not in _MONTHS:
                    self._day_first.add(i)

    def proven(self) -> frozenset[int]:
        return frozenset(self._month_first - self._day_first)
