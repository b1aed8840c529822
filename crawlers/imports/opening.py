"""An exported file from its bytes to a stream of records; the public door of this package.

The whole file is looked through once before its first row is given, so that a broken file is refused before
anything of it is stored.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from types import TracebackType
from typing import BinaryIO, NamedTuple, Self

from core.errors import FileRefused
from core.model import MessageRecord
from core.redact import Redactor
from core.vocabulary import Channel, ImportKind
from crawlers.imports.cells import Cell, as_it_was, is_blank
from crawlers.imports.containers import open_tables
from crawlers.imports.delimited import DelimitedTable, refuse_cut_end
from crawlers.imports.fields import ColumnDictionary, column_dictionary, normalised
from crawlers.imports.grades import GradeColumns
from crawlers.imports.header import HEADER_ROWS, Layout, looks_damaged
from crawlers.imports.mapping import Mapping
from crawlers.imports.records import CHANNELS, RowReader, Skip
from crawlers.imports.survey import Survey, survey
from crawlers.imports.tables import Table, TableFile, filled
from crawlers.imports.times import Refusal


@dataclass(frozen=True, slots=True)
class ReadingContext:
    """What reading needs beside the file.

    Attributes:
        now: nothing can have been received after it.
        redactor: masks personal data.
        mapping: what the office says about its columns, or None.
        channel: the channel of the messages; None for the mapping's, else the kind's own.
    """

    now: datetime
    redactor: Redactor
    mapping: Mapping | None = None
    channel: Channel | None = None


class Accepted(NamedTuple):
    """A row that became a record.

    Attributes:
        position: 1… over all sheets, in file order; the same at every reading of the same bytes.
        sheet: name of the sheet; empty for a text file.
        row: the number a person sees beside the row; of a text file the line on which it begins.
        warnings: Chinese sentences about cells that were left empty.
    """

    position: int
    sheet: str
    row: int
    record: MessageRecord
    warnings: tuple[str, ...]


class Rejected(NamedTuple):
    """A row for the quarantine; `cells` hold it unmasked as it was, `headers` its columns."""

    position: int
    sheet: str
    row: int
    column: str
    reason: str
    cells: tuple[str, ...]
    headers: tuple[str, ...]


class Ignored(NamedTuple):
    """A row that is no message: a total or the header again."""

    position: int
    sheet: str
    row: int
    reason: str


Outcome = Accepted | Rejected | Ignored


@dataclass(frozen=True, slots=True)
class Part:
    """One table that will be read."""

    table: Table
    survey: Survey
    reader: RowReader


@dataclass
class OpenedFile:
    """A file that was looked through and can be read; a context manager.

    Attributes:
        encoding: of a text file, None for a workbook.
        columns: for each of our fields found, its header in the file (the first sheet's wins).
        unmapped: headers that mean none of our fields; their cells are kept in `extra`.
        row_count: filled rows under the headers, totals and repeated headers among them.
        warnings: Chinese sentences about the file as a whole.
        parts: the tables that will be read, in file order.
    """

    kind: ImportKind
    encoding: str | None
    columns: dict[str, str] = field(default_factory=dict)
    unmapped: list[str] = field(default_factory=list)
    row_count: int = 0
    warnings: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list, repr=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of what was read; the stream stays the caller's."""
        self.parts.clear()

    def rows(self, *, after: int = 0) -> Iterator[Outcome]:
        """Every filled row under the headers, in file order.

        Args:
            after: positions up to this one are passed over without being read into records.
        """
        position = 0
        for part in self.parts:
            name = part.table.name
            headers = part.survey.layout.labels
            first = part.survey.layout.first_row
            for index, (number, cells) in enumerate(filled(part.table)):
                if index < first or is_blank(cells):
                    continue
                position += 1
                if position > after:
                    yield _outcome(part.reader, position, name, number, cells, headers)


def open_file(stream: BinaryIO, name: str, kind: ImportKind, context: ReadingContext) -> OpenedFile:
    """Look a file through and make it ready to be read.

    Args:
        stream: seekable; stays the caller's and must stay open while rows are read.
        name: name of the file, for messages; the content alone decides what it is.

    Raises:
        FileRefused: it cannot be read as a whole; code and mend say why.
        InvalidInput: the mapping names a field that this kind of file does not have.
    """
    dictionary = column_dictionary(kind)
    mapping = context.mapping or Mapping()
    mapping.check_fields(dictionary)
    wanted = {name_: normalised(header) for name_, header in mapping.columns.items()}
    tables = open_tables(stream, name, dictionary, wanted)
    opened = OpenedFile(kind, tables.encoding, warnings=list(tables.warnings))
    for table in tables.tables:
        found = survey(table, dictionary, wanted)
        if found is None or not _tells_time(found.layout, kind):
            if len(tables.tables) > 1:
                opened.warnings.append(f"工作表“{table.name}”不是清单，没有导入。")
            continue
        _check_end(stream, table, found)
        _check_grades(found.layout, mapping, kind, name)
        _add(opened, table, found, context, mapping)
    if not opened.parts:
        raise _no_header(tables, name, dictionary)
    _check_mapping(opened, mapping, name)
    return opened


def _add(opened: OpenedFile, table: Table, found: Survey, context: ReadingContext, mapping: Mapping) -> None:
    layout = found.layout
    month_first = frozenset(range(len(layout.labels))) if mapping.month_first else found.month_first
    channel = context.channel or mapping.channel or CHANNELS[opened.kind]
    reader = RowReader(
        opened.kind,
        channel,
        layout,
        month_first,
        context.redactor,
        context.now,
        best_first=mapping.best_first,
    )
    opened.parts.append(Part(table, found, reader))
    opened.row_count += found.rows
    for name, found_in in layout.columns.items():
        opened.columns.setdefault(name, "、".join(layout.labels[i] for i in found_in))
    opened.unmapped += [label for label in layout.unmapped if label not in opened.unmapped]
    columns = layout.columns
    notes = list(layout.warnings)
    if "reply" in columns and "replied_at" not in columns and "closed_at" in columns:
        notes.append(f"没有答复时间列，以“{layout.labels[columns['closed_at'][0]]}”作为答复时间。")
    opened.warnings += [note for note in notes if note not in opened.warnings]


def _outcome(
    reader: RowReader, position: int, sheet: str, row: int, cells: list[Cell], headers: tuple[str, ...]
) -> Outcome:
    warnings: list[str] = []
    read = reader.read(cells, warnings)
    if isinstance(read, MessageRecord):
        return Accepted(position, sheet, row, read, tuple(warnings))
    if isinstance(read, Skip):
        return Ignored(position, sheet, row, read.reason)
    return _rejected(read, position, sheet, row, cells, headers)


def _rejected(
    refusal: Refusal, position: int, sheet: str, row: int, cells: list[Cell], headers: tuple[str, ...]
) -> Rejected:
    original = tuple(as_it_was(cell) for cell in cells)
    return Rejected(position, sheet, row, refusal.column, refusal.reason, original, headers)


def _tells_time(layout: Layout, kind: ImportKind) -> bool:
    """Whether rows of the table can have a received time at all; a table of figures has none."""
    if "created_at" in layout.columns or "dispatched_at" in layout.columns:
        return True
    return kind is ImportKind.HOTLINE_12345 and "order_no" in layout.columns


def _check_grades(layout: Layout, mapping: Mapping, kind: ImportKind, name: str) -> None:
    if kind is not ImportKind.RATINGS:
        return
    if GradeColumns(layout.columns, layout.labels, best_first=mapping.best_first).is_unclear:
        raise FileRefused(
            name,
            f"{name} 只有评分数字，看不出 1 分是最好还是最差。",
            mend="请在列对应文件 [options] 中写明 best_first = true(1 分最好)或 false。",
            code="mapping.direction_needed",
        )


def _check_end(stream: BinaryIO, table: Table, found: Survey) -> None:
    if isinstance(table, DelimitedTable):
        refuse_cut_end(stream, table, short_rows=found.short_rows, last_is_short=found.last_is_short)


def _check_mapping(opened: OpenedFile, mapping: Mapping, name: str) -> None:
    for ours, theirs in mapping.columns.items():
        if ours not in opened.columns or normalised(opened.columns[ours]) != normalised(theirs):
            known = "、".join([*opened.columns.values(), *opened.unmapped])
            raise FileRefused(
                name,
                f"{name} 中没有列对应文件所写的表头“{theirs}”，文件中的表头有：{known}。",
                mend="请按文件中的表头改正列对应文件后再试。",
                code="mapping.unknown_header",
            )


def _no_header(tables: TableFile, name: str, dictionary: ColumnDictionary) -> FileRefused:
    tops = [[cells for _, cells in islice(one.rows(), HEADER_ROWS)] for one in tables.tables]
    if not any(not is_blank(row) for top in tops for row in top):
        return FileRefused(name, f"{name} 是空的。", mend="请重新导出后再导入。", code="file.empty")
    if any(looks_damaged(top, dictionary) for top in tops):
        return FileRefused(
            name,
            f"{name} 的汉字是乱码，曾以错误的编码打开并另存（如把 UTF-8 当作 GB18030）。",
            mend="请从原系统重新导出，不要用其他程序打开后另存。",
            code="file.mojibake",
        )
    return FileRefused(
        name,
        f"{name} 中找不到认识的表头（至少要有编号、时间、内容等 {dictionary.least_hits} 列）。",
        mend="请检查导入类型是否选对，或用列对应文件写明各列。",
        code="file.no_header",
    )
