"""Whole files: what is refused before any row is given, and what a file says about itself."""

from __future__ import annotations

import contextlib
import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from core.errors import FileRefused, InvalidInput
from core.vocabulary import Channel, ImportKind
from crawlers.imports.mapping import Mapping
from crawlers.imports.opening import open_file
from tests.crawlers.imports.files import (
    HOTLINE_HEADER,
    MAILBOX_HEADER,
    WEIBO_HEADER,
    context,
    csv_bytes,
    letter,
    order,
    read,
    workbook,
    workbook_bytes,
    xlsx_bytes,
)

ROWS = [MAILBOX_HEADER, letter(), letter(留言编号="M2")]


def refusal(raw: bytes, name: str = "导出.xlsx", kind: ImportKind = ImportKind.MAILBOX) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read(raw, kind, name=name)
    assert caught.value.message.endswith("。")
    assert caught.value.mend.endswith("。")
    assert caught.value.file == name
    return caught.value


def zip_of(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "file.empty"),
        (b"\r\n\r\n", "file.empty"),
        (xlsx_bytes([]), "file.empty"),
        (zip_of({"甲.txt": b"1"}), "file.not_workbook"),
        (xlsx_bytes(ROWS)[:2000], "file.incomplete"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "file.incomplete"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
            "file.encrypted",
        ),
        (xlsx_bytes([["甲", "乙", "丙"], [1, 2, 3]]), "file.no_header"),
        (csv_bytes([["甲", "乙", "丙"], [1, 2, 3]]), "file.no_header"),
        (csv_bytes(ROWS).decode().encode("utf-8").decode("gb18030", "ignore").encode(), "file.mojibake"),
        (csv_bytes(ROWS).decode("latin-1").encode(), "file.mojibake"),
    ],
    ids=[
        "empty",
        "blank lines",
        "empty sheet",
        "zip without workbook",
        "half-written workbook",
        "broken old workbook",
        "password",
        "workbook without header",
        "text without header",
        "utf-8 read as gb18030 and saved",
        "utf-8 read as latin-1 and saved",
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_reason(raw: bytes, code: str) -> None:
    assert refusal(raw).code == code


def test_mojibake_is_called_by_its_name() -> None:
    raw = csv_bytes(ROWS).decode("gb18030", "ignore").encode()
    assert "乱码" in refusal(raw).message


@pytest.mark.parametrize(
    ("broken", "code", "line"),
    [
        (csv_bytes(ROWS)[:-30], "file.incomplete", ""),
        (csv_bytes(ROWS) + "M3,市民乙,噪声,2026/11/2".encode(), "file.incomplete", ""),
        (csv_bytes(ROWS) + "M3,市".encode()[:-1], "file.incomplete", "第 4 行"),
        (csv_bytes(ROWS, encoding="gb18030") + "M3,市".encode("gb18030")[:-1], "file.incomplete", "第 4 行"),
        (csv_bytes([*ROWS, letter(留言主题='"噪声')]), "file.unclosed_quote", "第 4 行"),
        (csv_bytes([*ROWS, letter(留言主题='"噪"声"'), letter()]), "file.unclosed_quote", "第 4 行"),
    ],
    ids=[
        "cut in a cell",
        "cut in a row",
        "cut in a character",
        "the same in gb18030",
        "open quote",
        "bad quote",
    ],
)
def test_a_broken_text_file_is_refused_as_a_whole(broken: bytes, code: str, line: str) -> None:
    error = refusal(broken, "导出.csv")
    assert error.code == code
    assert line in error.message


def test_a_last_row_without_line_end_is_no_cut() -> None:
    assert len(read(csv_bytes(ROWS).rstrip()).accepted) == 2


def test_short_rows_throughout_are_no_cut() -> None:
    short = letter()[:5]
    assert len(read(csv_bytes([MAILBOX_HEADER, short, short]).rstrip()).accepted) == 2


@pytest.mark.parametrize(
    ("encoding", "delimiter", "reported"),
    [
        ("utf-8", ",", "utf-8"),
        ("utf-8-sig", ",", "utf-8-sig"),
        ("gb18030", ",", "gb18030"),
        ("utf-16", "\t", "utf-16"),
        ("utf-8", ";", "utf-8"),
        ("gb18030", "\t", "gb18030"),
    ],
)
def test_encoding_and_delimiter_are_found(encoding: str, delimiter: str, reported: str) -> None:
    rows = [MAILBOX_HEADER, letter(留言主题="𠮷字路牌")]
    reading = read(csv_bytes(rows, encoding=encoding, delimiter=delimiter), name="导出.xls")
    assert reading.opened.encoding == reported
    assert reading.accepted[0].record.title == "𠮷字路牌"


def test_a_nul_byte_is_dropped() -> None:
    raw = csv_bytes([MAILBOX_HEADER, letter(留言主题="路\0灯")])
    assert read(raw).accepted[0].record.title == "路灯"


def test_an_html_table_under_the_name_of_a_workbook_is_read() -> None:
    cells = "".join(f"<td>{cell}</td>" for cell in letter(留言详情="东街<br>路灯"))
    head = "".join(f"<th>{header}</th>" for header in MAILBOX_HEADER)
    page = f"<html><meta charset=gb2312><table><tr>{head}</tr><tr>{cells}</tr></table></html>"
    reading = read(page.encode("gb18030"), name="导出.xls")
    assert reading.opened.encoding == "gb18030"
    assert reading.accepted[0].record.body == "东街\n路灯"


def test_a_workbook_under_a_wrong_name_is_read() -> None:
    assert len(read(xlsx_bytes(ROWS), name="导出.csv").accepted) == 2


def test_a_file_says_its_columns_its_rows_and_what_it_did_not_understand() -> None:
    rows = [[*MAILBOX_HEADER, "点赞数"], [*letter(), 3]]
    opened = read(xlsx_bytes(rows)).opened
    assert opened.columns["order_no"] == "留言编号"
    assert opened.columns["reply"] == "答复意见"
    assert opened.unmapped == ["点赞数"]
    assert opened.row_count == 1


def test_hidden_and_other_sheets_are_left_out_with_a_warning() -> None:
    book = workbook({"清单": ROWS, "备份": ROWS, "统计": [["月份", "件数"], ["11月", 5]], "空": []})
    book["备份"].sheet_state = "hidden"
    reading = read(workbook_bytes(book))
    assert len(reading.outcomes) == 2
    assert any("备份" in warning for warning in reading.opened.warnings)
    assert any("统计" in warning for warning in reading.opened.warnings)
    assert len(reading.opened.warnings) == 2


def test_a_table_of_figures_that_names_known_columns_is_no_list() -> None:
    figures: list[list[Any]] = [["一级分类", "承办单位", "办结时间", "件数"], ["城建", "住建局", "11月", 5]]
    reading = read(workbook_bytes(workbook({"清单": ROWS, "统计": figures})))
    assert [one.sheet for one in reading.outcomes] == ["清单", "清单"]


def test_every_sheet_has_its_own_header_and_positions_run_on() -> None:
    second = [["表二"], [], ["信件编号", "信件标题", "来信时间"], ["B1", "噪声", "2026-11-03"]]
    reading = read(xlsx_bytes(ROWS, second))
    assert [(one.position, one.sheet, one.row) for one in reading.outcomes] == [
        (1, "表1", 2),
        (2, "表1", 3),
        (3, "表2", 4),
    ]


@pytest.mark.parametrize("raw", [csv_bytes(ROWS), xlsx_bytes(ROWS)], ids=["csv", "xlsx"])
def test_reading_goes_on_after_a_position_and_is_the_same_every_time(raw: bytes) -> None:
    with open_file(io.BytesIO(raw), "导出", ImportKind.MAILBOX, context()) as opened:
        whole = list(opened.rows())
        assert list(opened.rows(after=1)) == whole[1:]
        assert list(opened.rows(after=2)) == []
        assert list(opened.rows()) == whole


def test_the_stream_stays_the_callers() -> None:
    stream = io.BytesIO(csv_bytes(ROWS))
    with open_file(stream, "导出.csv", ImportKind.MAILBOX, context()) as opened:
        next(opened.rows())
    assert not stream.closed


def test_a_mapping_names_the_column_the_dictionary_does_not_know() -> None:
    raw = csv_bytes([["号", "何时", "何事"], ["7", "12/03/2026", "路灯"], ["8", "11/03/2026", "噪声"]])
    mapping = Mapping({"order_no": "号", "created_at": "何时", "body": "何事"}, True, Channel.MESSAGE_BOARD)
    reading = read(raw, mapping=mapping)
    assert reading.accepted[0].record.native_id == "8"
    assert reading.accepted[0].record.channel is Channel.MESSAGE_BOARD
    assert reading.rejected[0].reason == "“何时”晚于导入时间。"


def test_a_mapping_with_a_header_the_file_lacks_names_the_headers_it_has() -> None:
    with pytest.raises(FileRefused, match="留言主题") as caught:
        read(csv_bytes(ROWS), mapping=Mapping({"section": "办理科室"}))
    assert caught.value.code == "mapping.unknown_header"


def test_a_mapping_with_an_unknown_field_names_the_known_ones() -> None:
    with pytest.raises(InvalidInput, match="created_at"):
        read(csv_bytes(ROWS), mapping=Mapping({"sent": "留言时间"}))


def test_an_entry_of_zeros_is_refused_before_it_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "导出.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as member:
            member.write(b"<worksheet><c>")
            for _ in range(400):
                member.write(bytes(1 << 20))
    assert path.stat().st_size < 4 << 20
    with path.open("rb") as stream:
        assert _peak_of_refusal(stream, "file.cell_too_large") < 64 << 20


def test_a_bomb_of_tags_is_refused_by_its_ratio(tmp_path: Path) -> None:
    path = tmp_path / "导出.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"<c/>" * (20 << 20))
    with path.open("rb") as stream:
        assert _peak_of_refusal(stream, "file.too_large") < 64 << 20


def test_a_zip_of_very_many_entries_is_refused() -> None:
    members = {f"xl/{n}.xml": b"" for n in range(5000)} | {"xl/workbook.xml": b"<workbook/>"}
    assert refusal(zip_of(members)).code == "file.too_large"


@pytest.mark.parametrize("quote", ["", '"'], ids=["one endless line", "one endless quoted cell"])
def test_a_giant_text_cell_is_refused_without_holding_it(tmp_path: Path, quote: str) -> None:
    path = tmp_path / "导出.csv"
    line = "路灯坏了" * 1000 + ("\n" if quote else "")
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(MAILBOX_HEADER) + "\n" + f"M1,甲,题,2026/11/2 9:32:09,{quote}")
        for _ in range(6000):
            file.write(line)
    assert path.stat().st_size > 64 << 20
    with path.open("rb") as stream:
        assert _peak_of_refusal(stream, "file.cell_too_large") < 96 << 20


