"""Grading: what it would do, what it does, and that being late hides nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alerts.grading import grade, preview_grade, spell
from alerts.instants import Instants
from alerts.publishing import publish
from core.clock import parse_instant
from core.errors import Conflict, InvalidInput, NotAllowed
from core.vocabulary import DeadlineStatus, Level
from tests.alerts.bureau import Bureau, local, publication

FIRST, PRESS, OTHER = "incident.first_response", "incident.press_conference", "incident.other_response"
ROLLING = "incident.rolling_update"


def dues(bureau: Bureau, case: int, state: str = "running") -> dict[str, str | None]:
    """Rule → due time of the clocks in a state."""
    return {row["rule_key"]: local(row["due_at"]) for row in bureau.clocks(case, state)}


@pytest.mark.parametrize("level", [Level.I, Level.II])
def test_a_major_incident_owes_a_first_response_and_a_press_conference(bureau: Bureau, level: Level) -> None:
    case = bureau.incident(seen="2026-03-02T08:00")
    bureau.do(grade, case, bureau.press, bureau.law, level=level, reason="全城停水")
    assert dues(bureau, case) == {FIRST: "2026-03-02T13:00", PRESS: "2026-03-03T08:00"}


@pytest.mark.parametrize("level", [Level.III, Level.IV])
def test_any_other_incident_owes_a_response_within_forty_eight_hours(bureau: Bureau, level: Level) -> None:
    case = bureau.incident(seen="2026-03-02T08:00")
    bureau.do(grade, case, bureau.press, bureau.law, level=level, reason="一个小区停水")
    assert dues(bureau, case) == {OTHER: "2026-03-04T08:00"}


def test_confirming_the_suggested_level_lets_the_provisional_clock_run_on(bureau: Bureau) -> None:
    case = bureau.incident(seen="2026-03-02T08:00", level=Level.I)
    (provisional,) = bureau.clocks(case)
    bureau.clock.advance(hours=1)
    bureau.do(grade, case, bureau.press, bureau.law, level=Level.I, reason="全城停水")
    assert bureau.clocks(case)[0] == provisional
    assert dues(bureau, case) == {FIRST: "2026-03-02T13:00", PRESS: "2026-03-03T08:00"}


def test_a_lesser_grade_supersedes_the_provisional_clock_and_keeps_it(bureau: Bureau) -> None:
    case = bureau.incident(seen="2026-03-02T08:00", level=Level.II)
    bureau.do(grade, case, bureau.press, bureau.law, level=Level.IV, reason="影响不大")
    assert dues(bureau, case, "superseded") == {FIRST: "2026-03-02T13:00"}
    assert dues(bureau, case) == {OTHER: "2026-03-04T08:00"}


def test_grading_late_keeps_the_three_instants_and_how_late_it_was(bureau: Bureau) -> None:
    case = bureau.incident(seen="2026-03-02T08:00", occurred="2026-03-02T07:00")
    bureau.clock.move_to(parse_instant("2026-03-02T10:20"))
    facts = bureau.do(grade, case, bureau.press, bureau.law, level=Level.I, reason="全城停水").facts
    assert facts["graded_after_seconds"] == timedelta(hours=3, minutes=20).total_seconds()
    assert facts["occurred_at"] == "2026-03-02T07:00:00+08:00"
    assert facts["first_seen_at"] == "2026-03-02T08:00:00+08:00"
    assert dues(bureau, case)[FIRST] == "2026-03-02T12:00"


def test_d13_a_general_incident_found_major_six_hours_on_is_overdue_by_one_hour(bureau: Bureau) -> None:
    case = bureau.incident(seen="2026-03-02T08:00")
    bureau.do(grade, case, bureau.press, bureau.law, level=Level.III, reason="一个小区停水")
    bureau.clock.move_to(parse_instant("2026-03-02T14:00"))
    before = bureau.clocks(case)
    with bureau.database.read() as connection:
        previews = preview_grade(connection, case, bureau.law, level=Level.I, now=bureau.clock.now())
    assert previews[0].says == "定为特别重大后，“重大突发事件首次回应”已经超期1小时。"
    assert previews[1].says == "定为特别重大后，“举行新闻发布会”还剩18小时。"
    assert bureau.clocks(case) == before

    bureau.do(grade, case, bureau.leader, bureau.law, level=Level.I, reason="扩大到全城")
    assert dues(bureau, case, "superseded") == {OTHER: "2026-03-04T08:00"}
    (first,) = [row for row in bureau.clocks(case) if row["rule_key"] == FIRST]
    assert (first["status"], local(first["due_at"])) == (DeadlineStatus.OVERDUE.value, "2026-03-02T13:00")
    assert bureau.tags(case)[-2:] == ["incident:graded", "incident:regraded"]


def test_a_statement_published_before_the_grade_counts_at_its_time(bureau: Bureau) -> None:
    case = bureau.incident(seen="2026-03-02T08:00")
    bureau.clock.move_to(parse_instant("2026-03-02T11:00"))
    bureau.do(publish, case, bureau.press, bureau.law, publication("2026-03-02T10:30"))
    bureau.clock.move_to(parse_instant("2026-03-02T16:00"))
    bureau.do(grade, case, bureau.press, bureau.law, level=Level.I, reason="全城停水")
    (first,) = [row for row in bureau.clocks(case) if row["rule_key"] == FIRST]
    assert (first["state"], first["status"]) == ("met", DeadlineStatus.ON_TIME.value)
    assert local(first["met_at"]) == "2026-03-02T10:30"
    assert dues(bureau, case) == {PRESS: "2026-03-03T08:00", ROLLING: "2026-03-02T22:30"}


def test_a_statement_back_dated_before_the_grade_waits_for_a_second_person(bureau: Bureau) -> None:
    case = bureau.incident(seen="2026-03-02T08:00")
    bureau.clock.move_to(parse_instant("2026-03-02T18:00"))
    bureau.do(publish, case, bureau.press, bureau.law, publication("2026-03-02T10:30"))
    facts = bureau.do(grade, case, bureau.press, bureau.law, level=Level.I, reason="全城停水").facts
    assert len(facts["awaits_confirmation"]) == 1
    (first,) = [row for row in bureau.clocks(case) if row["rule_key"] == FIRST]
    assert first["status"] == DeadlineStatus.OVERDUE.value


def test_correcting_an_instant_counts_again_and_keeps_the_former_clock(bureau: Bureau) -> None:
    case = bureau.incident(seen="2026-03-02T08:00")
    bureau.do(grade, case, bureau.press, bureau.law, level=Level.I, reason="全城停水")
    better = Instants(parse_instant("2026-03-02T06:00"), None, parse_instant("2026-03-02T08:00"))
    bureau.do(grade, case, bureau.press, bureau.law, level=Level.I, reason="查明发生时间", instants=better)
    assert dues(bureau, case, "superseded") == {FIRST: "2026-03-02T13:00", PRESS: "2026-03-03T08:00"}
    assert dues(bureau, case) == {FIRST: "2026-03-02T11:00", PRESS: "2026-03-03T06:00"}


def test_the_same_grade_again_changes_nothing(bureau: Bureau) -> None:
    case = bureau.incident(seen="2026-03-02T08:00")
    bureau.do(grade, case, bureau.press, bureau.law, level=Level.I, reason="全城停水")
    before = bureau.tags(case)
    with pytest.raises(Conflict, match="已经定为特别重大"):
        bureau.do(grade, case, bureau.duty, bureau.law, level=Level.I, reason="全城停水")
    assert bureau.tags(case) == before


def test_a_repeated_grade_under_one_key_gives_the_first_answer(bureau: Bureau) -> None:
    case = bureau.incident(seen="2026-03-02T08:00")
    first = bureau.do(grade, case, bureau.press, bureau.law, level=Level.I, reason="全城停水", key="g-1")
    again = bureau.do(grade, case, bureau.press, bureau.law, level=Level.I, reason="全城停水", key="g-1")
    assert again == first


def test_a_handler_grades_nothing_and_a_grade_needs_a_reason(bureau: Bureau) -> None:
    case = bureau.incident(seen="2026-03-02T08:00")
    with pytest.raises(InvalidInput, match="定级理由"):
        bureau.do(grade, case, bureau.press, bureau.law, level=Level.I, reason=" ")
    with pytest.raises(NotAllowed):
        bureau.do(grade, case, bureau.admin, bureau.law, level=Level.I, reason="全城停水")
    assert bureau.clocks(case) == []


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(hours=3, minutes=20), "3小时20分"),
        (timedelta(hours=1), "1小时"),
        (timedelta(minutes=7, seconds=59), "7分钟"),
        (timedelta(0), "0分钟"),
    ],
)
def test_a_length_is_said_in_hours_and_minutes(length: timedelta, said: str) -> None:
    assert spell(length) == said
