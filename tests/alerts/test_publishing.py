"""Publishing: which clock a publication stops, and that without evidence none stops."""

from __future__ import annotations

from typing import Any

import pytest

from alerts.claims import confirm
from alerts.grading import grade
from alerts.handling import acknowledge, assign, close
from alerts.publishing import Publication, hold_press_conference, publish
from alerts.reopening import reopen
from core.clock import parse_instant
from core.errors import InvalidInput, NotAllowed
from core.vocabulary import DeadlineStatus, Level
from tests.alerts.bureau import ROADS, Bureau, a_copy, local, publication

FIRST, PRESS, ROLLING = "incident.first_response", "incident.press_conference", "incident.rolling_update"


@pytest.fixture
def major(bureau: Bureau) -> int:
    """A graded major incident first seen at 08:00: 5 hours end at 13:00, 24 hours at 08:00 tomorrow."""
    case = bureau.incident(seen="2026-03-02T08:00", level=Level.I)
    bureau.do(grade, case, bureau.press, bureau.law, level=Level.I, reason="全城停水")
    return case


def test_a_statement_stops_the_five_hours_and_nothing_else(bureau: Bureau, major: int) -> None:
    bureau.clock.move_to(parse_instant("2026-03-02T12:00"))
    bureau.do(publish, major, bureau.press, bureau.law, publication("2026-03-02T11:58"))
    states = bureau.states(major)
    assert (states[FIRST], states[PRESS]) == ("met", "running")
    (first,) = bureau.clocks(major, "met")
    assert (first["status"], local(first["met_at"])) == (DeadlineStatus.ON_TIME.value, "2026-03-02T11:58")
    assert bureau.case(major)["state"] == "responded"


def test_a_press_conference_stops_its_own_clock_and_the_statement_is_still_owed(
    bureau: Bureau, major: int
) -> None:
    bureau.clock.move_to(parse_instant("2026-03-02T12:00"))
    bureau.do(hold_press_conference, major, bureau.press, bureau.law, publication("2026-03-02T11:00"))
    assert bureau.states(major) == {FIRST: "running", PRESS: "met"}
    assert bureau.case(major)["state"] == "new"


def test_each_statement_starts_the_wait_for_the_next_update(bureau: Bureau, major: int) -> None:
    bureau.clock.move_to(parse_instant("2026-03-02T10:00"))
    bureau.do(publish, major, bureau.press, bureau.law, publication("2026-03-02T10:00"))
    bureau.clock.move_to(parse_instant("2026-03-02T15:00"))
    bureau.do(publish, major, bureau.press, bureau.law, publication("2026-03-02T14:30"))
    rolling = [row for row in bureau.clocks(major) if row["rule_key"] == ROLLING]
    assert [(row["state"], local(row["due_at"])) for row in rolling] == [
        ("met", "2026-03-02T22:00"),
        ("running", "2026-03-03T02:30"),
    ]
    bureau.do(hold_press_conference, major, bureau.press, bureau.law, publication("2026-03-02T14:40"))
    bureau.do(close, major, bureau.press, bureau.law, outcome="已恢复供水")
    assert bureau.states(major) == {FIRST: "met", PRESS: "met", ROLLING: "cancelled"}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        pytest.param({"copy": None}, "copy", id="没有留存件"),
        pytest.param({"publisher": " "}, "publisher", id="没有发布单位"),
        pytest.param({"title": ""}, "title", id="没有标题"),
        pytest.param({"url": ""}, "url", id="没有链接"),
    ],
)
def test_without_evidence_no_clock_stops(
    bureau: Bureau, major: int, given: dict[str, Any], field: str
) -> None:
    before = bureau.clocks(major)
    with pytest.raises(InvalidInput) as caught:
        bureau.do(publish, major, bureau.press, bureau.law, publication("2026-03-02T09:00", **given))
    assert caught.value.field == field
    assert bureau.clocks(major) == before
    assert bureau.case(major)["state"] == "new"


def test_an_uploaded_copy_is_enough_without_a_link(bureau: Bureau, major: int) -> None:
    given = Publication(parse_instant("2026-03-02T08:50"), copy=a_copy(None))
    bureau.do(publish, major, bureau.press, bureau.law, given)
    assert bureau.states(major)[FIRST] == "met"


