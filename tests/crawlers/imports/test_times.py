"""When a row was received and answered, and which rows go to quarantine."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from core.clock import iso
from core.vocabulary import Precision
from crawlers.imports.opening import Rejected
from tests.crawlers.imports.files import (
    HOTLINE_HEADER,
    MAILBOX_HEADER,
    csv_bytes,
    hotline,
    hotline_record,
    letter,
    mailbox,
    one,
    order,
    read,
    rejected,
    xlsx_bytes,
)


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"留言时间": None}, "留言时间"),
        ({"留言时间": "-"}, "留言时间"),
        ({"留言时间": "2026-13-40"}, "留言时间"),
        ({"留言时间": "昨天"}, "留言时间"),
        ({"留言时间": "2026-11-23 09:00:01"}, "留言时间"),
        ({"留言时间": "=A2+1"}, "留言时间"),
        ({"留言时间": "1900-01-01"}, "留言时间"),
        ({"答复时间": "2026/11/2 9:32:08"}, "答复时间"),
        ({"答复时间": "2026-11-01"}, "答复时间"),
    ],
    ids=[
        "missing",
        "marked as missing",
        "no day of the calendar",
        "a word",
        "in the future",
        "formula without a stored value",
        "a spreadsheet's zero",
        "reply one second before its message",
        "reply on the day before",
    ],
)
def test_a_row_that_cannot_be_timed_goes_to_quarantine(changes: dict[str, Any], column: str) -> None:
    row = rejected(**changes)
    assert row.column == column
    assert row.reason.endswith("。")
    assert row.headers == tuple(MAILBOX_HEADER)
    assert row.cells[0] == "M1"
    assert row.row == 2


def test_the_quarantine_keeps_the_row_as_it_was() -> None:
    row = rejected(留言时间="2026-13-40", 留言详情="  请打13800138000  ")
    assert row.cells[3:5] == ("2026-13-40", "  请打13800138000  ")


def test_a_row_received_this_very_second_is_accepted() -> None:
    assert iso(one(留言时间="2026-11-23 09:00:00", 答复时间=None).record.received_at) is not None


def test_a_date_only_reply_on_the_same_day_counts_from_receipt() -> None:
    (reply,) = one(答复时间="2026/11/2").record.replies
    assert (iso(reply.at), reply.precision) == ("2026-11-02T09:32:09+08:00", Precision.DAY)


def test_a_date_only_reply_on_a_later_day_counts_from_midnight() -> None:
    (reply,) = one(答复时间=date(2026, 11, 3)).record.replies
    assert (iso(reply.at), reply.precision) == ("2026-11-03T00:00:00+08:00", Precision.DAY)


def test_a_reply_in_the_same_minute_is_not_before_its_message() -> None:
    (reply,) = one(答复时间="2026-11-02 09:32").record.replies
    assert iso(reply.at) == "2026-11-02T09:32:09+08:00"


@pytest.mark.parametrize("time", ["不详", "2027-01-01 08:00:00"])
def test_a_reply_with_an_impossible_time_is_kept_without_one(time: str) -> None:
    accepted = one(答复时间=time)
    assert accepted.record.replies[0].at is None
    assert len(accepted.warnings) == 1


def test_a_reply_without_a_time_has_none_and_no_warning() -> None:
    accepted = one(答复时间=None)
    assert accepted.record.replies[0].at is None
    assert accepted.warnings == ()


def test_a_reply_time_without_a_reply_is_no_reply() -> None:
    assert one(答复意见="暂无").record.replies == ()


def test_text_date_and_datetime_cells_stand_in_one_column() -> None:
    times = ["2026/2/8 11:25:05", date(2026, 2, 8), datetime(2026, 2, 8, 12, 22), 46061.5, "46061.5"]  # noqa: DTZ001 - a cell has no zone
    rows = [letter(留言编号=str(n), 留言时间=time, 答复时间=None) for n, time in enumerate(times)]
    assert [
        (iso(row.record.received_at), row.record.received_precision) for row in mailbox(*rows).accepted
    ] == [
        ("2026-02-08T11:25:05+08:00", Precision.SECOND),
        ("2026-02-08T00:00:00+08:00", Precision.DAY),
        ("2026-02-08T12:22:00+08:00", Precision.SECOND),
        ("2026-02-08T12:00:00+08:00", Precision.SECOND),
        ("2026-02-08T12:00:00+08:00", Precision.SECOND),
    ]


@pytest.mark.parametrize("make", [xlsx_bytes, csv_bytes])
def test_month_first_days_are_read_where_the_column_proves_it(make: Any) -> None:
    rows = [letter(留言时间="3/4/2026", 答复时间=None), letter(留言时间="2/16/2026", 答复时间=None)]
    reading = read(make([MAILBOX_HEADER, *rows]))
    assert [iso(row.record.received_at) for row in reading.accepted] == [
        "2026-03-04T00:00:00+08:00",
        "2026-02-16T00:00:00+08:00",
    ]


@pytest.mark.parametrize("second", ["4/5/2026", "16/2/2026"], ids=["no proof", "proof of the contrary"])
def test_month_first_days_without_proof_are_not_guessed(second: str) -> None:
    rows = [letter(留言时间="3/4/2026"), letter(留言时间=second)]
    assert len(mailbox(*rows).rejected) == 2


def test_the_content_hash_changes_with_the_reply_and_not_with_the_file() -> None:
    first = one().record.content_hash
    assert read(csv_bytes([MAILBOX_HEADER, letter()])).accepted[0].record.content_hash == first
    assert one(答复意见="已换灯").record.content_hash != first
    assert one(答复时间="2026/11/5 8:00:01").record.content_hash != first


def test_the_dispatch_time_is_the_receipt_of_an_order() -> None:
    record = hotline_record(派单时间="2026-11-02 10:00:00")
    assert iso(record.received_at) == "2026-11-02T10:00:00+08:00"
    assert record.received_from == "dispatched_at"
    assert iso(record.created_at) == "2026-11-02T09:15:32+08:00"


def test_an_order_not_yet_dispatched_is_received_when_it_was_called_in() -> None:
    record = hotline_record(派单时间="-")
    assert (record.received_from, record.created_at) == ("created_at", None)


def test_an_unreadable_dispatch_time_is_not_replaced_by_the_call() -> None:
    (row,) = hotline([*HOTLINE_HEADER, "派单时间"], [*order(), "2026-13-40"]).rejected
    assert row.column == "派单时间"


def test_the_closing_time_of_an_order_times_its_reply_and_the_file_says_so() -> None:
    reading = hotline(HOTLINE_HEADER, order())
    assert iso(reading.accepted[0].record.replies[0].at) == "2026-11-03T10:00:00+08:00"
    assert sum("办结时间" in warning for warning in reading.opened.warnings) == 1


def test_a_reply_time_wins_over_the_closing_time_even_when_empty() -> None:
    assert hotline_record(回复时间=None).replies[0].at is None
    assert iso(hotline_record(回复时间="2026-11-02 12:00:00").replies[0].at) == "2026-11-02T12:00:00+08:00"


def test_the_reply_comes_from_the_best_filled_column() -> None:
    assert hotline_record(办理结果="结果").replies[0].text == "已修"
    assert hotline_record(答复内容=None, 办理结果="结果").replies[0].text == "结果"


@pytest.mark.parametrize(
    ("limit", "on", "at"),
    [
        ("2026-11-09", date(2026, 11, 9), None),
        (date(2026, 11, 9), date(2026, 11, 9), None),
        ("2026-11-09 18:00:00", date(2026, 11, 9), "2026-11-09T18:00:00+08:00"),
    ],
)
def test_a_printed_limit_is_a_day_or_an_instant(limit: Any, on: date, at: str | None) -> None:
    record = hotline_record(办理时限=limit)
    assert (record.order_due_on, iso(record.order_due_at)) == (on, at)


@pytest.mark.parametrize(
    ("words", "amount", "unit"),
    [
        ("5个工作日", "5", "working_day"),
        ("10工作日内", "10", "working_day"),
        ("3天", "3", "calendar_day"),
        ("24小时", "24", "hour"),
    ],
)
def test_a_printed_amount_keeps_its_unit(words: str, amount: str, unit: str) -> None:
    extra = hotline_record(办理时限=words).extra
    assert (extra["order_limit_amount"], extra["order_limit_unit"]) == (amount, unit)


def test_a_duration_as_limit_is_kept_as_it_is() -> None:
    record = hotline_record(办理时限=timedelta(days=2, hours=3))
    assert record.order_due_on is None
    assert record.extra["order_limit"] == "2 days, 3:00:00"


def test_a_file_without_times_takes_the_day_from_the_order_number() -> None:
    header = ["序号", "工单编号", "标题", "内容"]
    reading = hotline(
        header, [1, "250331170700109-01", "噪声", "夜间施工"], [2, "251331170700109", "题", "文"]
    )
    (accepted,) = reading.accepted
    assert iso(accepted.record.received_at) == "2025-03-31T00:00:00+08:00"
    assert (accepted.record.received_from, accepted.record.received_precision) == ("order_no", Precision.DAY)
    assert accepted.record.extra["parent_no"] == "250331170700109"
    assert reading.rejected[0].column == "工单编号"


def test_the_number_is_no_time_where_a_time_column_stands() -> None:
    (row,) = hotline(HOTLINE_HEADER, order(工单编号="250331170700109", 来电时间=None)).outcomes
    assert isinstance(row, Rejected)
