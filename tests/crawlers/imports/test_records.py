"""Rows: what becomes of each dirty cell."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.clock import iso
from core.model import MessageRecord
from core.redact import Redactor
from core.vocabulary import Channel, ImportKind, Precision
from crawlers.imports.opening import open_file
from crawlers.imports.records import Skip
from crawlers.imports.times import Refusal
from tests.crawlers.imports.files import (
    HOTLINE,
    HOTLINE_HEADER,
    MAILBOX_HEADER,
    WEIBO_HEADER,
    context,
    csv_bytes,
    hotline_record,
    letter,
    mailbox,
    one,
    read,
    xlsx_bytes,
)


def test_a_letter_becomes_a_record() -> None:
    record = one().record
    assert record.channel is Channel.LEADER_MAILBOX
    assert (record.native_id, record.native_id_is_derived) == ("M1", False)
    assert (record.title, record.body) == ("路灯不亮", "东街路灯三天不亮")
    assert iso(record.received_at) == "2026-11-02T09:32:09+08:00"
    assert (record.received_precision, record.received_from) == (Precision.SECOND, "created_at")
    (reply,) = record.replies
    assert (reply.text, iso(reply.at)) == ("已修复", "2026-11-05T08:00:00+08:00")


@pytest.mark.parametrize(
    ("cell", "native_id"),
    [
        (188006.0, "188006"),
        (188006, "188006"),
        ("'188006", "188006"),
        ("188006\t", "188006"),
        (" H-1 ", "H-1"),
        ("4575232118233564", "4575232118233564"),
    ],
)
def test_a_number_is_text_as_a_person_sees_it(cell: Any, native_id: str) -> None:
    assert one(留言编号=cell).record.native_id == native_id


def test_a_number_wrapped_as_a_formula_is_unwrapped() -> None:
    raw = csv_bytes([MAILBOX_HEADER, letter(留言编号='="0188006"')])
    assert read(raw).accepted[0].record.native_id == "0188006"


@pytest.mark.parametrize("cell", [250331170700109001, 2.50331170700109e17, "2.50331E+17", "9" * 300])
def test_a_damaged_number_is_never_used(cell: Any) -> None:
    accepted = one(留言编号=cell)
    assert accepted.record.native_id_is_derived
    assert "留言编号" in accepted.warnings[0]


def test_a_row_without_a_number_is_known_by_its_content() -> None:
    same, again, other = mailbox(
        letter(留言编号=None), letter(留言编号=""), letter(留言编号=None, 留言详情="西街")
    ).accepted
    assert same.record.native_id_is_derived
    assert same.record.native_id == again.record.native_id != other.record.native_id


@pytest.mark.parametrize("missing", ["", "-", "--", "/", "无", "NULL", "None", "N/A", "#N/A", "1900-01-00"])
def test_a_missing_marker_is_an_empty_cell(missing: str) -> None:
    assert one(留言主题=missing, 答复意见=missing).record.replies == ()


def test_a_message_without_a_title_is_called_by_its_beginning() -> None:
    assert one(留言主题=None, 留言详情="一" * 60).record.title == "一" * 40


def test_bodies_lose_their_dirt_only() -> None:
    record = one(留言详情="\n\t\t\t\n\t\t东街\u3000\u3000路灯<br>不亮_x000D_\n三天\u200b").record
    assert record.body == "东街 路灯\n不亮\n三天"


def test_text_like_a_formula_stays_text() -> None:
    body = "+86不能打,-3度停暖,@物业无人"
    raw = csv_bytes([MAILBOX_HEADER, letter(留言详情=body.replace(",", "、"))])
    assert read(raw).accepted[0].record.body == body.replace(",", "、")


def test_personal_data_never_reaches_the_record() -> None:
    record = one(留言用户="陈小明", 留言详情="我叫陈小明,电话13800138000", 答复意见="已电13800138000").record
    assert record.author_display == "陈**"
    assert record.author_hash == Redactor(b"a key of the tests").search_key("陈小明")
    assert "13800138000" not in repr(record)
    assert "小明" not in repr(record)


def test_a_persons_columns_are_masked_each_by_its_kind() -> None:
    record = hotline_record(
        诉求人="陈小明",
        联系电话=13800138000.0,
        证件号码="44152219900307512X",
        事发地址="南街12号3栋",
        备注="回电13912345678",
    )
    assert record.author_display == "陈**"
    assert record.author_hash == Redactor(b"a key of the tests").search_key("13800138000")
    assert record.extra["联系电话"] == "138****8000"
    assert record.extra["证件号码"] == "4415**********512X"
    assert record.extra["事发地址"] == "南街**号**栋"
    assert record.extra["备注"] == "回电139****5678"


def test_an_identity_number_stored_as_a_number_is_damaged_for_good() -> None:
    assert hotline_record(证件号码=440301199001011264).extra["证件号码"] == "已损坏"


@pytest.mark.parametrize(
    "cells",
    [{"是否保密": "是"}, {"诉求人": "保密"}, {"是否保密": "√", "诉求人": "陈小明"}, {"是否保密": True}],
)
def test_a_secret_row_says_nothing_about_its_person(cells: dict[str, Any]) -> None:
    record = hotline_record(**cells, 联系电话="13800138000", 事发地址="南街12号", 诉求类型="举报")
    assert (record.author_display, record.author_hash) == ("", None)
    assert record.extra["secret"] == "是"
    assert "联系电话" not in record.extra
    assert "事发地址" not in record.extra
    assert record.kind_src == "举报"


def test_a_polite_form_is_shown_and_is_nobody_in_particular() -> None:
    record = hotline_record(诉求人="陈先生")
    assert (record.author_display, record.author_hash) == ("陈先生", None)


def test_levels_and_places_of_several_columns_are_joined() -> None:
    record = hotline_record(一级分类="城建", 二级分类="供水->漏水", 被反映区="东区", 镇街="南街道")
    assert record.category == "城建/供水/漏水"
    assert record.area == "东区南街道"


@pytest.mark.parametrize(("cell", "kept"), [("√", "是"), ("0", "否"), (True, "是"), ("基本解决", "基本解决")])
def test_a_switch_says_yes_no_or_its_own_words(cell: Any, kept: str) -> None:
    assert hotline_record(是否解决=cell).extra["是否解决"] == kept


def test_a_weibo_post_keeps_its_number_address_and_counts() -> None:
    row = ["5367257342596743", "RsdFAaTwX", "77", "小城昵称", "东街路灯不亮" * 10, 12, "2026-11-20 09:15"]
    (accepted,) = read(csv_bytes([WEIBO_HEADER, row]), ImportKind.WEIBO_EXPORT).accepted
    record = accepted.record
    assert record.channel is Channel.WEIBO
    assert record.native_id == "5367257342596743"
    assert record.url == "https://weibo.com/77/RsdFAaTwX"
    assert record.title == record.body[:40]
    assert record.received_precision is Precision.MINUTE
    assert record.author_display == "小**"
    assert record.extra["转发数"] == "12"


def test_a_post_number_stored_as_a_number_is_read_from_its_bid() -> None:
    row = [5367257342596740, "RsdFAaTwX", "77", "昵称", "正文", 0, "2026-11-20 09:15"]
    (accepted,) = read(xlsx_bytes([WEIBO_HEADER, row]), ImportKind.WEIBO_EXPORT).accepted
    assert (accepted.record.native_id, accepted.record.native_id_is_derived) == ("5367257342596743", False)


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(alphabet=st.characters(codec="utf-8"), max_size=30),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.timedeltas(),
    st.sampled_from(["2026/11/2 9:32:09", "13800138000", "合计", "#N/A", '="1"', "'", "=", "保密", "1e400"]),
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(CELLS, min_size=0, max_size=16))
def test_no_cell_ever_makes_a_row_fail(cells: list[Any]) -> None:
    header = [*HOTLINE_HEADER, "派单时间", "办理时限", "诉求人", "联系电话", "证件号码", "是否解决"]
    opened = open_file(io.BytesIO(csv_bytes([header])), "导出.csv", HOTLINE, context())
    (part,) = opened.parts
    assert isinstance(part.reader.read(list(cells), []), (MessageRecord, Refusal, Skip))
