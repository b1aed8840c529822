"""The office's calendar: which days are working days, by which published table."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate, pairwise
from pathlib import Path
from types import MappingProxyType

from pydantic import Field

from core.errors import RuleError
from core.rule_files import RuleFileModel, read_rule_file
from core.vocabulary import DayKind

_FIRST_WEEKEND_DAY = 5  # date.weekday(): Saturday


@dataclass(frozen=True, slots=True)
class Notice:
    """The official notice a table was made from."""

    title: str
    number: str
    url: str


@dataclass(frozen=True, slots=True)
class YearTable:
    """One published version of one year.

    Attributes:
        year: the year; every day of the table lies in it.
        number: 1 for the first version of the year, 2 for its first change, and so on.
        published_on: day the notice was published.
        notice: the notice.
        off: days off with the holiday's name; may contain weekends.
        work: make-up working days (weekends only) with the holiday they make up for.
    """

    year: int
    number: int
    published_on: date
    notice: Notice
    off: Mapping[date, str]
    work: Mapping[date, str]


class WorkCalendar:
    """Tells working days from days off; immutable, no I/O, one lookup per question.

    A year without a table is *provisional*: weekends and the fixed statutory days are off.

    Args:
        tables: at most one table per year.
        statutory: (month, day) of the fixed statutory days, with their names.

    Raises:
        ValueError: two tables for one year.
    """

    def __init__(
        self, tables: Iterable[YearTable], *, statutory: Mapping[tuple[int, int], str] | None = None
    ) -> None:
        given = tuple(tables)
        self._tables = MappingProxyType({table.year: table for table in given})
        if len(self._tables) != len(given):
            raise ValueError("two tables for one year")
        self._statutory = MappingProxyType(dict(statutory or {}))
        self._off = {day: name for table in given for day, name in table.off.items()}
        self._work = {day: name for table in given for day, name in table.work.items()}
        self._worked: dict[int, list[int]] = {}  # running totals, filled when a year is first asked for

    def is_working_day(self, day: date) -> bool:
        """Whether the office works on `day`."""
        if day in self._work:
            return True
        if day.weekday() >= _FIRST_WEEKEND_DAY or day in self._off:
            return False
        return day.year in self._tables or (day.month, day.day) not in self._statutory

    def kind_of(self, day: date) -> tuple[DayKind, str | None]:
        """What `day` is, and the name of its holiday where it has one.

        A make-up working day carries the name of the holiday it makes up for.
        """
        if day in self._work:
            return DayKind.MAKE_UP_WORKING_DAY, self._work[day]
        if day in self._off:
            return DayKind.HOLIDAY, self._off[day]
        if not self.covers(day.year) and (day.month, day.day) in self._statutory:
            return DayKind.HOLIDAY, self._statutory[day.month, day.day]
        if day.weekday() >= _FIRST_WEEKEND_DAY:
            return DayKind.WEEKEND, None
        return DayKind.WORKING_DAY, None

    def working_days_after(self, start: date, end: date) -> int:
        """How many working days d there are with start < d <= end; 0 when `end` is not after `start`."""
        if end <= start:
            return 0
        whole_years = sum(self._worked_until(date(year, 12, 31)) for year in range(start.year, end.year))
        return whole_years + self._worked_until(end) - self._worked_until(start)

    def covers(self, year: int) -> bool:
        """Whether an official table of `year` is known; otherwise its days are provisional."""
        return year in self._tables

    def version_of(self, years: Iterable[int]) -> str:
        """The tables behind `years`, oldest first, for example `2026.1,2027.provisional`."""
        return ",".join(self._version(year) for year in sorted(set(years)))

    def tables(self) -> tuple[YearTable, ...]:
        """The tables in use, by year."""
        return tuple(self._tables[year] for year in sorted(self._tables))

    def _worked_until(self, day: date) -> int:
        """Working days of the year up to and with `day`."""
        if day.year not in self._worked:
            first = date(day.year, 1, 1)
            days = (first + timedelta(days=n) for n in range(366 if isleap(day.year) else 365))
            self._worked[day.year] = list(accumulate(map(self.is_working_day, days), initial=0))
        return self._worked[day.year][day.timetuple().tm_yday]

    def _version(self, year: int) -> str:
        return f"{year}.{self._tables[year].number}" if self.covers(year) else f"{year}.provisional"


class _NoticeEntry(RuleFileModel):
    title: str = Field(min_length=1)
    number: str = Field(min_length=1)
    url: str = Field(pattern="^https?://")


class _OffEntry(RuleFileModel):
    name: str = Field(min_length=1)
    from_: date = Field(alias="from")
    to: date


class _WorkEntry(RuleFileModel):
    date: date
    for_: str = Field(alias="for", min_length=1)


class _VersionEntry(RuleFileModel):
    published_on: date
    notice: _NoticeEntry
    off: tuple[_OffEntry, ...]
    work: tuple[_WorkEntry, ...]


class _YearFile(RuleFileModel):
    year: int
    versions: tuple[_VersionEntry, ...] = Field(min_length=1)


class _StatutoryDay(RuleFileModel):
    month: int = Field(ge=1, le=12)
    day: int = Field(ge=1, le=31)
    name: str


class _StatutoryCitation(RuleFileModel):
    document: str
    number: str
    section: str


class _StatutoryFile(RuleFileModel):
    citation: _StatutoryCitation
    days: tuple[_StatutoryDay, ...]


def load_calendar(folder: Path, *, known_on: date | None = None) -> WorkCalendar:
    """The calendar of a folder of `<year>.yml` tables and one `statutory.yml`.

    Args:
        folder: usually `rules/calendar`.
        known_on: use only versions published on or before this day; None uses the latest of each year.

    Raises:
        RuleError: a file is missing, or a table contradicts itself: a day listed twice or outside its year,
            a make-up day that is an ordinary weekday anyway, a year without working days, versions out of
            order, a missing notice.
    """
    chosen = []
    for path in sorted(folder.glob("[0-9]*.yml")):
        known = [t for t in read_year(path) if known_on is None or t.published_on <= known_on]
        chosen += known[-1:]
    statutory = read_rule_file(folder / "statutory.yml", _StatutoryFile)
    return WorkCalendar(chosen, statutory={(d.month, d.day): d.name for d in statutory.days})


def read_year(path: Path) -> tuple[YearTable, ...]:
    """Every version of one year's table, oldest first, validated.

    Raises:
        RuleError: see `load_calendar`.
    """
    file = read_rule_file(path, _YearFile)
    if path.stem != str(file.year):
        raise RuleError(path, f"文件名与年份 {file.year} 不一致")
    published = [version.published_on for version in file.versions]
    if any(later <= earlier for earlier, later in pairwise(published)):
        raise RuleError(path, "各版本没有按公布日期先后排列")
    return tuple(_table(path, file.year, n, version) for n, version in enumerate(file.versions, start=1))


def _table(path: Path, year: int, number: int, version: _VersionEntry) -> YearTable:
    off: dict[date, str] = {}
    work: dict[date, str] = {}
    for entry in version.off:
        if entry.to < entry.from_:
            raise RuleError(path, f"{entry.name} 的起止日期颠倒", key=f"第{number}版")
        for offset in range((entry.to - entry.from_).days + 1):
            _put(off, entry.from_ + timedelta(days=offset), entry.name, path, number)
    for make_up in version.work:
        if make_up.date.weekday() < _FIRST_WEEKEND_DAY:
            raise RuleError(path, f"{make_up.date} 本来就是工作日，不是调休", key=f"第{number}版")
        _put(work, make_up.date, make_up.for_, path, number)
    _check_days(path, year, number, off, work)
    notice = Notice(version.notice.title, version.notice.number, version.notice.url)
    return YearTable(
        year, number, version.published_on, notice, MappingProxyType(off), MappingProxyType(work)
    )


def _put(days: dict[date, str], day: date, name: str, path: Path, number: int) -> None:
    if day in days:
        raise RuleError(path, f"{day} 列了两次", key=f"第{number}版")
    days[day] = name


def _check_days(
    path: Path, year: int, number: int, off: Mapping[date, str], work: Mapping[date, str]
) -> None:
    key = f"第{number}版"
    both = sorted(off.keys() & work.keys())
    if both:
        raise RuleError(path, f"{both[0]} 既放假又上班", key=key)
    outside = sorted(day for day in (*off, *work) if day.year != year)
    if outside:
        raise RuleError(path, f"{outside[0]} 不在 {year} 年", key=key)
    first = date(year, 1, 1)
    every_day = (first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days))
    if not any(day in work or (day.weekday() < _FIRST_WEEKEND_DAY and day not in off) for day in every_day):
        raise RuleError(path, "全年没有一个工作日", key=key)
