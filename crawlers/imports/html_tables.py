"""HTML tables saved under the name of a workbook, as many office systems export them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import BinaryIO

from core.errors import FileRefused
from crawlers.imports.cells import Cell
from crawlers.imports.tables import Merge, TableFile

_MAX_BYTES = 256 << 20
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", re.IGNORECASE)


@dataclass
class HtmlTable:
    """All rows of the page's tables, one below the other."""

    records: list[list[Cell]] = field(default_factory=list)
    name: str = ""
    first_column: int = 0
    merges: list[Merge] = field(default_factory=list)

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Rows with their number from 1."""
        return enumerate((list(record) for record in self.records), start=1)


def open_html(stream: BinaryIO, name: str) -> TableFile:
    """The rows of an HTML page.

    Raises:
        FileRefused: larger than 256 MiB, or in no encoding we know.
    """
    stream.seek(0)
    raw = stream.read(_MAX_BYTES + 1)
    if len(raw) > _MAX_BYTES:
        raise FileRefused(
            name, f"{name} 超过 256 MB。", mend="请按月份分开导出后再导入。", code="file.too_large"
        )
    text, encoding = _decoded(raw, name)
    parser = _TableParser()
    parser.feed(text)
    parser.close()
    return TableFile([parser.table], encoding=encoding)


def _decoded(raw: bytes, name: str) -> tuple[str, str]:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace"), "utf-16"
    named = _CHARSET.search(raw[:4096])
    candidates = ["utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "utf-8", "gb18030"]
    if named and named.group(1).lower() in {b"gb2312", b"gbk", b"gb18030"}:
        candidates.reverse()
    for encoding in candidates:
        try:
            return raw.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise FileRefused(
        name,
        f"{name} 有断开的汉字，文件不完整或编码不是 UTF-8、GB18030。",
        mend="请重新导出或重新拷贝后再导入。",
        code="file.incomplete",
    )


class _TableParser(HTMLParser):
    """Collects cells; tolerant of missing end tags, as browsers are."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.table = HtmlTable()
        self._cell: list[str] | None = None
        self._span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self._end_cell()
            self.table.records.append([])
        elif tag in ("td", "th"):
            self._end_cell()
            self._cell = []
            self._begin_cell(dict(attrs))
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._end_cell()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def close(self) -> None:
        super().close()
        self._end_cell()

    def _begin_cell(self, attrs: dict[str, str | None]) -> None:
        if not self.table.records:
            self.table.records.append([])
        span = attrs.get("colspan") or "1"
        self._span = min(int(span), 256) if span.isdecimal() else 1
        if self._span > 1:
            row, column = len(self.table.records) - 1, len(self.table.records[-1])
            self.table.merges.append(((row, column), (row, column + self._span - 1)))

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        # Only the first cell of a span is filled, as in a workbook.
        self.table.records[-1] += ["".join(self._cell).strip(), *[""] * (self._span - 1)]
        self._cell = None
        self._span = 1
