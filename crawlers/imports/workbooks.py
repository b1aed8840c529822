"""Workbooks (xlsx, xls, ods) as tables, refused before they can fill the memory."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from core.errors import FileRefused
from crawlers.imports.cells import Cell
from crawlers.imports.damage import damaged, encrypted, refusing_damage
from crawlers.imports.large_sheets import find_long_sheet
from crawlers.imports.tables import Merge, Table, TableFile

ZIP_HEAD = b"PK\x03\x04"
OLE_HEAD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_MAX_MEMBERS = 4096
_MAX_INFLATED = 2 << 30
_MAX_RATIO = 200
# Below this size even the best packed member harms nothing, so that a sheet of equal rows is not refused.
_RATIO_FREE = 64 << 20
_MAX_CELL = 4 << 20
_CHUNK = 1 << 20
_WORKBOOK_PARTS = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook, already read into memory by the reader."""

    name: str
    source: CalamineSheet

    @property
    def first_column(self) -> int:
        return self.source.start[1] if self.source.start else 0

    @property
    def merges(self) -> list[Merge]:
        return list(self.source.merged_cell_ranges or ())

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Rows with their number from 1; leading blank rows are given by the reader as such."""
        return enumerate(cast("Iterator[list[Cell]]", self.source.iter_rows()), start=1)


def open_workbook(stream: BinaryIO, name: str) -> TableFile:
    """All visible sheets with content.

    Args:
        stream: at its beginning; seekable; must stay open while rows are read.
        name: name of the file, for errors.

    Raises:
        FileRefused: no workbook, cut off, encrypted, or bigger inside than any export is.
    """
    is_zip = stream.read(8).startswith(ZIP_HEAD)
    if is_zip:
        _check_zip(stream, name)
    else:
        _check_ole(stream, name)
    stream.seek(0)
    return _loaded(stream, name, is_zip=is_zip)


def _loaded(stream: BinaryIO, name: str, *, is_zip: bool) -> TableFile:
    with refusing_damage(name):
        book = CalamineWorkbook.from_filelike(stream)
        shown = [one for one in book.sheets_metadata if one.visible is SheetVisibleEnum.Visible]
        names = [one.name for one in shown if one.typ is SheetTypeEnum.WorkSheet]
        hidden = [one.name for one in book.sheets_metadata if one.visible is not SheetVisibleEnum.Visible]
        tables: list[Table] = []
        long = find_long_sheet(stream, name, names[0]) if is_zip and len(names) == 1 else None
        if long is not None:
            tables.append(long)
        else:
            sheets = [Sheet(one, book.get_sheet_by_name(one)) for one in names]
            tables += [sheet for sheet in sheets if sheet.source.height]
    return TableFile(tables, warnings=[f"隐藏的工作表“{one}”没有导入。" for one in hidden])


def _check_zip(stream: BinaryIO, name: str) -> None:
    """Walk through the inflated bytes once: sizes may lie, a single cell may be hundreds of megabytes."""
    try:
        with zipfile.ZipFile(stream) as archive:
            members = archive.infolist()
            if not any(member.filename in _WORKBOOK_PARTS for member in members):
                raise FileRefused(
                    name,
                    f"{name} 是压缩包，不是表格文件。",
                    mend="请解压后逐个导入其中的表格。",
                    code="file.not_workbook",
                )
            if len(members) > _MAX_MEMBERS or sum(member.file_size for member in members) > _MAX_INFLATED:
                raise _too_large(name)
            inflated = 0
            for member in members:
                inflated += _walk(archive, member, name, left=_MAX_INFLATED - inflated)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise damaged(name) from error
    except RuntimeError:
        raise encrypted(name) from None
    except zlib.error as error:
        raise damaged(name) from error


def _walk(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, *, left: int) -> int:
    """The inflated size of one member, counted."""
    holds_cells = member.filename.endswith(".xml") and "/media/" not in member.filename
    size = since_tag = 0
    with archive.open(member) as content:
        while chunk := content.read(_CHUNK):
            size += len(chunk)
            last = chunk.rfind(b"<")
            since_tag = since_tag + len(chunk) if last < 0 else len(chunk) - last
            if holds_cells and since_tag > _MAX_CELL:
                raise FileRefused(
                    name,
                    f"{name} 中有一个单元格超过 4 MB。",
                    mend="请检查导出程序，拆开这个单元格后再导入。",
                    code="file.cell_too_large",
                )
            if size > left or (size > _RATIO_FREE and size > _MAX_RATIO * max(member.compress_size, 1)):
                raise _too_large(name)
    return size


def _check_ole(stream: BinaryIO, name: str) -> None:
    stream.seek(0)
    tail = b""
    while chunk := stream.read(_CHUNK):
        if _ENCRYPTED in tail + chunk:
            raise encrypted(name)
        tail = chunk[-len(_ENCRYPTED) :]


def _too_large(name: str) -> FileRefused:
    return FileRefused(
        name,
        f"{name} 解压后过大，不像正常的导出表。",
        mend="请按月份分开导出后再导入。",
        code="file.too_large",
    )
