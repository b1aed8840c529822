"""Finding the header of a table and reading which column is which of our fields."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass

from crawlers.imports.cells import Cell, as_line
from crawlers.imports.fields import PERSON_FIELDS, ColumnDictionary, normalised
from crawlers.imports.tables import Merge

HEADER_ROWS = 15

_CODE_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_LEAST_CODE_WORDS = 3
_OTHERS = re.compile(r"被|企业|单位|对象|主体|承办")
# How a damaged text was made: written in the first encoding, read in the second.
_DAMAGES = (("utf-8", "gb18030"), ("utf-8", "latin-1"), ("gb18030", "latin-1"))


@dataclass(frozen=True, slots=True)
class Layout:
    """One table's columns.

    Attributes:
        labels: the header of each column, unique; `列17` where there is none.
        columns: for each of our fields its columns, best first.
        first_row: index of the first row under the header, blank rows counted.
        header_row: index of the header, the lower row of two.
        unmapped: headers that mean none of our fields, in the order of the file.
        warnings: Chinese sentences.
    """

    labels: tuple[str, ...]
    columns: AnyMapping[str, tuple[int, ...]]
    first_row: int
    header_row: int
    unmapped: tuple[str, ...]
    warnings: tuple[str, ...]


def count_hits(cells: Sequence[Cell], dictionary: ColumnDictionary, wanted: AnyMapping[str, str]) -> int:
    """How many of our fields a row names; `wanted` gives normalised headers a mapping file names."""
    headers = {normalised(cell) for cell in cells} - {""}
    known = {dictionary.exact(header) or dictionary.containing(header) for header in headers} - {None}
    return len(known | {name for name, header in wanted.items() if header in headers})


def find_layout(
    rows: Sequence[Sequence[Cell]],
    dictionary: ColumnDictionary,
    wanted: AnyMapping[str, str],
    *,
    merges: Sequence[Merge] = (),
    first_column: int = 0,
) -> Layout | None:
    """The layout of a table from its first rows; None where no row names enough fields.

    Args:
        rows: the first rows; the header is looked for in the first 15.
        wanted: normalised header by field, from a mapping file; wins over the dictionary.
        merges: merged ranges, which tell a group heading from a header.
        first_column: blank columns left of the table, for naming unnamed columns.
    """
    hits = [count_hits(row, dictionary, wanted) for row in rows[:HEADER_ROWS]]
    best = max(hits, default=0)
    needed = 1 if wanted and best >= len(wanted) else dictionary.least_hits
    if best < needed:
        return None
    at = hits.index(best)
    parents, headers, at = _two_levels(rows, at, merges, first_column)
    columns, doubts = _assigned(headers, parents, dictionary, wanted)
    labels, unnamed = _labelled(headers, parents, first_column)
    warnings = [f"表头中有 {unnamed} 列没有名称，内容存入其他信息。"] if unnamed else []
    warnings += [f"“{labels[i]}”与另一列含义相同，取先有内容的一列。" for i in doubts]
    used = {i for found in columns.values() for i in found}
    return Layout(
        labels=labels,
        columns=columns,
        first_row=at + 1 + _code_rows(rows, at, columns),
        header_row=at,
        unmapped=tuple(label for i, label in enumerate(labels) if i not in used),
        warnings=tuple(warnings),
    )


def looks_damaged(rows: Sequence[Sequence[Cell]], dictionary: ColumnDictionary) -> bool:
    """Whether a header would be found but for text read in the wrong encoding (`宸ュ崟缂栧彿`)."""
    return any(
        count_hits([_mended(cell, *damage) for cell in row], dictionary, {}) >= 2
        for row in rows[:HEADER_ROWS]
        for damage in _DAMAGES
    )


def _mended(cell: Cell, written: str, read: str) -> str:
    if not isinstance(cell, str):
        return ""
    return cell.encode(read, "ignore").decode(written, "ignore")


def _two_levels(
    rows: Sequence[Sequence[Cell]], at: int, merges: Sequence[Merge], first_column: int
) -> tuple[list[str], list[Cell], int]:
    """Group heading and header of each column, and the index of the lower header row."""
    width = max(len(row) for row in rows)
    above = _groups(rows, at - 1, merges, first_column, width)
    if any(above):
        return above, list(rows[at]), at
    here = _groups(rows, at, merges, first_column, width)
    if not any(here) or at + 1 >= len(rows):
        return [""] * width, list(rows[at]), at
    below = list(rows[at + 1]) + [""] * (width - len(rows[at + 1]))
    if any(group and not normalised(child) for group, child in zip(here, below, strict=True)):
        return [""] * width, list(rows[at]), at
    own = list(rows[at]) + [""] * (width - len(rows[at]))
    headers = [child if group else cell for group, child, cell in zip(here, below, own, strict=True)]
    return here, headers, at + 1


def _groups(
    rows: Sequence[Sequence[Cell]], index: int, merges: Sequence[Merge], first_column: int, width: int
) -> list[str]:
    """The group heading over each column in row `index`; a title over the whole table is none."""
    groups = [""] * width
    for (top, left), (bottom, right) in merges:
        start, end = left - first_column, right - first_column
        if not (top <= index <= bottom and 0 <= start < end < width) or end - start + 1 >= width:
            continue
        heading = as_line(rows[index][start]) if start < len(rows[index]) else ""
        groups[start : end + 1] = [heading] * (end - start + 1)
    return groups


def _assigned(
    headers: Sequence[Cell],
    parents: Sequence[str],
    dictionary: ColumnDictionary,
    wanted: AnyMapping[str, str],
) -> tuple[dict[str, tuple[int, ...]], list[int]]:
    """The columns of each field, best first, and the columns whose place is in doubt."""
    exact: dict[str, list[tuple[int, int]]] = {}
    loose: dict[str, list[tuple[int, int]]] = {}
    for i, cell in enumerate(headers):
        header = normalised(cell)
        if not header:
            continue
        mapped = next((name for name, theirs in wanted.items() if theirs == header), None)
        whole = mapped or _exact(header, normalised(parents[i]), dictionary)
        if whole is not None:
            exact.setdefault(whole, []).append((-1 if mapped else dictionary.rank(whole, header), i))
        elif part := dictionary.containing(header):
            loose.setdefault(part, []).append((0, i))
    columns: dict[str, tuple[int, ...]] = {}
    doubts: list[int] = []
    for name in dictionary.fields:
        if found := exact.get(name) or loose.get(name):
            columns[name], doubted = _preferred(found, dictionary.fields[name].pick)
            doubts += doubted
    return columns, doubts


def _exact(header: str, parent: str, dictionary: ColumnDictionary) -> str | None:
    """The field of a header under its group; a person named under 被反映人 is not the caller."""
    joined = dictionary.exact(parent + header)
    alone = dictionary.exact(header)
    if joined is None and alone in PERSON_FIELDS and _OTHERS.search(parent):
        return None
    return joined or alone


def _preferred(found: list[tuple[int, int]], pick: str) -> tuple[tuple[int, ...], list[int]]:
    if found[0][0] == -1:
        return (found[0][1],), []
    ranks = Counter(rank for rank, _ in found)
    ordered = found if pick == "first" else sorted(found)
    doubts = [i for rank, i in ordered[1:] if pick == "first" or (pick == "ordered" and ranks[rank] > 1)]
    return tuple(i for _, i in ordered), doubts


def _labelled(
    headers: Sequence[Cell], parents: Sequence[str], first_column: int
) -> tuple[tuple[str, ...], int]:
    """A unique label for each column, and how many columns have no name of their own."""
    labels: list[str] = []
    seen: Counter[str] = Counter()
    unnamed = 0
    for i, cell in enumerate(headers):
        own = as_line(cell) if normalised(cell) else ""
        unnamed += not own
        label = f"{parents[i]}{own}" if own else f"列{first_column + i + 1}"
        seen[label] += 1
        labels.append(label if seen[label] == 1 else f"{label}({seen[label]})")
    return tuple(labels), unnamed


def _code_rows(rows: Sequence[Sequence[Cell]], at: int, columns: AnyMapping[str, tuple[int, ...]]) -> int:
    """1 where the row under the header repeats it in codes (`orderNum`), else 0."""
    if at + 1 >= len(rows):
        return 0
    below = rows[at + 1]
    texts = [as_line(cell) for cell in below]
    number = next(iter(columns.get("order_no", ())), None)
    has_number = number is not None and number < len(texts) and any(map(str.isdigit, texts[number]))
    codes = sum(_CODE_WORD.fullmatch(text) is not None for text in texts)
    plain = sum(bool(text) for text in texts)
    return int(codes >= _LEAST_CODE_WORDS and not has_number and codes * 2 > plain)
