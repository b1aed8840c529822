"""The 62 dirty cases of exported files: what is stored, what goes to quarantine, and what is said.

Nos. 11, 12 and 13 (the same bytes twice, overlapping exports, a file replaced while it is read) need a
database and stand in `tests/huiying/test_dirty_files.py`; 1 and 9 are also tested with the watched folder.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from core.errors import FileRefused
from core.model import MessageRecord
from core.vocabulary import Precision
from tests.crawlers.imports.biff import xls_bytes
from tests.crawlers.imports.files import (
    HOTLINE,
    HOTLINE_HEADER,
    MAILBOX_HEADER,
    Reading,
    csv_bytes,
    hotline,
    hotline_record,
    letter,
    mailbox,
    one,
    order,
    read,
    workbook,
    workbook_bytes,
    xlsx_bytes,
)

GOOD = [MAILBOX_HEADER, letter()]
DAY = datetime(2026, 11, 2, 1, 32, 9)  # noqa: DTZ001 - a cell of a workbook knows no zone


def refused(raw: bytes) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read(raw)
    assert caught.value.mend, "a refusal says what to do"
    return caught.value


def counted(reading: Reading) -> tuple[int, int, int]:
    """Stored, quarantined, ignored; nothing else can become of a row."""
    counts = len(reading.accepted), len(reading.rejected), len(reading.ignored)
    assert sum(counts) == reading.opened.row_count
    return counts


def record(**changes: Any) -> MessageRecord:
    return one(**changes).record


def changed(change: Callable[[openpyxl.Workbook], object], *rows: list[Any]) -> Reading:
    book = workbook({"表1": [MAILBOX_HEADER, *(rows or (letter(),))]})
    change(book)
    return read(workbook_bytes(book))


@dataclass(frozen=True)
class Broken:
    """A file that is refused as a whole."""

    raw: Callable[[], bytes]
    code: str


def _zip(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le")
BROKEN = {
    "d01 half-written xlsx": Broken(lambda: xlsx_bytes(GOOD)[:1000], "file.incomplete"),
    "d02 nothing in it": Broken(lambda: b"", "file.empty"),
    "d03 password": Broken(lambda: ENCRYPTED, "file.encrypted"),
    "d10 several files in one zip": Broken(lambda: _zip({"a.csv": b"1"}), "file.not_workbook"),
    "d57 utf-8 read as gb18030 and saved": Broken(
        lambda: csv_bytes(GOOD).decode("gb18030", "ignore").encode(), "file.mojibake"
    ),
    "d60 cut inside a character": Broken(
        lambda: csv_bytes([MAILBOX_HEADER[:5], letter()[:5]], end="")[:-1], "file.incomplete"
    ),
    "d61 unclosed quote": Broken(
        lambda: csv_bytes([MAILBOX_HEADER, letter(留言详情='"没有闭合'), letter()]), "file.unclosed_quote"
    ),
    "d62 endless cell": Broken(
        lambda: csv_bytes([MAILBOX_HEADER, letter(留言详情="长" * (5 << 20))]), "file.cell_too_large"
    ),
}


@pytest.mark.parametrize("case", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_is_refused_with_its_reason(case: Broken) -> None:
    assert refused(case.raw()).code == case.code


READABLE = {
    "d04 html named xls": (
        "<html><table><tr>"
        + "".join(f"<th>{h}</th>" for h in MAILBOX_HEADER)
        + "</tr><tr>"
        + "".join(f"<td>{c}</td>" for c in letter())
        + "</tr></table></html>"
    ).encode(),
    "d05 xlsx named xls": xlsx_bytes(GOOD),
    "d07 tabs named xls": csv_bytes(GOOD, delimiter="\t"),
    "d56 gb18030 with a rare character": csv_bytes(
        [MAILBOX_HEADER, letter(留言详情="住户𠮷先生反映")], encoding="gb18030"
    ),
    "d58 utf-8 with a mark": csv_bytes(GOOD, encoding="utf-8-sig"),
    "d59 utf-16 with tabs": csv_bytes(GOOD, encoding="utf-16", delimiter="\t"),
    "d62 nul byte": csv_bytes([MAILBOX_HEADER, letter(留言详情="门口\0路灯")]),
}


@pytest.mark.parametrize("raw", READABLE.values(), ids=READABLE.keys())
def test_a_file_is_read_by_its_content_whatever_its_name(raw: bytes) -> None:
    reading = read(raw, name="导出.xls")
    assert counted(reading) == (1, 0, 0)
    assert reading.accepted[0].record.native_id == "M1"


def test_d06_a_true_xls_is_read_cell_by_cell() -> None:
    raw = xls_bytes([MAILBOX_HEADER, letter(), letter(留言编号=20260042.0, 留言时间=46328.5)])
    reading = read(raw, name="导出.xls")
    assert counted(reading) == (2, 0, 0)
    first, second = (one.record for one in reading.accepted)
    assert (first.native_id, first.title, first.body) == ("M1", "路灯不亮", "东街路灯三天不亮")
    assert second.native_id == "20260042", "a number of a BIFF cell is a float"
    assert second.received_at == datetime(2026, 11, 2, 4, tzinfo=UTC), "a serial day, at noon in Shanghai"


def test_d06_a_true_xls_is_told_by_its_head_and_a_broken_one_refused() -> None:
    assert refused(xls_bytes(GOOD)[:700]).code == "file.incomplete"
    assert refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)).code == "file.incomplete"


def test_d08_a_wrong_dimension_hides_no_rows() -> None:
    entries = {}
    with zipfile.ZipFile(io.BytesIO(xlsx_bytes([*GOOD, letter(留言编号="M2")]))) as archive:
        for name in archive.namelist():
            entries[name] = archive.read(name)
    sheet = entries["xl/worksheets/sheet1.xml"]
    assert b'<dimension ref="A1:G3"' in sheet
    entries["xl/worksheets/sheet1.xml"] = sheet.replace(b'ref="A1:G3"', b'ref="A1"')
    assert counted(read(_zip(entries))) == (2, 0, 0)


def test_d14_d15_d17_sheets_that_are_empty_of_another_wording_or_figures() -> None:
    other = ["信件编号", "来信人", "来信主题", "来信时间", "来信内容"]
    reading = read(
        xlsx_bytes(
            GOOD,
            [],
            [other, ["M2", "乙", "噪音", "2026-11-03 08:00:00", "夜里施工"]],
            [["区", "件数"], ["东", 3]],
        )
    )
    assert counted(reading) == (2, 0, 0)
    assert reading.opened.warnings == ["工作表“表4”不是清单，没有导入。"]


def test_d16_a_filtered_copy_has_the_numbers_of_the_first_sheet() -> None:
    reading = read(xlsx_bytes(GOOD, 剔除后=GOOD))
    assert len({(a.record.native_id, a.record.content_hash) for a in reading.accepted}) == 1


def test_d18_a_hidden_sheet_is_left_out_and_named() -> None:
    book = workbook({"表1": GOOD, "底稿": GOOD})
    book["底稿"].sheet_state = "hidden"
    reading = read(workbook_bytes(book))
    assert counted(reading) == (1, 0, 0)
    assert any("底稿" in warning for warning in reading.opened.warnings)


def test_d19_hidden_rows_are_imported() -> None:
    def hide(book: openpyxl.Workbook) -> None:
        book["表1"].row_dimensions[2].hidden = True

    assert counted(changed(hide)) == (1, 0, 0)


def test_d20_a_chart_sheet_does_no_harm() -> None:
    assert counted(changed(lambda book: book.create_chartsheet("图"))) == (1, 0, 0)


def test_d21_d22_title_and_date_rows_above_the_header() -> None:
    def merge(book: openpyxl.Workbook) -> None:
        book["表1"].insert_rows(1, 2)
        book["表1"]["A1"], book["表1"]["A2"] = "信件登记表", "2026年11月"
        book["表1"].merge_cells("A1:G1")

    assert counted(changed(merge)) == (1, 0, 0)


def test_d23_a_header_in_two_levels_joins_parent_and_child() -> None:
    top = ["工单编号", "来电时间", "诉求人信息", "", "诉求内容"]
    low = ["", "", "姓名", "电话", ""]
    book = workbook({"表1": [top, low, ["H1", "2026-11-02 09:00:00", "陈大文", "13800138000", "漏水"]]})
    book["表1"].merge_cells("C1:D1")
    reading = read(workbook_bytes(book), HOTLINE)
    assert reading.accepted[0].record.author_display == "陈**"


def test_d24_a_second_header_row_of_codes_is_dropped() -> None:
    codes = ["orderNum", "callTime", "title", "majorContent", "orgName", "content", "completeTime"]
    assert counted(hotline(HOTLINE_HEADER, codes, order())) == (1, 0, 0)


def test_d25_breaks_and_blanks_in_a_header() -> None:
    header = [
        "留言 编号",
        "留言\n用户",
        "留言主题*",
        "留言时间（必填）",
        "留言详情：",
        "答复意见",
        "答复时间",
    ]
    assert counted(read(xlsx_bytes([header, letter()]))) == (1, 0, 0)


def test_d26_d27_overwritten_and_blank_headers_keep_their_cells() -> None:
    reading = read(xlsx_bytes([[*MAILBOX_HEADER, 3.0, ""], [*letter(), "甲", "乙"]]))
    assert reading.accepted[0].record.extra == {"列8": "甲", "列9": "乙"}
    assert "表头中有 2 列没有名称，内容存入其他信息。" in reading.opened.warnings


def test_d28_two_equal_headers_take_the_first_filled() -> None:
    reading = read(xlsx_bytes([[*MAILBOX_HEADER, "留言详情"], [*letter(留言详情=""), "第二列的正文"]]))
    assert reading.accepted[0].record.body == "第二列的正文"
    assert any("含义相同" in warning for warning in reading.opened.warnings)


def test_d29_any_order_of_columns_and_new_ones() -> None:
    header, row = [*reversed(MAILBOX_HEADER), "新列"], [*reversed(letter()), "新"]
    (accepted,) = read(xlsx_bytes([header, row])).accepted
    assert (accepted.record.native_id, accepted.record.extra) == ("M1", {"新列": "新"})


def test_d30_d31_d32_totals_repeated_headers_and_blank_rows() -> None:
    rows = [letter(), [None] * 7, MAILBOX_HEADER, letter(留言编号="M2"), ["合计", "2件"], ["制表人：王"]]
    assert counted(mailbox(*rows)) == (2, 0, 3)


def test_d33_a_merged_cell_fills_its_own_range_only() -> None:
    rows = [letter(留言编号=f"M{n}", 留言主题="" if n else "噪音") for n in range(3)]

    def merge(book: openpyxl.Workbook) -> None:
        book["表1"].merge_cells("C2:C3")

    titles = [a.record.title for a in changed(merge, *rows).accepted]
    assert titles == ["噪音", "噪音", "东街路灯三天不亮"]


def test_d34_the_same_number_twice_gives_both_in_order() -> None:
    reading = mailbox(letter(), letter(留言详情="又不亮了"))
    assert [a.record.body for a in reading.accepted] == ["东街路灯三天不亮", "又不亮了"]


def test_d35_a_number_with_a_suffix_is_part_of_an_order() -> None:
    assert hotline_record(工单编号="250331170700109-01").extra["parent_no"] == "250331170700109"


def test_d36_a_row_without_a_number_is_flagged() -> None:
    assert record(留言编号="").native_id_is_derived


def test_d37_an_identity_number_stored_as_a_number_is_lost_and_never_repaired() -> None:
    assert hotline_record(身份证号=440301199001011264).extra["身份证号"] == "已损坏"


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param(13800138000.0, id="d38 a number"),
        pytest.param("'13800138000", id="d39 an apostrophe"),
        pytest.param("13800138000\t", id="d39 a tab"),
        pytest.param("+86 138-0013-8000", id="d40 groups"),
        pytest.param("138 0013 8000", id="d40 blanks"),
        pytest.param("１３８００１３８０００", id="d40 wide digits"),
    ],
)
def test_a_telephone_number_is_the_same_however_it_is_written(cell: Any) -> None:
    plain = hotline_record(来电人="陈先生", 联系电话="13800138000")
    assert hotline_record(来电人="陈先生", 联系电话=cell).author_hash == plain.author_hash


def test_d39_a_formula_around_a_number_is_unwrapped() -> None:
    header, row = [*HOTLINE_HEADER, "联系电话"], [*order(), '="13800138000"']
    (accepted,) = read(csv_bytes([header, row]), HOTLINE).accepted
    assert accepted.record.extra["联系电话"] == "138****8000"


def test_d40_two_numbers_in_one_cell_are_both_masked() -> None:
    header = [*HOTLINE_HEADER, "联系电话", "手机号"]
    (accepted,) = hotline(header, [*order(), "", "13800138000/13900139000"]).accepted
    assert "138" not in str(accepted.record.body)
    assert accepted.record.extra["手机号"] == "138****8000、139****9000"


@pytest.mark.parametrize(
    ("cell", "at", "precision"),
    [
        (46328.5, "2026-11-02T04:00:00+00:00", Precision.SECOND),
        ("2026-11-02 09:32:09", "2026-11-02T01:32:09+00:00", Precision.SECOND),
        (datetime(2026, 11, 2, 9, 32, 9), "2026-11-02T01:32:09+00:00", Precision.SECOND),  # noqa: DTZ001
        (date(2026, 11, 2), "2026-11-01T16:00:00+00:00", Precision.DAY),
    ],
    ids=["d41 a serial", "d43 text", "d43 a datetime", "d44 a date"],
)
def test_a_time_is_read_from_each_form_of_cell(cell: Any, at: str, precision: Precision) -> None:
    got = record(留言时间=cell, 答复意见="", 答复时间="")
    if isinstance(cell, date) and not isinstance(cell, datetime):
        assert got.received_at.isoformat() == at
        return
    assert (got.received_at.isoformat(), got.received_precision) == (at, precision)


def test_d42_a_workbook_of_the_1904_system_is_converted() -> None:
    def epoch(book: openpyxl.Workbook) -> None:
        book.epoch = CALENDAR_MAC_1904

    row = letter(留言时间=datetime(2026, 11, 2, 9, 32, 9), 答复意见="", 答复时间="")  # noqa: DTZ001
    (accepted,) = changed(epoch, row).accepted
    assert accepted.record.received_at.isoformat() == "2026-11-02T01:32:09+00:00"


def test_d45_month_first_is_read_where_the_column_proves_it_and_else_quarantined() -> None:
    proven = mailbox(letter(留言时间="10/16/2026"), letter(留言编号="M2", 留言时间="10/12/2026"))
    assert counted(proven) == (2, 0, 0)
    unproven = mailbox(letter(留言时间="10/11/2026"))
    assert counted(unproven) == (0, 1, 0)
    assert unproven.rejected[0].column == "留言时间"


def test_d46_d47_formulas_without_a_value_and_errors_are_missing() -> None:
    assert record(留言主题="=A1&B1").title == "东街路灯三天不亮"
    assert record(留言主题="#N/A").title == "东街路灯三天不亮"


def test_d48_an_escaped_return_is_a_line_break() -> None:
    assert (
        read(csv_bytes([MAILBOX_HEADER, letter(留言详情="上_x000D_下")])).accepted[0].record.body == "上\n下"
    )


@pytest.mark.parametrize(
    "cell", [timedelta(days=2, hours=3), time(18, 0)], ids=["a duration", "a time of day"]
)
def test_d49_a_duration_is_a_time_only_where_limits_stand(cell: Any) -> None:
    assert counted(mailbox(letter(留言时间=cell)))[1] == 1
    assert (
        "办理时限看不懂，按原文保存。"
        in hotline([*HOTLINE_HEADER, "办理时限"], [*order(), cell]).accepted[0].warnings
    )


@pytest.mark.parametrize("text", ["=1+1", "+8楼漏水", "-2层积水", "@物业"])
def test_d50_text_like_a_formula_stays_text(text: str) -> None:
    assert read(csv_bytes([MAILBOX_HEADER, letter(留言详情=text)])).accepted[0].record.body == text


def test_d51_a_secret_caller_has_no_name_and_a_polite_form_is_shown() -> None:
    hidden = hotline_record(来电人="保密", 联系电话="13800138000")
    assert (hidden.author_display, hidden.author_hash, hidden.extra["secret"]) == ("", None, "是")
    assert hotline_record(来电人="陈先生").author_display == "陈先生"


@pytest.mark.parametrize("path", ["城建->道路->路灯", "城建/道路/路灯", "城建-道路-路灯"])
def test_d52_a_category_path_is_split(path: str) -> None:
    assert hotline_record(问题分类=path).category == "城建/道路/路灯"


@pytest.mark.parametrize("text", ["3.5%", "1,024", "壹"])
def test_d53_a_number_in_words_keeps_its_text(text: str) -> None:
    assert hotline_record(涉及金额=text).extra["涉及金额"] == text


@pytest.mark.parametrize(
    ("cell", "kept"), [("√", "是"), ("×", "否"), (1, "是"), (0, "否"), ("基本满意", "基本满意")]
)
def test_d54_a_switch_is_yes_no_or_its_own_words(cell: Any, kept: str) -> None:
    assert hotline_record(是否满意=cell).extra["是否满意"] == kept


def test_d55_rare_characters_emoji_and_private_glyphs_are_kept() -> None:
    assert record(留言详情="𠮷祥路😀\ue863").body == "𠮷祥路😀\ue863"
