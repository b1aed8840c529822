"""Due times against a slow oracle that walks every day, over random calendars, anchors and pauses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from alerts.deadlines import due
from core.clock import SHANGHAI, UTC, local_day
from core.model import Pause
from core.vocabulary import DayKind, LimitUnit
from core.working_days import Notice, WorkCalendar, YearTable
from tests.alerts.rules_for_tests import rule_of

FIRST = date(2030, 1, 1)
NOTICE = Notice("某通知", "某发〔2029〕1号", "https://example.gov.cn/1")


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar:
    """Two years: one with a random table, the next provisional."""
    year = [FIRST + timedelta(days=n) for n in range(365)]
    off = draw(st.sets(st.sampled_from(year), max_size=90))
    weekends = [day for day in year if day.weekday() >= 5 and day not in off]
    work = draw(st.sets(st.sampled_from(weekends), max_size=20)) if weekends else set()
    table = YearTable(
        2030, 1, date(2029, 11, 1), NOTICE, dict.fromkeys(off, "某节"), dict.fromkeys(work, "某节")
    )
    return WorkCalendar([table], statutory={(1, 1): "元旦", (5, 1): "劳动节"})


instants = st.datetimes(datetime(2030, 1, 2), datetime(2031, 2, 1)).map(lambda t: t.replace(tzinfo=UTC))  # noqa: DTZ001 - the zone is set beside
lengths = st.timedeltas(timedelta(0), timedelta(days=12))
pause_lists = st.lists(st.tuples(instants, lengths).map(lambda p: Pause(p[0], p[0] + p[1])), max_size=5)
closing_times = st.sampled_from([None, time(17, 0), time(23, 59)])
day_units = st.sampled_from([LimitUnit.WORKING_DAY, LimitUnit.CALENDAR_DAY])


def end_of(day: date, day_ends: time | None) -> datetime:
    if day_ends is None:
        day, day_ends = day + timedelta(days=1), time(0)
    return datetime.combine(day, day_ends, SHANGHAI)


def stands_still(pauses: Sequence[Pause], instant: datetime) -> bool:
    return any(p.until is not None and p.since < instant <= p.until for p in pauses)


def oracle(
    amount: int,
    unit: LimitUnit,
    start: datetime,
    calendar: WorkCalendar,
    pauses: Sequence[Pause],
    day_ends: time | None,
) -> date:
    """The last day, found by asking each following day whether it counts."""
    counting = [
        day
        for day in (local_day(start) + timedelta(days=n) for n in range(1, 900))
        if not stands_still(pauses, end_of(day, day_ends))
    ]
    worked = [day for day in counting if calendar.is_working_day(day)]
    if unit is LimitUnit.WORKING_DAY:
        return worked[amount - 1]
    return next(day for day in worked if day >= counting[amount - 1])


@given(calendars(), instants, pause_lists, st.integers(1, 40), day_units, closing_times)
def test_d21_day_limits_agree_with_the_oracle(
    calendar: WorkCalendar,
    start: datetime,
    pauses: list[Pause],
    amount: int,
    unit: LimitUnit,
    day_ends: time | None,
) -> None:
    result = due(rule_of(amount, unit), start, calendar, pauses=pauses, day_ends=day_ends)
    assert result.due_day == oracle(amount, unit, start, calendar, pauses, day_ends)
    assert result.due_at == end_of(result.due_day, day_ends)
    assert calendar.is_working_day(result.due_day)
    assert [line.number for line in result.explanation if line.number] == list(range(1, amount + 1))
    assert result.explanation[0].kind is DayKind.DAY_ZERO
    years = {line.day.year for line in result.explanation[1:]}
    assert result.provisional == (2031 in years)


@given(calendars(), instants, st.integers(1, 30))
def test_d21_backwards_limits_agree_with_the_oracle(
    calendar: WorkCalendar, start: datetime, amount: int
) -> None:
    before = (local_day(start) - timedelta(days=n) for n in range(1, 900))
    worked = [day for day in before if calendar.is_working_day(day)]
    assert due(rule_of(amount, backwards=True), start, calendar).due_day == worked[amount - 1]


@given(calendars(), instants, st.timedeltas(timedelta(0), timedelta(days=30)), pause_lists, day_units)
def test_d21_a_later_start_is_never_due_earlier(
    calendar: WorkCalendar, start: datetime, later: timedelta, pauses: list[Pause], unit: LimitUnit
) -> None:
    rule = rule_of(7, unit)
    first = due(rule, start, calendar, pauses=pauses)
    assert first.due_at <= due(rule, start + later, calendar, pauses=pauses).due_at


@given(instants, pause_lists, st.integers(1, 72))
def test_d21_an_hour_clock_runs_exactly_its_hours_outside_the_pauses(
    start: datetime, pauses: list[Pause], amount: int
) -> None:
    result = due(rule_of(amount, LimitUnit.HOUR), start, WorkCalendar([]), pauses=pauses)
    edges = sorted(
        {start, result.due_at}
        | {e for p in pauses for e in (p.since, p.until) if e is not None and start < e < result.due_at}
    )
    running = timedelta(0)
    for since, until in pairwise(edges):
        if not stands_still(pauses, until):
            running += until - since
    assert running == timedelta(hours=amount)
    assert not stands_still(pauses, result.due_at)
