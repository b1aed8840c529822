"""Instants, spans and figures as an official reads them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from api.pages.wording import countdown, deadline, limit, number, rate, span
from core.clock import parse_instant
from core.model import Limit
from core.vocabulary import LimitUnit


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=59), "不到1分钟"),
        (timedelta(minutes=1), "1分钟"),
        (timedelta(minutes=59, seconds=59), "59分钟"),
        (timedelta(hours=1), "1小时"),
        (timedelta(hours=23, minutes=59), "23小时59分"),
        (timedelta(days=1), "1天"),
        (timedelta(days=1234, hours=5), "1,234天5小时"),
    ],
)
def test_a_span_is_told_in_the_two_units_that_matter(length: timedelta, words: str) -> None:
    assert span(length) == span(-length) == words


def test_the_due_instant_itself_is_not_overdue_yet() -> None:
    due_at = parse_instant("2026-11-23T09:00")
    assert countdown(due_at, due_at).startswith("还剩")
    assert countdown(due_at, due_at + timedelta(microseconds=1)).startswith("超期")


def test_a_midnight_is_the_end_of_the_day_before() -> None:
    assert deadline(parse_instant("2026-10-14T00:00")) == "2026-10-13 周二 24:00"
    assert deadline(parse_instant("2026-10-14T00:01")) == "2026-10-14 周三 00:01"


@pytest.mark.parametrize(
    ("value", "words"), [(None, "—"), (0.0, "0.0%"), (0.99951, "99.9%"), (1.0, "100.0%"), (2 / 3, "66.7%")]
)
def test_a_rate_is_never_rounded_up_to_a_hundred(value: float | None, words: str) -> None:
    assert rate(value) == words


def test_numbers_have_thousands_and_one_decimal_at_most() -> None:
    assert [number(value) for value in (None, 0, 1234, 2.0, 2.25)] == ["—", "0", "1,234", "2", "2.2"]


def test_a_limit_is_read_as_the_clause_says_it() -> None:
    assert limit(Limit(5, LimitUnit.WORKING_DAY)) == "5个工作日"
    assert limit(Limit(3, LimitUnit.WORKING_DAY, backwards=True)) == "提前3个工作日"
    assert limit(Limit(None, LimitUnit.HOUR)) == "按派单载明的时限"
