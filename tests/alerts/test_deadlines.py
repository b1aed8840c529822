"""Due times: the golden table of the law, the reasons shown for each day, pauses, time zones."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from alerts.deadlines import DueTimes, due
from core.clock import SHANGHAI, UTC, day_end
from core.errors import InvalidInput
from core.model import Pause
from core.rulebook import Rule, RuleExample, rules_folder
from core.vocabulary import DayKind, LimitUnit
from core.working_days import WorkCalendar, load_calendar
from tests.alerts.rules_for_tests import BOOK, FIRST_REPLY, rule_of

CALENDAR = load_calendar(rules_folder() / "calendar")
EXAMPLES = [(rule, example) for rule in BOOK.rules() for example in rule.examples]


def at(text: str) -> datetime:
    """A local time of the office, `2026-09-30 09:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def pause(since: str, until: str | None) -> Pause:
    return Pause(at(since), at(until) if until else None)


@pytest.mark.parametrize(
    ("rule", "example"), EXAMPLES, ids=[f"{rule.key} {e.start:%F} {e.why}" for rule, e in EXAMPLES]
)
def test_every_example_of_every_rule_holds(rule: Rule, example: RuleExample) -> None:
    known_on = example.calendar_as_of
    calendar = load_calendar(rules_folder() / "calendar", known_on=known_on) if known_on else CALENDAR
    result = due(rule, example.start, calendar)
    assert result.due_day == example.due_on
    assert result.due_at == (example.due_at if example.due_on is None else day_end(example.due_on))
    assert result.provisional is example.provisional


@pytest.mark.parametrize(
    ("received", "days", "expected"),
    [
        ("2019-04-26", 5, "2019-05-06"),
        ("2020-01-17", 5, "2020-01-23"),
        ("2020-01-20", 5, "2020-02-04"),
        ("2024-02-08", 1, "2024-02-09"),
        ("2024-02-08", 5, "2024-02-21"),
        ("2025-09-26", 5, "2025-10-10"),
        ("2026-02-13", 1, "2026-02-14"),
        ("2026-02-13", 5, "2026-02-27"),
        ("2026-04-30", 5, "2026-05-11"),
        ("2026-09-18", 5, "2026-09-24"),
        ("2026-09-30", 5, "2026-10-13"),
        ("2026-10-01", 5, "2026-10-13"),
        ("2026-10-03", 1, "2026-10-08"),
        ("2026-12-29", 5, "2027-01-06"),
    ],
)
def test_the_golden_table_holds(received: str, days: int, expected: str) -> None:
    result = due(rule_of(days), at(f"{received} 09:00"), CALENDAR)
    assert result.due_day == date.fromisoformat(expected)
    assert result.due_at == at(f"{expected} 00:00") + timedelta(days=1)


def test_the_first_table_of_2020_gives_the_earlier_day() -> None:
    first = load_calendar(rules_folder() / "calendar", known_on=date(2020, 1, 26))
    result = due(rule_of(5), at("2020-01-20 09:00"), first)
    assert result.due_day == date(2020, 2, 1)
    assert result.calendar_version == "2020.1"
    assert due(rule_of(5), at("2020-01-20 09:00"), CALENDAR).calendar_version == "2020.2"


def test_the_explanation_names_every_day_and_numbers_the_counted_ones() -> None:
    lines = due(rule_of(5), at("2026-09-30 09:00"), CALENDAR).explanation
    told = [(line.day.day, line.kind, line.number, line.name) for line in lines]
    assert told[0] == (30, DayKind.DAY_ZERO, None, None)
    assert told[1] == (1, DayKind.HOLIDAY, None, "国庆节")
    assert told[8:] == [
        (8, DayKind.WORKING_DAY, 1, None),
        (9, DayKind.WORKING_DAY, 2, None),
        (10, DayKind.MAKE_UP_WORKING_DAY, 3, "国庆节"),
        (11, DayKind.WEEKEND, None, None),
        (12, DayKind.WORKING_DAY, 4, None),
        (13, DayKind.WORKING_DAY, 5, None),
    ]
    assert all(later.day - earlier.day == timedelta(days=1) for earlier, later in pairwise(lines))


def test_a_calendar_day_limit_carried_over_days_off_numbers_only_its_own_days() -> None:
    lines = due(rule_of(3, LimitUnit.CALENDAR_DAY), at("2026-09-29 09:00"), CALENDAR).explanation
    assert [line.number for line in lines] == [None, 1, 2, 3, *[None] * 6]
    assert lines[3].kind is DayKind.CALENDAR_DAY
    assert lines[4].kind is DayKind.HOLIDAY
    assert (lines[-1].day, lines[-1].kind) == (date(2026, 10, 8), DayKind.WORKING_DAY)


def test_a_backwards_limit_counts_back_from_the_planned_day() -> None:
    result = due(rule_of(3, backwards=True), at("2026-10-12 09:00"), CALENDAR)
    told = [(line.day.isoformat()[5:], line.number) for line in result.explanation]
    assert told == [("10-12", None), ("10-11", None), ("10-10", 1), ("10-09", 2), ("10-08", 3)]
    assert result.due_at == at("2026-10-09 00:00")


def test_a_provisional_year_is_flagged_and_named() -> None:
    result = due(rule_of(5), at("2026-12-29 09:00"), CALENDAR)
    assert result.provisional
    assert result.calendar_version == "2026.1,2027.provisional"
    assert not due(rule_of(2), at("2026-12-29 09:00"), CALENDAR).provisional


def test_hours_run_through_the_spring_festival_and_need_no_explanation() -> None:
    result = due(rule_of(5, LimitUnit.HOUR), at("2026-02-16 22:30"), CALENDAR)
    assert result.due_at == at("2026-02-17 03:30")
    assert (result.due_day, result.explanation, result.calendar_version) == (None, (), "")


def test_the_last_instant_of_a_day_and_the_first_of_the_next_differ_by_one_day_zero() -> None:
    before = due(rule_of(1), at("2026-03-03 23:59:59.999"), CALENDAR)
    after = due(rule_of(1), at("2026-03-04 00:00:00.000"), CALENDAR)
    assert (before.due_day, after.due_day) == (date(2026, 3, 4), date(2026, 3, 5))


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kathmandu"])
def test_the_server_s_time_zone_does_not_matter(zone: str) -> None:
    program = (
        "from datetime import datetime\n"
        "from alerts.deadlines import due\n"
        "from core.working_days import load_calendar\n"
        "from core.rulebook import load_rulebook, rules_folder\n"
        "rule = load_rulebook(rules_folder()).find('message.first_reply', '2021-05-06')\n"
        "calendar = load_calendar(rules_folder() / 'calendar')\n"
        "for text in ('2026-09-30T15:59:59.999+00:00', '2026-10-08T00:00:00+08:00'):\n"
        "    print(due(rule, datetime.fromisoformat(text), calendar).due_at.isoformat())\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"TZ": zone},
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["2026-10-13T16:00:00+00:00", "2026-10-14T16:00:00+00:00"]


def test_an_office_that_closes_early_ends_its_last_day_at_close_of_business() -> None:
    result = due(rule_of(5), at("2026-09-30 09:00"), CALENDAR, day_ends=time(17, 30))
    assert result.due_at == at("2026-10-13 17:30")
    assert result.due_day == date(2026, 10, 13)


@pytest.mark.parametrize(
    ("pauses", "expected"),
    [
        pytest.param([pause("2026-09-18 16:00", "2026-09-22 10:00")], "2026-09-28", id="make-up Sunday"),
        pytest.param(
            [pause("2026-09-18 16:00", "2026-09-22 10:00"), pause("2026-09-19 09:00", "2026-09-21 09:00")],
            "2026-09-28",
            id="a nested pause counts once",
        ),
        pytest.param([pause("2026-09-16 09:00", "2026-09-16 17:00")], "2026-09-22", id="within one day"),
        pytest.param([pause("2026-09-16 00:00", "2026-09-17 00:00")], "2026-09-23", id="exactly one day"),
        pytest.param([pause("2026-09-22 20:00", "2026-09-23 08:00")], "2026-09-23", id="on the last evening"),
        pytest.param(
            [pause("2026-09-23 00:00", "2026-09-28 00:00")], "2026-09-22", id="from the due instant"
        ),
        pytest.param(
            [pause("2026-09-23 09:00", "2026-09-28 00:00")], "2026-09-22", id="when already overdue"
        ),
        pytest.param([pause("2026-09-01 00:00", "2026-09-10 00:00")], "2026-09-22", id="before the start"),
        pytest.param([pause("2026-09-19 00:00", "2026-09-20 00:00")], "2026-09-22", id="over a day off"),
    ],
)
def test_a_day_whose_end_is_paused_is_not_counted(pauses: list[Pause], expected: str) -> None:
    # Without a pause the six days are 09-16, 09-17, 09-18, 09-20 (make-up Sunday), 09-21 and 09-22.
    result = due(rule_of(6), at("2026-09-15 09:00"), CALENDAR, pauses=pauses)
    assert result.due_day == date.fromisoformat(expected)


def test_a_paused_day_is_told_as_paused() -> None:
    lines = due(
        rule_of(2), at("2026-03-02 09:00"), CALENDAR, pauses=[pause("2026-03-03 10:00", "2026-03-04 10:00")]
    ).explanation
    assert [(line.day.day, line.kind, line.number) for line in lines] == [
        (2, DayKind.DAY_ZERO, None),
        (3, DayKind.PAUSED, None),
        (4, DayKind.WORKING_DAY, 1),
        (5, DayKind.WORKING_DAY, 2),
    ]


@pytest.mark.parametrize(
    ("pauses", "expected"),
    [
        pytest.param([pause("2026-03-02 10:00", "2026-03-02 12:00")], "2026-03-02 16:00", id="inside"),
        pytest.param(
            [pause("2026-03-02 10:00", "2026-03-02 12:00"), pause("2026-03-02 11:00", "2026-03-02 13:00")],
            "2026-03-02 17:00",
            id="overlapping",
        ),
        pytest.param([pause("2026-03-02 08:00", "2026-03-02 10:00")], "2026-03-02 15:00", id="from before"),
        pytest.param([pause("2026-03-02 14:00", "2026-03-02 18:00")], "2026-03-02 14:00", id="at the end"),
        pytest.param(
            [pause("2026-03-02 13:00", "2026-03-02 15:00"), pause("2026-03-02 15:30", "2026-03-02 16:30")],
            "2026-03-02 17:00",
            id="the second only matters because of the first",
        ),
    ],
)
def test_paused_time_is_added_to_hours(pauses: list[Pause], expected: str) -> None:
    result = due(rule_of(5, LimitUnit.HOUR), at("2026-03-02 09:00"), CALENDAR, pauses=pauses)
    assert result.due_at == at(expected)


def test_a_pause_without_an_end_is_taken_to_last_until_now() -> None:
    open_pause = [pause("2026-03-03 10:00", None)]
    rule = rule_of(2)
    started = at("2026-03-02 09:00")
    early = due(rule, started, CALENDAR, pauses=open_pause, now=at("2026-03-03 11:00"))
    late = due(rule, started, CALENDAR, pauses=open_pause, now=at("2026-03-05 11:00"))
    assert (early.due_day, late.due_day) == (date(2026, 3, 4), date(2026, 3, 6))
    with pytest.raises(InvalidInput, match="当前时间"):
        due(rule, started, CALENDAR, pauses=open_pause)


@pytest.mark.parametrize(
    "refused",
    [
        pytest.param(lambda: due(FIRST_REPLY, datetime(2026, 3, 2, 9), CALENDAR), id="naive"),  # noqa: DTZ001
        pytest.param(lambda: due(rule_of(None), at("2026-03-02 09:00"), CALENDAR), id="no amount"),
        pytest.param(lambda: due(rule_of(5), at("9999-12-30 09:00"), CALENDAR), id="end of time"),
        pytest.param(
            lambda: due(rule_of(48, LimitUnit.HOUR), at("9999-12-31 09:00"), CALENDAR), id="hours at the end"
        ),
        pytest.param(
            lambda: due(
                rule_of(5, pausable=False),
                at("2026-03-02 09:00"),
                CALENDAR,
                pauses=[pause("2026-03-03 00:00", "2026-03-04 00:00")],
            ),
            id="not pausable",
        ),
    ],
)
def test_what_cannot_be_counted_is_refused(refused: Callable[[], object]) -> None:
    with pytest.raises(InvalidInput):
        refused()


def test_a_damaged_calendar_without_working_days_does_not_search_for_ever() -> None:
    class NeverWorking(WorkCalendar):
        def is_working_day(self, day: date) -> bool:  # noqa: ARG002 - the signature is the calendar's
            return False

    with pytest.raises(InvalidInput, match="算不出"):
        due(rule_of(1), at("2026-03-02 09:00"), NeverWorking([]))


def test_remembered_due_times_equal_counted_ones() -> None:
    remembered = DueTimes(CALENDAR, time(17, 30))
    rules = [rule for rule in BOOK.rules() if rule.limit.amount is not None]
    for _ in range(2):
        for hour in range(0, 24 * 40, 7):
            instant = datetime(2026, 9, 10, tzinfo=UTC) + timedelta(hours=hour)
            for rule in rules:
                expected = due(rule, instant, CALENDAR, day_ends=time(17, 30))
                assert remembered.due(rule, instant) == expected


def test_remembered_due_times_refuse_a_naive_instant() -> None:
    with pytest.raises(InvalidInput):
        DueTimes(CALENDAR).due(FIRST_REPLY, datetime(2026, 3, 2, 9))  # noqa: DTZ001 - the case under test
