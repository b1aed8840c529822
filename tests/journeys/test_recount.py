"""The report on a real mailbox equals a recount that shares no code with the product.

The recount reads the workbook with openpyxl, asks chinesecalendar which days are worked, and counts day by
day. Whether a reply only acknowledges receipt is a judgement of words, tested elsewhere; here it is taken
from the product's rows, and its size is checked against what was found by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import chinese_calendar
import openpyxl
import pytest

from tests.command import Command

WORKBOOK = Path(__file__).parents[2].parent / "shared" / "data" / "mailbox" / "replies-2011-2018.xlsx"
LIMIT_WORKING_DAYS = 5

pytestmark = pytest.mark.real_data


@dataclass(frozen=True)
class Counted:
    """One row of the workbook, recounted."""

    received: datetime
    replied: datetime
    due_day: date
    working_days: int

    @property
    def is_on_time(self) -> bool:
        """Answered before the midnight that ends the due day, or at it."""
        return self.replied <= datetime.combine(self.due_day + timedelta(days=1), datetime.min.time())


def as_instant(cell: Any) -> datetime:
    """What stands in a date cell, as a local time."""
    if isinstance(cell, datetime):
        return cell
    day, _, clock = str(cell).strip().partition(" ")
    year, month, number = (int(part) for part in day.split("/"))
    hour, minute, second = (int(part) for part in (clock or "0:0:0").split(":"))
    return datetime(year, month, number, hour, minute, second)  # noqa: DTZ001 - local time of the office


def recount(received: datetime, replied: datetime) -> Counted:
    """Step from day to day."""
    day, left = received.date(), LIMIT_WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= chinese_calendar.is_workday(day)
    worked, walked = 0, received.date()
    while walked < replied.date():
        walked += timedelta(days=1)
        worked += chinese_calendar.is_workday(walked)
    return Counted(received, max(replied, received), day, worked)


@pytest.fixture(scope="module")
def recounted() -> dict[str, Counted]:
    """Every row of the workbook by its number."""
    book = openpyxl.load_workbook(WORKBOOK, read_only=True)
    rows = list(book["Sheet1"].iter_rows(min_row=2, values_only=True))
    book.close()
    return {str(int(float(str(row[0])))): recount(as_instant(row[3]), as_instant(row[6])) for row in rows}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """An office that has imported the workbook."""
    command = Command(tmp_path_factory.mktemp("data"), now="2026-11-23T09:00:00+08:00")
    imported = command("import", WORKBOOK, "--as", "mailbox", "--json").json
    assert imported["total"] == {
        "read": 1926,
        "stored": 1926,
        "revised": 0,
        "duplicate": 0,
        "quarantined": 0,
    }
    return command


def report(office: Command, *more: str) -> Any:
    asked = ("report", "response-times", "--from", "2011-01-01", "--to", "2018-12-31", "--json")
    return office(*asked, *more).json


def test_due_day_state_and_working_days_agree_row_by_row(
    office: Command, recounted: dict[str, Counted]
) -> None:
    rows = {row["native_id"]: row for row in report(office, "--rows")["rows"]}
    assert rows.keys() == recounted.keys()
    for number, expected in recounted.items():
        row = rows[number]
        due = datetime.fromisoformat(row["due_at"]).replace(tzinfo=None)
        assert due == datetime.combine(expected.due_day + timedelta(days=1), datetime.min.time()), number
        if row["holding_at"] is not None and row["met_at"] is None:
            assert row["state"] == "overdue", number
            continue
        assert row["state"] == ("on_time" if expected.is_on_time else "late"), number
        assert row["working_days"] == expected.working_days, number


def test_the_figures_equal_the_recount(office: Command, recounted: dict[str, Counted]) -> None:
    held = {row["native_id"] for row in report(office, "--rows")["rows"] if row["met_at"] is None}
    answered = [counted for number, counted in recounted.items() if number not in held]
    days = sorted(counted.working_days for counted in answered)
    total = report(office)["total"]
    on_time = sum(counted.is_on_time for counted in answered)
    assert total["received"] == len(recounted)
    assert (total["on_time"], total["late"]) == (on_time, len(answered) - on_time)
    assert (total["overdue"], total["holding_only"]) == (len(held), len(held))
    assert total["on_time_rate"] == on_time / len(recounted)
    assert total["median_working_days"] == (days[(len(days) - 1) // 2] + days[len(days) // 2]) / 2
    assert total["p90_working_days"] == next(
        day for day in days if sum(other <= day for other in days) >= 0.9 * len(days)
    )


def test_months_agree_with_the_recount(office: Command, recounted: dict[str, Counted]) -> None:
    expected: dict[str, int] = {}
    for counted in recounted.values():
        month = counted.received.strftime("%Y-%m")
        expected[month] = expected.get(month, 0) + 1
    groups = report(office, "--by", "month")["groups"]
    assert {group["key"]: group["received"] for group in groups} == expected


def test_counting_every_reply_gives_the_known_figure_and_holding_replies_are_few(
    office: Command, recounted: dict[str, Counted]
) -> None:
    assert sum(counted.is_on_time for counted in recounted.values()) == 672
    held = report(office)["total"]["holding_only"]
    assert 100 <= held <= 0.08 * len(recounted)


def test_an_earlier_as_of_knows_only_the_answers_given_by_then(
    office: Command, recounted: dict[str, Counted]
) -> None:
    as_of = datetime(2016, 7, 1)  # noqa: DTZ001 - local time of the office
    rows = report(office, "--rows", "--as-of", "2016-07-01T00:00:00+08:00")["rows"]
    assert {row["native_id"] for row in rows} == {n for n, c in recounted.items() if c.received <= as_of}
    for row in rows:
        expected = recounted[row["native_id"]]
        if row["met_at"] is not None:
            assert expected.replied <= as_of
        elif row["holding_at"] is None:
            assert expected.replied > as_of
