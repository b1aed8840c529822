"""The calendar: official tables, their versions, and what makes a table untrustworthy."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest

from core.errors import RuleError
from core.rule_files import rules_folder
from core.vocabulary import DayKind
from core.working_days import WorkCalendar, load_calendar, read_year

CALENDAR = rules_folder() / "calendar"
REAL = Path(__file__).parents[2].parent / "shared" / "data" / "calendar"
YEARS = range(2011, 2027)


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


@pytest.fixture(scope="module")
def calendar() -> WorkCalendar:
    return load_calendar(CALENDAR)


@pytest.mark.parametrize("year", YEARS)
def test_every_day_agrees_with_the_public_library(calendar: WorkCalendar, year: int) -> None:
    wrong = [day for day in days_of(year) if calendar.is_working_day(day) != chinese_calendar.is_workday(day)]
    assert wrong == []


@pytest.mark.real_data
@pytest.mark.skipif(not REAL.is_dir(), reason="../shared/data is absent")
def test_every_day_agrees_with_the_reference_tables(calendar: WorkCalendar) -> None:
    listed: dict[date, bool] = {}
    for year in YEARS:
        table = json.loads((REAL / f"{year}.json").read_text(encoding="utf-8"))
        listed |= {date.fromisoformat(d["date"]): not d["isOffDay"] for d in table["days"]}
    wrong = [
        day
        for year in YEARS
        for day in days_of(year)
        if calendar.is_working_day(day) != listed.get(day, day.weekday() < 5)
    ]
    assert wrong == []


def test_the_kind_of_a_day_and_its_holiday_are_told(calendar: WorkCalendar) -> None:
    assert calendar.kind_of(date(2026, 10, 1)) == (DayKind.HOLIDAY, "国庆节")
    assert calendar.kind_of(date(2026, 10, 3)) == (DayKind.HOLIDAY, "国庆节")
    assert calendar.kind_of(date(2026, 10, 10)) == (DayKind.MAKE_UP_WORKING_DAY, "国庆节")
    assert calendar.kind_of(date(2026, 10, 11)) == (DayKind.WEEKEND, None)
    assert calendar.kind_of(date(2026, 10, 12)) == (DayKind.WORKING_DAY, None)


def test_the_kind_of_every_day_agrees_with_whether_it_is_worked(calendar: WorkCalendar) -> None:
    worked = {DayKind.WORKING_DAY, DayKind.MAKE_UP_WORKING_DAY}
    for year in (2010, *YEARS, 2027):
        for day in days_of(year):
            assert calendar.is_working_day(day) == (calendar.kind_of(day)[0] in worked), day


def test_a_year_without_a_table_knows_weekends_and_fixed_statutory_days_only(calendar: WorkCalendar) -> None:
    off = [day for day in days_of(2027) if day.weekday() < 5 and not calendar.is_working_day(day)]
    assert off == [date(2027, 1, 1), date(2027, 10, 1)]
    assert calendar.kind_of(date(2027, 5, 1)) == (DayKind.HOLIDAY, "劳动节")
    assert not calendar.covers(2027)
    assert calendar.covers(2026)


def test_the_versions_of_the_years_are_named_in_order(calendar: WorkCalendar) -> None:
    assert calendar.version_of([2027, 2020, 2026, 2020]) == "2020.2,2026.1,2027.provisional"


@pytest.mark.parametrize(
    ("known_on", "day", "worked"),
    [
        pytest.param("2019-03-21", "2019-05-02", True, id="before the Labour Day change"),
        pytest.param("2019-03-22", "2019-05-02", False, id="on the day of the Labour Day change"),
        pytest.param("2019-03-21", "2019-05-05", False, id="Sunday before it became a make-up day"),
        pytest.param("2019-03-22", "2019-05-05", True, id="make-up Sunday after the change"),
        pytest.param("2020-01-26", "2020-02-01", True, id="make-up Saturday of the first table"),
        pytest.param("2020-01-27", "2020-02-01", False, id="the extension took the make-up Saturday"),
        pytest.param("2020-01-26", "2020-01-31", True, id="Friday after the first Spring Festival"),
        pytest.param("2020-01-27", "2020-01-31", False, id="the extension took the Friday"),
        pytest.param("2015-05-12", "2015-09-03", True, id="before the commemoration was announced"),
        pytest.param("2015-05-13", "2015-09-03", False, id="commemoration day"),
        pytest.param("2018-12-05", "2018-12-31", True, id="New Year's Eve before the next notice"),
        pytest.param("2018-12-06", "2018-12-31", False, id="New Year's Eve of the next year's notice"),
    ],
)
def test_a_calendar_knows_only_what_was_published_by_its_day(known_on: str, day: str, worked: bool) -> None:
    known = load_calendar(CALENDAR, known_on=date.fromisoformat(known_on))
    assert known.is_working_day(date.fromisoformat(day)) is worked


def test_a_year_whose_notice_was_not_yet_published_is_provisional() -> None:
    known = load_calendar(CALENDAR, known_on=date(2025, 11, 3))
    assert known.version_of([2025, 2026]) == "2025.1,2026.provisional"


def test_every_version_names_its_notice() -> None:
    for path in sorted(CALENDAR.glob("2*.yml")):
        for table in read_year(path):
            assert "〔" in table.notice.number, path
            assert ".gov.cn/" in table.notice.url, path


def test_two_tables_for_one_year_are_refused() -> None:
    first, second = read_year(CALENDAR / "2020.yml")
    with pytest.raises(ValueError, match="two tables"):
        WorkCalendar([first, second])


GOOD = """
year: 2031
versions:
  - published_on: 2030-11-01
    notice: {title: 某通知, number: 某发〔2030〕1号, url: https://example.gov.cn/1}
    off:
      - {name: 元旦, from: 2031-01-01, to: 2031-01-03}
    work:
      - {date: 2031-01-04, for: 元旦}
"""


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        pytest.param("2031-01-04, for", "2031-01-06, for", "本来就是工作日", id="make-up on a Monday"),
        pytest.param("to: 2031-01-03", "to: 2031-01-04", "既放假又上班", id="off and worked"),
        pytest.param("from: 2031-01-01", "from: 2030-12-31", "不在 2031 年", id="outside the year"),
        pytest.param("to: 2031-01-03", "to: 2030-12-31", "颠倒", id="range reversed"),
        pytest.param(
            "    notice: {title: 某通知, number: 某发〔2030〕1号, url: https://example.gov.cn/1}\n",
            "",
            "缺少 versions.0.notice",
            id="no notice",
        ),
        pytest.param(
            "    work:",
            "      - {name: 春节, from: 2031-01-03, to: 2031-01-03}\n    work:",
            "列了两次",
            id="twice",
        ),
        pytest.param("    off:", "    offf:", "缺少 versions.0.off|不认识的项", id="misspelt key"),
        pytest.param("year: 2031", "year: 2032", "不一致", id="file name and year differ"),
        pytest.param("year: 2031", "year: 2031\nyear: 2031", "重复写了 year", id="repeated key"),
        pytest.param("2031-01-04, for", "2031-02-30, for", "日期或数值不存在", id="no such day"),
        pytest.param("versions:", "versions: [", "不是合法的YAML", id="no YAML"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(tmp_path: Path, old: str, new: str, reason: str) -> None:
    path = tmp_path / "2031.yml"
    path.write_text(GOOD, encoding="utf-8")
    assert read_year(path)[0].number == 1
    path.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RuleError, match=reason):
        read_year(path)


def test_a_year_without_any_working_day_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "2031.yml"
    endless = GOOD.replace("to: 2031-01-03", "to: 2031-12-31").replace(
        "      - {date: 2031-01-04, for: 元旦}\n", ""
    )
    path.write_text(endless.replace("    work:", "    work: []"), encoding="utf-8")
    with pytest.raises(RuleError, match="没有一个工作日"):
        read_year(path)


def test_versions_stand_in_the_order_of_their_publication(tmp_path: Path) -> None:
    path = tmp_path / "2031.yml"
    head, body = GOOD.split("versions:\n")
    path.write_text(
        f"{head}versions:\n{body}{body.lstrip()}".replace("\n- pub", "\n  - pub"), encoding="utf-8"
    )
    with pytest.raises(RuleError, match="先后"):
        read_year(path)


def test_a_missing_table_of_statutory_days_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="不存在"):
        load_calendar(tmp_path)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        pytest.param("2026-09-30", "2026-09-30", 0, id="the same day"),
        pytest.param("2026-09-30", "2026-09-29", 0, id="before it"),
        pytest.param("2026-09-30", "2026-10-07", 0, id="in the holiday"),
        pytest.param("2026-09-30", "2026-10-08", 1, id="first working day after the holiday"),
        pytest.param("2026-09-30", "2026-10-10", 3, id="make-up Saturday"),
        pytest.param("2026-10-10", "2026-10-11", 0, id="Sunday after a working Saturday"),
        pytest.param("2026-12-31", "2027-01-04", 1, id="over the turn of the year"),
    ],
)
def test_working_days_after_a_day_are_counted(
    calendar: WorkCalendar, start: str, end: str, expected: int
) -> None:
    assert calendar.working_days_after(date.fromisoformat(start), date.fromisoformat(end)) == expected


def test_working_days_after_a_day_agree_with_counting_them_one_by_one(calendar: WorkCalendar) -> None:
    start = date(2018, 11, 28)
    counted = 0
    for n in range(1, 900):
        day = start + timedelta(days=n)
        counted += calendar.is_working_day(day)
        assert calendar.working_days_after(start, day) == counted