def _peak_of_refusal(stream: io.BufferedReader, code: str) -> int:
    """Bytes of Python memory at the worst moment of a reading that ends in a refusal."""
    tracemalloc.start()
    try:
        with pytest.raises(FileRefused) as caught:
            open_file(stream, "导出", ImportKind.MAILBOX, context())
        assert caught.value.code == code
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _damaged_copies(raw: bytes) -> Iterator[bytes]:
    for at in range(0, len(raw), max(len(raw) // 60, 1)):
        yield raw[:at]
        yield raw[:at] + b"\xff\x00" + raw[at + 2 :]


@pytest.mark.parametrize("raw", [xlsx_bytes(ROWS), csv_bytes(ROWS, encoding="gb18030")], ids=["xlsx", "csv"])
def test_a_damaged_file_is_refused_or_read_but_never_crashes(raw: bytes) -> None:
    for damaged in _damaged_copies(raw):
        with contextlib.suppress(FileRefused):
            read(damaged)


@pytest.mark.parametrize(
    ("kind", "header", "row"),
    [
        (ImportKind.HOTLINE_12345, HOTLINE_HEADER, order()),
        (
            ImportKind.WEIBO_EXPORT,
            WEIBO_HEADER,
            ["5", "RsdFAaTwX", "77", "昵称", "正文", 1, "2026-11-20 09:15"],
        ),
    ],
)
def test_every_kind_knows_its_own_header(kind: ImportKind, header: list[str], row: list[object]) -> None:
    assert len(read(csv_bytes([header, row]), kind).accepted) == 1


def test_a_chart_beside_the_list_does_no_harm() -> None:
    book = workbook({"清单": ROWS})
    book.create_chartsheet("图")
    assert isinstance(book, openpyxl.Workbook)
    assert len(read(workbook_bytes(book)).accepted) == 2
