"""Text files (csv, tsv) as a table; a broken one is refused with its line before any row is given."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import BinaryIO

from core.errors import FileRefused
from crawlers.imports.cells import Cell
from crawlers.imports.tables import Merge, TableFile

_MAX_CELL = 4 << 20
_CHUNK = 1 << 20
_DELIMITERS = (",", "\t", ";")
_SAMPLE_ROWS = 15
_MEND_CUT = "请重新导出或重新拷贝完整的文件后再导入。"

CountHits = Callable[[Sequence[Cell]], int]


@dataclass
class DelimitedTable:
    """The one table of a text file."""

    stream: BinaryIO
    file: str
    encoding: str
    delimiter: str = ","
    name: str = ""
    first_column: int = 0
    merges: list[Merge] = field(default_factory=list)

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Each record with the line it begins on.

        Raises:
            FileRefused: bytes that are no text, an unclosed quote, a cell above 4 MiB.
        """
        self.stream.seek(0)
        # The limit belongs to the csv module as a whole; ours is the only reader in the process.
        csv.field_size_limit(_MAX_CELL)
        text = io.TextIOWrapper(self.stream, encoding=self.encoding, errors="strict", newline="")
        reader = csv.reader(self._lines(text), delimiter=self.delimiter, strict=True)
        line = 1
        try:
            for record in reader:
                yield line, record  # type: ignore[misc]  # strings are cells; copying each row would cost a tenth
                line = reader.line_num + 1
        except csv.Error as error:
            raise self._refused(line, error) from error
        except UnicodeDecodeError as error:
            raise self._unreadable(reader.line_num + 1) from error
        finally:
            text.detach()

    def _lines(self, text: io.TextIOWrapper) -> Iterator[str]:
        """Lines without NUL; never more than the limit in memory."""
        while line := text.readline(_MAX_CELL + 1):
            if len(line) > _MAX_CELL:
                raise csv.Error("field larger than field limit")
            yield line.replace("\0", "") if "\0" in line else line

    def _refused(self, line: int, error: csv.Error) -> FileRefused:
        if "field limit" in str(error):
            return FileRefused(
                self.file,
                f"{self.file} 第 {line} 行起有一个单元格超过 4 MB。",
                mend="请检查该行的引号是否成对，或拆开这个单元格后再导入。",
                code="file.cell_too_large",
            )
        return FileRefused(
            self.file,
            f"{self.file} 第 {line} 行起的引号不成对，后面的内容无法分行。",
            mend="请补上引号或重新导出后再导入。",
            code="file.unclosed_quote",
        )

    def _unreadable(self, line: int) -> FileRefused:
        return FileRefused(
            self.file,
            f"{self.file} 在第 {line} 行附近有断开的汉字，文件不完整或编码不是 UTF-8、GB18030。",
            mend=_MEND_CUT,
            code="file.incomplete",
        )


def open_delimited(stream: BinaryIO, name: str, count_hits: CountHits) -> TableFile:
    """The table of a text file in the delimiter under which its header is found best.

    Args:
        count_hits: how many of our fields a row names.

    Raises:
        FileRefused: the file is cut inside a character.
    """
    encoding = _encoding(stream, name)
    tables = [DelimitedTable(stream, name, encoding, delimiter) for delimiter in _DELIMITERS]
    best = max(tables, key=lambda table: _hits(table, count_hits))
    return TableFile([best], encoding=encoding)


def refuse_cut_end(stream: BinaryIO, table: DelimitedTable, *, short_rows: int, last_is_short: bool) -> None:
    """Refuse a file that ends inside a row: the last row alone is short, and no line end follows it.

    Raises:
        FileRefused: so it is.
    """
    if not last_is_short or short_rows > 1:
        return
    stream.seek(-1, io.SEEK_END)
    if stream.read(1) in b"\r\n\0":
        return
    raise FileRefused(
        table.file,
        f"{table.file} 在最后一行中间断开，文件不完整。",
        mend=_MEND_CUT,
        code="file.incomplete",
    )


def _hits(table: DelimitedTable, count_hits: CountHits) -> int:
    """The best row of the first few; a file broken so early is judged when it is read in full."""
    rows = table.rows()
    best = 0
    try:
        for _, cells in islice(rows, _SAMPLE_ROWS):
            best = max(best, count_hits(cells))
    except FileRefused:
        return best
    finally:
        rows.close()  # type: ignore[attr-defined]  # a generator; closing it hands the stream back
    return best


def _encoding(stream: BinaryIO, name: str) -> str:
    """By mark, else UTF-8 if every byte fits it, else GB18030, whose own check is the strict reading."""
    stream.seek(0)
    head = stream.read(4)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    marked = head.startswith(codecs.BOM_UTF8)
    decoder = codecs.getincrementaldecoder("utf-8")()
    stream.seek(0)
    line = 1
    try:
        while chunk := stream.read(_CHUNK):
            decoder.decode(chunk)
            line += chunk.count(b"\n")
    except UnicodeDecodeError:
        return "utf-8-sig" if marked else "gb18030"
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise FileRefused(
            name,
            f"{name} 在第 {line} 行的一个汉字中间断开，文件不完整。",
            mend=_MEND_CUT,
            code="file.incomplete",
        ) from error
    return "utf-8-sig" if marked else "utf-8"
