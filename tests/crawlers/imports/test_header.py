"""Headers, totals, merged cells: what surrounds the rows of a list."""

from __future__ import annotations

from typing import Any

from tests.crawlers.imports.files import (
    HOTLINE,
    HOTLINE_HEADER,
    MAILBOX_HEADER,
    csv_bytes,
    letter,
    mailbox,
    order,
    read,
    workbook,
    workbook_bytes,
    xlsx_bytes,
)


def test_totals_repeated_headers_and_blank_rows_are_no_messages() -> None:
    reading = mailbox(
        letter(),
        [],
        MAILBOX_HEADER,
        letter(留言编号="M2"),
        ["合计", None, 2],
        ["制表人:张三"],
        ["统计时间:2026-11-20"],
    )
    assert [(row.row, row.reason) for row in reading.ignored] == [
        (4, "重复的表头"),
        (6, "合计或制表信息"),
        (7, "合计或制表信息"),
        (8, "合计或制表信息"),
    ]
    assert [row.row for row in reading.accepted] == [2, 5]
    assert not reading.rejected
    assert [row.position for row in reading.outcomes] == [1, 2, 3, 4, 5, 6]


def test_a_footer_cut_from_its_columns_is_no_broken_file() -> None:
    raw = csv_bytes([MAILBOX_HEADER, letter()]) + "合计,1".encode()
    assert len(read(raw).accepted) == 1


def test_a_title_row_above_the_header_is_passed_over() -> None:
    reading = read(xlsx_bytes([["某市信箱11月来信"], ["2026-11-20"], MAILBOX_HEADER, letter()]))
    assert reading.accepted[0].row == 4


def test_a_header_with_breaks_brackets_and_stars_is_known() -> None:
    header = ["留言\n编号*", "留言用户(实名)", "留言 主题", "留言时间:", "留言详情", "答复意见", "答复时间"]
    assert read(xlsx_bytes([header, letter()])).accepted[0].record.native_id == "M1"


def test_a_second_header_row_of_codes_is_passed_over() -> None:
    codes = ["letterNo", "userName", "subject", "createTime", "content", "replyText", "replyTime"]
    reading = mailbox(codes, letter())
    assert [row.row for row in reading.outcomes] == [3]


def test_unnamed_and_overwritten_headers_keep_their_cells() -> None:
    reading = read(xlsx_bytes([[*MAILBOX_HEADER, None, 3.0], [*letter(), "甲", "乙"]]))
    assert reading.accepted[0].record.extra == {"列8": "甲", "列9": "乙"}
    assert any("没有名称" in warning for warning in reading.opened.warnings)


def test_two_equal_headers_give_the_first_filled_cell_and_a_warning() -> None:
    reading = read(xlsx_bytes([[*MAILBOX_HEADER, "留言主题"], [*letter(留言主题=None), "后一列"]]))
    assert reading.accepted[0].record.title == "后一列"
    assert any("留言主题" in warning for warning in reading.opened.warnings)


def test_a_header_in_two_levels_joins_group_and_name() -> None:
    rows: list[list[Any]] = [
        ["工单编号", "来电时间", "诉求人信息", None, "诉求内容", "被投诉人信息", None],
        [None, None, "姓名", "联系电话", None, "姓名", "地址"],
        ["H1", "2026-11-02 09:15:32", "陈小明", "13800138000", "漏水", "某公司", "南街3号"],
    ]
    book = workbook({"清单": rows})
    for merged in ("A1:A2", "B1:B2", "C1:D1", "E1:E2", "F1:G1"):
        book["清单"].merge_cells(merged)
    reading = read(workbook_bytes(book), HOTLINE)
    (accepted,) = reading.accepted
    assert accepted.row == 3
    assert accepted.record.author_display == "陈**"
    assert accepted.record.extra["诉求人信息联系电话"] == "138****8000"
    assert accepted.record.extra["被投诉人信息姓名"] == "某公司"


def test_a_cell_merged_over_rows_belongs_to_each_of_them() -> None:
    book = workbook(
        {"清单": [HOTLINE_HEADER, order(), order(工单编号="H2", 承办单位=None), order(工单编号="H3")]}
    )
    book["清单"]["E4"] = None
    book["清单"].merge_cells("E2:E3")
    records = [row.record for row in read(workbook_bytes(book), HOTLINE).accepted]
    assert [record.section for record in records] == ["水务局", "水务局", ""]


def test_hidden_rows_are_imported() -> None:
    book = workbook({"清单": [MAILBOX_HEADER, letter(), letter(留言编号="M2")]})
    book["清单"].row_dimensions[2].hidden = True
    assert len(read(workbook_bytes(book)).accepted) == 2


def test_cells_beyond_the_header_are_kept_with_a_warning() -> None:
    (accepted,) = read(csv_bytes([MAILBOX_HEADER, [*letter(), "多出来的"]])).accepted
    assert accepted.record.extra == {"列8": "多出来的"}
    assert accepted.warnings == ("本行的列数多于表头。",)
