"""What a file is, told by its content and never by its name."""

from __future__ import annotations

import io
from collections.abc import Mapping as AnyMapping
from typing import BinaryIO

from core.errors import FileRefused
from crawlers.imports.delimited import open_delimited
from crawlers.imports.fields import ColumnDictionary
from crawlers.imports.header import count_hits
from crawlers.imports.html_tables import open_html
from crawlers.imports.tables import TableFile
from crawlers.imports.workbooks import OLE_HEAD, ZIP_HEAD, open_workbook

_HEAD = 2048
_PAGE_MARKS = (b"<html", b"<table", b"<!doctype html", b"<meta")


def open_tables(
    stream: BinaryIO, name: str, dictionary: ColumnDictionary, wanted: AnyMapping[str, str]
) -> TableFile:
    """The tables of a workbook, an HTML page or a text file.

    Raises:
        FileRefused: empty, or broken as a whole.
    """
    stream.seek(0, io.SEEK_END)
    if stream.tell() == 0:
        raise FileRefused(
            name, f"{name} 是空文件。", mend="请重新导出或重新拷贝后再导入。", code="file.empty"
        )
    stream.seek(0)
    head = stream.read(_HEAD)
    stream.seek(0)
    if head.startswith((ZIP_HEAD, OLE_HEAD)):
        return open_workbook(stream, name)
    start = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if start.startswith(b"<") and any(mark in start for mark in _PAGE_MARKS):
        return open_html(stream, name)
    return open_delimited(stream, name, lambda cells: count_hits(cells, dictionary, wanted))
