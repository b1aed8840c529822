"""Every way of writing an instant that exports were seen to use."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import SHANGHAI
from core.vocabulary import Precision
from crawlers.parsing.dates import Moment, read_moment


@pytest.mark.parametrize(
    ("cell", "local", "precision"),
    [
        ("2026-11-20 09:15:32", "2026-11-20T09:15:32", Precision.SECOND),
        ("2026/11/20 9:5", "2026-11-20T09:05:00", Precision.MINUTE),
        ("2019/2/28 11:25:05", "2019-02-28T11:25:05", Precision.SECOND),
        ("2018/4/24", "2018-04-24T00:00:00", Precision.DAY),
        ("20261120", "2026-11-20T00:00:00", Precision.DAY),
        ("20261120091532", "2026-11-20T09:15:32", Precision.SECOND),
        ("2026年11月20日 9时15分", "2026-11-20T09:15:00", Precision.MINUTE),
        ("2026年11月20日", "2026-11-20T00:00:00", Precision.DAY),
        ("2026.11.20", "2026-11-20T00:00:00", Precision.DAY),
        ("2026-11-20 下午3:05", "2026-11-20T15:05:00", Precision.MINUTE),
        ("2026-11-20T09:15:32.000+08:00", "2026-11-20T09:15:32", Precision.SECOND),
        ("2026-11-20T01:15:32Z", "2026-11-20T09:15:32", Precision.SECOND),
        ("1988-07-01 12:00:00", "1988-07-01T12:00:00", Precision.SECOND),
        ("1763568000", "2025-11-20T00:00:00", Precision.SECOND),
        ("1763568000000", "2025-11-20T00:00:00", Precision.SECOND),
        (46345.5, "2026-11-19T12:00:00", Precision.SECOND),
        (46345.0, "2026-11-19T00:00:00", Precision.DAY),
        ("46345.5", "2026-11-19T12:00:00", Precision.SECOND),
        (date(2026, 11, 19), "2026-11-19T00:00:00", Precision.DAY),
        (datetime(2026, 11, 19, 8, 30), "2026-11-19T08:30:00", Precision.SECOND),  # noqa: DTZ001 - a cell has no zone
    ],
)
def test_every_known_form_is_read_as_local_time(cell: object, local: str, precision: Precision) -> None:
    expected = datetime.fromisoformat(local).replace(tzinfo=SHANGHAI).astimezone(UTC)
    assert read_moment(cell) == Moment(expected, precision)


@pytest.mark.parametrize(
    "cell",
    [
        "2026-13-40",
        "2026-02-30",
        "2026-11-20 25:00:00",
        "0000-00-00",
        "1900-01-00",
        "12/16/2016",
        "昨天",
        "12345",
        "13800138000x",
        "",
        None,
        5,
        29_999,
        True,
        float("nan"),
    ],
)
def test_what_is_no_instant_is_never_guessed(cell: object) -> None:
    assert read_moment(cell) is None


def test_a_month_first_day_is_read_only_when_told_so() -> None:
    moment = read_moment("12/16/2016", month_first=True)
    assert moment == Moment(datetime(2016, 12, 15, 16, tzinfo=UTC), Precision.DAY)
    assert read_moment("16/12/2016", month_first=True) is None


@given(st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.datetimes(), st.dates()))
def test_nothing_in_a_cell_makes_the_reading_fail(cell: object) -> None:
    moment = read_moment(cell)
    assert moment is None or moment.at.tzinfo is UTC
