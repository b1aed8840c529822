"""Whether the table of next year's working days is missed: an alarm to the administrators, once a week."""

from __future__ import annotations

from datetime import date, datetime

from alerts.alarms import raise_alarm
from alerts.ladders import DayOfYear, Ladders
from core.clock import local_day
from core.working_days import WorkCalendar
from storage.database import Database


def missing_year(calendar: WorkCalendar, today: date, expected: DayOfYear) -> int | None:
    """The year whose official table should be here on `today` and is not; None where nothing is missed."""
    if not calendar.covers(today.year):
        return today.year
    is_expected = (today.month, today.day) >= (expected.month, expected.day)
    return today.year + 1 if is_expected and not calendar.covers(today.year + 1) else None


def alarm_missing_year(database: Database, ladders: Ladders, calendar: WorkCalendar, now: datetime) -> int:
    """Tell every administrator, once a week, that a table is missed; how many notices that were new."""
    today = local_day(now)
    year = missing_year(calendar, today, ladders.delivery.calendar_expected)
    if year is None:
        return 0
    week = today.isocalendar()
    key = f"{year}/{week.year}-{week.week}"
    with database.write() as connection:
        return raise_alarm(connection, ladders.delivery, "calendar", {"year": str(year)}, key, now)