@pytest.mark.parametrize(
    ("at", "code"), [("2026-03-02T09:01", "time.in_future"), ("2026-03-02T07:59", "time.too_early")]
)
def test_a_publication_lies_between_the_incident_and_now(
    bureau: Bureau, major: int, at: str, code: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        bureau.do(publish, major, bureau.press, bureau.law, publication(at))
    assert (caught.value.code, caught.value.field) == (code, "published_at")
    assert bureau.states(major)[FIRST] == "running"


def test_a_publication_without_a_time_is_refused(bureau: Bureau, major: int) -> None:
    with pytest.raises(InvalidInput, match="没有填写发布时间"):
        bureau.do(publish, major, bureau.press, bureau.law, Publication(None, copy=a_copy(None)))


def test_signing_and_assigning_stop_no_clock_of_an_incident(bureau: Bureau, major: int) -> None:
    before = bureau.clocks(major)
    bureau.do(acknowledge, major, bureau.duty)
    bureau.do(assign, major, bureau.press, section=ROADS)
    assert bureau.clocks(major) == before


def test_the_responsible_section_does_not_speak_for_the_office(bureau: Bureau, major: int) -> None:
    bureau.do(assign, major, bureau.press, section=ROADS)
    with pytest.raises(NotAllowed):
        bureau.do(publish, major, bureau.roads, bureau.law, publication("2026-03-02T09:00"))


def test_a_back_dated_statement_counts_only_when_a_second_person_confirms(bureau: Bureau, major: int) -> None:
    bureau.clock.move_to(parse_instant("2026-03-02T15:00"))
    outcome = bureau.do(publish, major, bureau.press, bureau.law, publication("2026-03-02T12:30"))
    (first,) = [row for row in bureau.clocks(major) if row["rule_key"] == FIRST]
    assert (first["state"], first["status"]) == ("running", DeadlineStatus.OVERDUE.value)
    assert bureau.case(major)["state"] == "new"
    assert outcome.facts["claimed_against"][0]["rule"] == FIRST
    assert ROLLING not in bureau.states(major)

    bureau.do(confirm, major, bureau.leader, bureau.law, response_id=outcome.facts["response"])
    (first,) = [row for row in bureau.clocks(major) if row["rule_key"] == FIRST]
    assert (first["status"], local(first["met_at"])) == (DeadlineStatus.ON_TIME.value, "2026-03-02T12:30")
    assert first["met_known_at"] == bureau.clock.now()
    assert bureau.case(major)["state"] == "responded"
    assert bureau.states(major)[ROLLING] == "running"


def test_a_reopened_incident_has_clocks_of_its_own(bureau: Bureau, major: int) -> None:
    bureau.do(publish, major, bureau.press, bureau.law, publication("2026-03-02T08:50"))
    bureau.do(hold_press_conference, major, bureau.press, bureau.law, publication("2026-03-02T08:55"))
    bureau.do(close, major, bureau.press, bureau.law, outcome="已恢复供水")
    before = bureau.clocks(major)
    bureau.clock.move_to(parse_instant("2026-03-05T10:00"))
    bureau.do(reopen, major, bureau.press, bureau.law, reason="再次爆管")
    after = bureau.clocks(major)
    fixed = ("id", "state", "met_at", "due_at", "cycle")
    assert [[row[name] for name in fixed] for row in after[: len(before)]] == [
        [row[name] for name in fixed] for row in before
    ]
    assert {row["rule_key"]: local(row["due_at"]) for row in after if row["cycle"] == 2} == {
        FIRST: "2026-03-05T15:00",
        PRESS: "2026-03-06T10:00",
    }
    bureau.clock.advance(hours=1)
    bureau.do(publish, major, bureau.press, bureau.law, publication("2026-03-05T11:00"))
    assert bureau.states(major)[FIRST] == "met"


def test_sending_the_same_publication_twice_records_it_once(bureau: Bureau, major: int) -> None:
    given = publication("2026-03-02T08:50")
    first = bureau.do(publish, major, bureau.press, bureau.law, given, key="p-1")
    bureau.clock.advance(minutes=1)
    assert bureau.do(publish, major, bureau.press, bureau.law, given, key="p-1") == first
    assert bureau.tags(major).count("statement:published") == 1
