"""When a legal clock runs out, day by day and with the reason for each day. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from core.clock import SHANGHAI, UTC, day_end, local_day, require_aware
from core.errors import InvalidInput
from core.model import DueTime, ExplainedDay, Pause
from core.rulebook import Rule
from core.vocabulary import DayKind, LimitUnit
from core.working_days import WorkCalendar

# No table can hold the count up for years; a search longer than this means a damaged calendar.
_SEARCH_DAYS = 3660
_ONE_DAY = timedelta(days=1)


def due(
    rule: Rule,
    started_at: datetime,
    calendar: WorkCalendar,
    *,
    pauses: Sequence[Pause] = (),
    day_ends: time | None = None,
    now: datetime | None = None,
) -> DueTime:
    """When a clock started at `started_at` runs out under `rule`.

    Hours run through nights and holidays. Days are counted from the day after the anchor's local day (day
    zero); working days skip days off and count make-up working days; a calendar-day limit that would end on a
    day off ends on the next working day. A backwards limit counts working days before day zero.

    The union of `pauses` is not counted: its length is added to an hour limit, and a day whose end falls into
    it (a pause covers the end of a day when it begins before and lasts at least until that instant) is listed
    as paused. A pause that begins at or after the due instant changes nothing.

    Args:
        rule: its limit carries the unit.
        started_at: aware; the instant of the fact named in `rule.starts`.
        calendar: official working-day tables, in the office's time zone.
        pauses: in any order, may overlap; one without an end is taken to last until `now`.
        day_ends: the office's close of business, at which each day ends; None for 24:00.
        now: aware; needed only for a pause without an end.

    Returns:
        The due instant in UTC, with the day-by-day explanation for day limits. `provisional` is true when
        the count reaches a year whose official table is not published yet.

    Raises:
        InvalidInput: an instant is naive, the rule has no limit of its own, pauses are given for a rule that
            cannot be paused, an endless pause comes without `now`, or the count leaves the calendar.

    Source:
        Civil Code arts. 201 (the first day is not counted, hours run at once) and 203 (last day on a day off,
        24:00 or close of business).
    """
    amount = _amount(rule)
    start = require_aware(started_at)
    if pauses and not rule.pausable:
        raise InvalidInput(
            f"规则 {rule.key} 的时限不能暂停。", mend="请按原定时限办理。", code="clock.not_pausable"
        )
    stopped = _union(pauses, now)
    if rule.limit.unit is LimitUnit.HOUR:
        return DueTime(_add_running_time(start, timedelta(hours=amount), stopped), None, False, "", ())
    count = _Count(local_day(start), calendar, stopped, day_ends)
    try:
        return count.run(amount, rule.limit.unit, step=-1 if rule.limit.backwards else 1)
    except OverflowError:
        raise _outside_calendar() from None


class DueTimes:
    """Due times of unpaused clocks, remembered by rule version and day.

    An import asks the same few days over and over; a remembered answer takes about a microsecond.

    Args:
        calendar: the tables in use.
        day_ends: close of business, or None for 24:00.
    """

    def __init__(self, calendar: WorkCalendar, day_ends: time | None = None) -> None:
        self._calendar = calendar
        self._day_ends = day_ends
        self._known: dict[tuple[str, str, date], DueTime] = {}

    def due(self, rule: Rule, started_at: datetime) -> DueTime:
        """The same as the function `due` without pauses.

        Raises:
            InvalidInput: see `due`.
        """
        if rule.limit.unit is LimitUnit.HOUR or started_at.tzinfo is None:
            return due(rule, started_at, self._calendar, day_ends=self._day_ends)
        key = (rule.key, rule.version, started_at.astimezone(SHANGHAI).date())
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = due(rule, started_at, self._calendar, day_ends=self._day_ends)
        return known

    @property
    def calendar(self) -> WorkCalendar:
        """The tables in use."""
        return self._calendar

    def recount(
        self, rule: Rule, started_at: datetime, *, pauses: Sequence[Pause], extended_by: int, now: datetime
    ) -> DueTime:
        """The due time of a clock that stood still or was extended.

        Args:
            extended_by: in the unit of the rule's limit, counted on from its end.

        Raises:
            InvalidInput: see `due`.
        """
        if extended_by and rule.limit.amount is not None:
            rule = replace(rule, limit=replace(rule.limit, amount=rule.limit.amount + extended_by))
        return due(rule, started_at, self._calendar, pauses=pauses, day_ends=self._day_ends, now=now)


@dataclass(frozen=True, slots=True)
class _Stop:
    """A closed stretch in which the clock stood still."""

    since: datetime
    until: datetime


def _amount(rule: Rule) -> int:
    if rule.limit.amount is None:
        raise InvalidInput(
            f"规则 {rule.key} 没有统一的时限。", mend="请以工单上载明的时限为准。", code="rule.no_limit"
        )
    return rule.limit.amount


def _union(pauses: Sequence[Pause], now: datetime | None) -> tuple[_Stop, ...]:
    """The pauses without overlap, in order; empty stretches are gone."""
    merged: list[_Stop] = []
    for stop in sorted((_stop(pause, now) for pause in pauses), key=lambda stop: stop.since):
        if stop.until <= stop.since:
            continue
        if merged and stop.since <= merged[-1].until:
            merged[-1] = _Stop(merged[-1].since, max(merged[-1].until, stop.until))
        else:
            merged.append(stop)
    return tuple(merged)


def _stop(pause: Pause, now: datetime | None) -> _Stop:
    until = pause.until if pause.until is not None else now
    if until is None:
        raise InvalidInput(
            "暂停尚未结束，须给出当前时间。", mend="请给出当前时间后再算。", code="clock.paused"
        )
    return _Stop(require_aware(pause.since), require_aware(until))


def _add_running_time(start: datetime, length: timedelta, stopped: Sequence[_Stop]) -> datetime:
    try:
        due_at = start + length
        for stop in stopped:
            if stop.since >= due_at:
                break
            due_at += max(stop.until - max(stop.since, start), timedelta(0))
    except OverflowError:
        raise _outside_calendar() from None
    return due_at


class _Count:
    """One count of days; used once."""

    def __init__(
        self, day_zero: date, calendar: WorkCalendar, stopped: Sequence[_Stop], day_ends: time | None
    ) -> None:
        self._zero = day_zero
        self._calendar = calendar
        self._stopped = stopped
        self._day_ends = day_ends

    def run(self, amount: int, unit: LimitUnit, *, step: int) -> DueTime:
        _, name = self._calendar.kind_of(self._zero)
        lines = [ExplainedDay(self._zero, DayKind.DAY_ZERO, None, name)]
        counted = 0
        for day in self._days(step):
            line = self._line(day, unit, counted, amount)
            lines.append(line)
            if line.number is not None:
                counted = line.number
            if counted == amount and line.kind is not DayKind.PAUSED and self._may_end(day, unit):
                return self._result(lines)
        raise _outside_calendar()

    def _days(self, step: int) -> Iterator[date]:
        day = self._zero
        for _ in range(_SEARCH_DAYS):
            day += step * _ONE_DAY
            yield day

    def _line(self, day: date, unit: LimitUnit, counted: int, amount: int) -> ExplainedDay:
        kind, name = self._calendar.kind_of(day)
        if self._is_paused(day):
            return ExplainedDay(day, DayKind.PAUSED, None, name)
        if unit is LimitUnit.WORKING_DAY:
            number = counted + 1 if self._calendar.is_working_day(day) else None
            return ExplainedDay(day, kind, number, name)
        if counted < amount:
            return ExplainedDay(day, DayKind.CALENDAR_DAY, counted + 1, name)
        # The limit is counted out; these days only carry its end to the next working day.
        return ExplainedDay(day, kind, None, name)

    def _may_end(self, day: date, unit: LimitUnit) -> bool:
        return unit is LimitUnit.WORKING_DAY or self._calendar.is_working_day(day)

    def _is_paused(self, day: date) -> bool:
        if not self._stopped:
            return False
        end = self._end_of(day)
        return any(stop.since < end <= stop.until for stop in self._stopped)

    def _end_of(self, day: date) -> datetime:
        if self._day_ends is None:
            return day_end(day)
        return datetime.combine(day, self._day_ends, SHANGHAI).astimezone(UTC)

    def _result(self, lines: Sequence[ExplainedDay]) -> DueTime:
        last = lines[-1].day
        years = {line.day.year for line in lines[1:]}
        return DueTime(
            due_at=self._end_of(last),
            due_day=last,
            provisional=not all(self._calendar.covers(year) for year in years),
            calendar_version=self._calendar.version_of(years),
            explanation=tuple(lines),
        )


def _outside_calendar() -> InvalidInput:
    return InvalidInput(
        "从这一时间起算不出截止时间。", mend="请检查起算时间和工作日历。", code="clock.outside_calendar"
    )
