"""A long sheet read in pieces gives what the same sheet gives in one."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import datetime

import openpyxl
import pytest
import xlsxwriter

from core.errors import FileRefused
from crawlers.imports import large_sheets
from crawlers.imports.large_sheets import LongSheet
from crawlers.imports.tables import Table
from crawlers.imports.workbooks import Sheet, open_workbook

ROWS = 3000


@pytest.fixture
def short_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sheets of these tests are long, and cut some hundred times."""
    monkeypatch.setattr(large_sheets, "LONG_SHEET", 1)
    monkeypatch.setattr(large_sheets, "_PIECE", 10_000)
    monkeypatch.setattr(large_sheets, "_CHUNK", 1000)


def inline() -> io.BytesIO:
    """As exporting programs write: texts in the cells."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"constant_memory": True, "default_date_format": "yyyy-mm-dd hh:mm"})
    sheet = book.add_worksheet("清单")
    for row in range(ROWS):
        if row % 50 == 7:
            continue  # a blank row
        # The first column stands empty for long stretches, the last one too.
        sheet.write_string(row, 0, "" if row % 900 > 500 else f"头{row}")
        sheet.write_string(row, 1, f"诉求<{row}> & 答复\n第二行")
        sheet.write_number(row, 2, row * 1.5)
        sheet.write_datetime(row, 3, datetime(2026, 3, 2, 9, row % 60))  # noqa: DTZ001 - a cell has no zone
        if row % 700 == 0:
            sheet.write_string(row, 5, "尾")
    book.close()
    stream.seek(0)
    return stream


def shared() -> io.BytesIO:
    """As spreadsheet programs write: texts in a list of their own, a merged range below."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in range(1, ROWS):
        sheet.append([f"编号{row}", f"内容{row % 100}", row % 3 == 0, None, row])
    sheet.merge_cells("B10:B12")
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream


def only_table(stream: io.BytesIO) -> Table:
    (table,) = open_workbook(stream, "清单.xlsx").tables
    return table


@pytest.mark.parametrize("made", [inline, shared])
def test_a_sheet_in_pieces_has_the_rows_of_the_whole(
    made: Callable[[], io.BytesIO], monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    stream = made()
    whole = only_table(stream)
    assert isinstance(whole, Sheet)
    expected, merges = list(whole.rows()), whole.merges
    request.getfixturevalue("short_pieces")
    stream.seek(0)

    pieces = only_table(stream)

    assert isinstance(pieces, LongSheet)
    assert pieces.merges == merges
    width = len(expected[0][1])
    padded = [(number, [*cells, *[""] * (width - len(cells))]) for number, cells in pieces.rows()]
    assert padded == expected
    assert list(pieces.rows()) == list(pieces.rows())


def rewritten(stream: io.BytesIO, change: Callable[[bytes], bytes]) -> io.BytesIO:
    """The same workbook with another text of its sheet."""
    out = io.BytesIO()
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name.startswith("xl/worksheets/") else content)
    out.seek(0)
    return out


@pytest.mark.usefixtures("short_pieces")
def test_a_sheet_that_breaks_in_the_middle_is_refused() -> None:
    broken = rewritten(inline(), lambda xml: xml.replace(b'<row r="1500"', b'<row r="1500', 1))

    with pytest.raises(FileRefused) as caught:
        list(only_table(broken).rows())

    assert caught.value.code == "file.incomplete"


@pytest.mark.usefixtures("short_pieces")
@pytest.mark.parametrize(
    "change",
    [
        lambda xml: xml.replace(b"<row r=", b'<row spans="1:9" r='),
        lambda xml: xml.replace(b"<sheetData>", b"<sheetData  >"),
    ],
)
def test_a_sheet_of_unknown_form_is_read_as_a_whole(change: Callable[[bytes], bytes]) -> None:
    stream = inline()
    assert isinstance(only_table(rewritten(stream, change)), Sheet)


@pytest.mark.usefixtures("short_pieces")
def test_rows_without_numbers_in_the_middle_are_refused_rather_than_misplaced() -> None:
    odd = rewritten(inline(), lambda xml: xml.replace(b'<row r="2000"', b"<row", 1))

    with pytest.raises(FileRefused):
        list(only_table(odd).rows())
