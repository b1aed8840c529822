"""The machine's accuracy against what people said, by month and field."""

from __future__ import annotations

from datetime import UTC, datetime

from reports.machine_accuracy import MonthlyAccuracy, Verdict, monthly_accuracy


def at(day: int, month: int = 10, hour: int = 4) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def test_each_month_and_field_counts_what_was_checked_unanswered_and_right() -> None:
    rows = monthly_accuracy(
        [
            Verdict("topic", "交通运输", "交通运输", at(3)),
            Verdict("topic", "交通运输", "城建市容", at(4)),
            Verdict("topic", "", "城建市容", at(5)),
            Verdict("kind", "complaint", "complaint", at(6)),
            Verdict("polarity", "unsure", "negative", at(7)),
            Verdict("topic", "物业", "物业", at(2, month=11)),
        ]
    )
    assert rows == [
        MonthlyAccuracy("2026-11", "topic", 1, 0, 1, 1.0),
        MonthlyAccuracy("2026-10", "kind", 1, 0, 1, 1.0),
        MonthlyAccuracy("2026-10", "topic", 3, 1, 1, 0.5),
        MonthlyAccuracy("2026-10", "polarity", 1, 1, 0, None),
    ]


def test_the_month_is_that_of_beijing() -> None:
    (row,) = monthly_accuracy([Verdict("kind", "request", "request", at(31, hour=17))])
    assert row.month == "2026-11"
    assert monthly_accuracy([]) == []
