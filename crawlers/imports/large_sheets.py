"""A very long sheet, read piece by piece.

The reader of workbooks holds a whole sheet in memory, several times its size. A long sheet is therefore cut
between two rows, and each piece given to that same reader as a small workbook of its own, so that texts,
dates and numbers are understood alike however long a sheet is.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

from python_calamine import CalamineSheet, CalamineWorkbook

from crawlers.imports.cells import Cell
from crawlers.imports.damage import refusing_damage
from crawlers.imports.tables import Merge

# Bytes of XML, inflated: above the one a sheet is cut, and into pieces of about the other.
LONG_SHEET = 64 << 20
_PIECE = 8 << 20
# What all pieces share is read again for each of them, and so must be small beside a piece.
_LARGEST_SHARED = 4 << 20
_CHUNK = 1 << 20
_HEAD = 64 << 10
_SHEETS = "xl/worksheets/"
_UNNEEDED = ("xl/media/", "xl/theme/", "xl/drawings/", "xl/charts/", "docProps/")
_ROWS_BEGIN, _ROWS_END, _ROW_END = b"<sheetData>", b"</sheetData>", b"</row>"
_NUMBERED_ROW = b'<row r="'


@dataclass(frozen=True)
class LongSheet:
    """The only sheet of a workbook.

    Attributes:
        file: name of the workbook, for errors.
        member: its file inside the workbook.
        tail: what stands after its rows.
    """

    file: str
    name: str
    stream: BinaryIO
    member: str
    tail: bytes
    first_column: int = 0

    @property
    def merges(self) -> list[Merge]:
        with refusing_damage(self.file), zipfile.ZipFile(self.stream) as archive:
            head = _head(archive, self.member) or b""
            sheet = self._read(_shared(archive, self.member), head + self.tail)
        return list(sheet.merged_cell_ranges or ())

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Rows with their number from 1, blank ones without cells.

        Raises:
            FileRefused: the sheet breaks on the way.
        """
        number = 0
        with refusing_damage(self.file), zipfile.ZipFile(self.stream) as archive:
            shared = _shared(archive, self.member)
            for piece in _pieces(archive, self.member):
                sheet = self._read(shared, piece)
                if sheet.start is None:
                    continue
                first, left = sheet.start
                if first < number:
                    raise ValueError("rows out of order")
                while number < first:
                    number += 1
                    yield number, []
                blank: list[Cell] = [""] * left
                for cells in sheet.to_python():
                    number += 1
                    yield number, blank + cast("list[Cell]", cells)

    def _read(self, shared: list[tuple[str, bytes]], xml: bytes) -> CalamineSheet:
        book = io.BytesIO()
        with zipfile.ZipFile(book, "w") as archive:
            for name, content in shared:
                archive.writestr(name, content)
            archive.writestr(self.member, xml)
        book.seek(0)
        return CalamineWorkbook.from_filelike(book).get_sheet_by_name(self.name)


def find_long_sheet(stream: BinaryIO, file: str, name: str) -> LongSheet | None:
    """The sheet `name` of a workbook, where it is long, alone, and can be cut between its rows; else None."""
    with zipfile.ZipFile(stream) as archive:
        members = archive.infolist()
        sheets = [
            one for one in members if one.filename.startswith(_SHEETS) and one.filename.endswith(".xml")
        ]
        if len(sheets) != 1 or sheets[0].file_size < LONG_SHEET:
            return None
        member = sheets[0].filename
        if sum(one.file_size for one in _shared_members(archive, member)) > _LARGEST_SHARED:
            return None
        tail = _tail(archive, member)
        return LongSheet(file, name, stream, member, tail) if tail and _head(archive, member) else None


def _pieces(archive: zipfile.ZipFile, member: str) -> Iterator[bytes]:
    """The sheet as several complete sheets, each with some of the rows."""
    head = _head(archive, member) or b""
    with archive.open(member) as content:
        content.read(len(head))
        held = bytearray()
        while chunk := content.read(_CHUNK):
            held += chunk
            if len(held) < _PIECE:
                continue
            cut = held.rfind(_ROW_END) + len(_ROW_END)
            if cut < len(_ROW_END):
                continue
            yield head + _checked(bytes(held[:cut])) + _ROWS_END + b"</worksheet>"
            del held[:cut]
        yield head + _checked(bytes(held))


def _checked(rows: bytes) -> bytes:
    """The rows, each with a number: a row without one would be counted from the beginning of its piece."""
    if rows.count(b"<row") != rows.count(_NUMBERED_ROW):
        raise ValueError("a row without a number")
    return rows


def _head(archive: zipfile.ZipFile, member: str) -> bytes | None:
    """What stands before the rows; None where they do not begin as expected."""
    with archive.open(member) as content:
        start = content.read(_HEAD)
    at = start.find(_ROWS_BEGIN)
    end = at + len(_ROWS_BEGIN)
    return start[:end] if at >= 0 and start[end:].lstrip().startswith(_NUMBERED_ROW) else None


def _tail(archive: zipfile.ZipFile, member: str) -> bytes:
    """What stands after the rows; empty where it is long or the rows have no end."""
    last = b""
    with archive.open(member) as content:
        while chunk := content.read(_CHUNK):
            last = (last + chunk)[-_CHUNK:]
    at = last.rfind(_ROWS_END)
    return last[at:] if at >= 0 else b""


def _shared(archive: zipfile.ZipFile, member: str) -> list[tuple[str, bytes]]:
    return [(one.filename, archive.read(one)) for one in _shared_members(archive, member)]


def _shared_members(archive: zipfile.ZipFile, member: str) -> list[zipfile.ZipInfo]:
    """What a piece needs beside its rows: the list of sheets, number formats, shared texts."""
    return [
        one
        for one in archive.infolist()
        if one.filename != member and not one.filename.startswith(_UNNEEDED) and not one.is_dir()
    ]
