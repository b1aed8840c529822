"""The figures, counted by hand on small sets."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.clock import parse_instant
from core.vocabulary import DeadlineStatus, Precision
from reports.figures import CountedClock, figures_of, median, p90

START = parse_instant("2026-03-02T09:00+08:00")


def clock(
    status: DeadlineStatus,
    *,
    hours: float | None = None,
    days: int | None = None,
    precision: Precision = Precision.SECOND,
    holding: bool = False,
) -> CountedClock:
    met_at = None if hours is None else START + timedelta(hours=hours)
    return CountedClock(status, START, met_at, precision if met_at else None, days, holding)


MIXED = [
    clock(DeadlineStatus.ON_TIME, hours=3, days=0),
    clock(DeadlineStatus.ON_TIME, hours=48, days=2),
    clock(DeadlineStatus.LATE, hours=480, days=14),
    clock(DeadlineStatus.OVERDUE, holding=True),
    clock(DeadlineStatus.OVERDUE),
    clock(DeadlineStatus.OPEN, holding=True),
    clock(DeadlineStatus.TIME_UNKNOWN),
    clock(DeadlineStatus.CANCELLED),
]


def test_r01_a_mixed_set_recounts_by_hand() -> None:
    figures = figures_of(MIXED)
    assert (figures.received, figures.on_time, figures.late, figures.overdue) == (8, 2, 1, 2)
    assert (figures.open, figures.cancelled, figures.time_unknown, figures.answered) == (1, 1, 1, 4)
    assert (figures.holding_only, figures.unanswered) == (2, 3)
    assert figures.on_time_rate == 2 / 5
    assert (figures.median_working_days, figures.p90_working_days) == (2, 14)
    assert (figures.median_hours, figures.p90_hours) == (48, 480)


def test_received_is_the_sum_of_its_parts() -> None:
    f = figures_of(MIXED)
    assert f.received == f.on_time + f.late + f.overdue + f.open + f.time_unknown + f.cancelled


def test_nothing_has_no_rate_and_no_median() -> None:
    figures = figures_of([])
    assert figures.received == 0
    assert figures.on_time_rate is None
    assert figures.median_hours is None
    assert figures.p90_working_days is None


def test_r07_an_office_that_never_answers_is_at_zero_not_at_no_data() -> None:
    assert figures_of([clock(DeadlineStatus.OVERDUE)] * 3).on_time_rate == 0


def test_only_open_clocks_give_no_rate() -> None:
    assert figures_of([clock(DeadlineStatus.OPEN)]).on_time_rate is None


def test_an_answer_with_a_date_only_counts_in_days_but_not_in_hours() -> None:
    figures = figures_of([clock(DeadlineStatus.ON_TIME, hours=15, days=1, precision=Precision.DAY)])
    assert figures.median_working_days == 1
    assert figures.median_hours is None


@pytest.mark.parametrize(
    ("values", "middle"), [([], None), ([5], 5), ([1, 9], 5), ([9, 1, 4], 4), ([1, 2, 3, 10], 2.5)]
)
def test_the_median_is_the_middle_or_the_mean_of_the_two_middle(
    values: list[float], middle: float | None
) -> None:
    assert median(values) == middle


@pytest.mark.parametrize(
    ("values", "ninety"),
    [
        ([], None),
        ([7], 7),
        (list(range(1, 11)), 9),
        (list(range(1, 12)), 10),
        ([1] * 9 + [100], 1),
        ([1] * 8 + [50, 100], 50),
    ],
)
def test_p90_is_the_smallest_value_nine_in_ten_do_not_exceed(
    values: list[float], ninety: float | None
) -> None:
    assert p90(values) == ninety
