"""Opening incidents: the three instants, the clock nobody waits for, more voices."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.grading import grade
from alerts.handling import acknowledge, assign, dismiss
from alerts.incidents import NewIncident, add_messages, listed, open_incident, remove_messages
from alerts.instants import Instants
from alerts.steps import Outcome
from core.clock import parse_instant
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.vocabulary import Channel, Level
from tests.alerts.bureau import INCIDENT_RULES, ROADS, Bureau, local, public_post
from tests.factories import make_record

FIRST = "incident.first_response"


def opened(bureau: Bureau, new: NewIncident, *, key: str | None = None) -> Outcome:
    """Open an incident as the press section."""
    with bureau.database.write() as connection:
        act = bureau.act(bureau.press, key=key)
        return open_incident(connection, act, bureau.law, INCIDENT_RULES, new)


def new(*message_ids: int, level: Level | None = None) -> NewIncident:
    """An incident of these messages whose instants are to be prefilled."""
    return NewIncident(
        "柳河路水管爆裂", message_ids=message_ids, suggested_level=level, reasons=("多人反映。",)
    )


def test_a_candidate_suggested_major_starts_the_five_hours_before_anybody_has_graded(bureau: Bureau) -> None:
    case = bureau.incident(seen="2026-03-02T08:30", level=Level.II, occurred="2026-03-02T07:10")
    (clock,) = bureau.clocks(case)
    assert (clock["rule_key"], clock["anchor"], clock["state"]) == (FIRST, "occurred", "running")
    assert local(clock["due_at"]) == "2026-03-02T12:10"
    assert bureau.planned(case) > 0


@pytest.mark.parametrize("level", [None, Level.III, Level.IV])
def test_a_lesser_candidate_starts_no_clock_until_it_is_graded(bureau: Bureau, level: Level | None) -> None:
    assert bureau.clocks(bureau.incident(seen="2026-03-02T08:30", level=level)) == []


def test_dismissing_a_candidate_cancels_its_clock_with_the_reason(bureau: Bureau) -> None:
    case = bureau.incident(seen="2026-03-02T08:30", level=Level.I)
    bureau.do(dismiss, case, bureau.duty, reason="演练信息,不是事件")
    assert bureau.states(case) == {FIRST: "cancelled"}
    assert bureau.planned(case) == 0
    with pytest.raises(Conflict):
        bureau.do(grade, case, bureau.press, bureau.law, level=Level.I, reason="误判")


def test_the_instants_are_prefilled_from_public_messages_near_the_surge(bureau: Bureau) -> None:
    ids = bureau.receive(public_post("2026-03-02T06:40"), public_post("2026-03-02T07:20"))
    facts = opened(bureau, new(*ids, level=Level.II)).facts
    assert facts["occurred_at"] is None
    assert facts["first_public_at"] == "2026-03-02T06:40:00+08:00"
    assert facts["first_seen_at"] == "2026-03-02T09:00:00+08:00"
    assert facts["earliest"] == "first_public"


def test_a_matter_that_simmered_for_months_is_not_overdue_at_birth(bureau: Bureau) -> None:
    ids = bureau.receive(public_post("2025-12-01T10:00"), public_post("2026-03-02T08:00"))
    case = opened(bureau, new(*ids, level=Level.II)).case_id
    (clock,) = bureau.clocks(case)
    assert local(clock["started_at"]) == "2026-03-02T08:00"
    assert clock["due_at"] > bureau.clock.now()


def test_a_letter_is_seen_but_not_public(bureau: Bureau) -> None:
    ids = bureau.receive(make_record("2026-03-02T08:00"))
    facts = opened(bureau, new(*ids)).facts
    assert facts["first_public_at"] is None
    assert facts["first_seen_at"] == "2026-03-02T08:00:00+08:00"


def test_an_instant_in_the_future_is_refused(bureau: Bureau) -> None:
    instants = Instants(parse_instant("2026-03-02T09:01"), None, parse_instant("2026-03-02T08:00"))
    with pytest.raises(InvalidInput, match="发生时间还没有到"):
        opened(bureau, replace(new(), instants=instants))


def test_a_message_that_is_not_there_opens_nothing(bureau: Bureau) -> None:
    with pytest.raises(InvalidInput, match="没有编号为 99 的信息"):
        opened(bureau, new(99))
    with bureau.database.read() as connection:
        assert listed(connection) == []


def test_a_handler_opens_no_incident(bureau: Bureau) -> None:
    with pytest.raises(NotAllowed):
        bureau.incident(seen="2026-03-02T08:00", actor=bureau.roads)


def test_opening_twice_under_one_key_opens_one(bureau: Bureau) -> None:
    first = opened(bureau, new(level=Level.II), key="k-1")
    assert opened(bureau, new(level=Level.II), key="k-1") == first
    with bureau.database.read() as connection:
        assert len(listed(connection)) == 1


def test_an_earlier_public_message_moves_the_provisional_clock_and_keeps_the_old_one(bureau: Bureau) -> None:
    ids = bureau.receive(public_post("2026-03-02T08:00"), public_post("2026-03-02T06:00"))
    case = opened(bureau, new(ids[0], level=Level.II)).case_id
    bureau.do(add_messages, case, bureau.press, bureau.law, INCIDENT_RULES, message_ids=[ids[1]])
    old, fresh = bureau.clocks(case)
    assert (old["state"], local(old["due_at"])) == ("superseded", "2026-03-02T13:00")
    assert (fresh["state"], local(fresh["due_at"])) == ("running", "2026-03-02T11:00")


def test_more_voices_that_make_it_major_start_the_clock(bureau: Bureau) -> None:
    ids = bureau.receive(public_post("2026-03-02T08:00"), public_post("2026-03-02T08:20"))
    case = opened(bureau, new(ids[0], level=Level.IV)).case_id
    assert bureau.clocks(case) == []
    bureau.do(
        add_messages,
        case,
        bureau.press,
        bureau.law,
        INCIDENT_RULES,
        message_ids=[ids[1]],
        suggested_level=Level.II,
    )
    (clock,) = bureau.clocks(case)
    assert (clock["rule_key"], local(clock["due_at"])) == (FIRST, "2026-03-02T13:00")


def test_after_a_grade_new_messages_move_no_clock(bureau: Bureau) -> None:
    ids = bureau.receive(public_post("2026-03-02T08:00"), public_post("2026-03-02T06:00"))
    case = opened(bureau, new(ids[0])).case_id
    bureau.do(grade, case, bureau.press, bureau.law, level=Level.III, reason="影响一个小区")
    before = bureau.clocks(case)
    bureau.do(add_messages, case, bureau.press, bureau.law, INCIDENT_RULES, message_ids=[ids[1]])
    assert bureau.clocks(case) == before


def test_a_message_taken_out_is_no_voice_any_more(bureau: Bureau) -> None:
    ids = bureau.receive(public_post("2026-03-02T08:00"), public_post("2026-03-02T08:20"))
    case = opened(bureau, new(*ids)).case_id
    bureau.do(remove_messages, case, bureau.press, message_ids=[ids[0]], reason="说的是另一条路")
    with bureau.database.read() as connection:
        (shown,) = listed(connection)
    assert len(shown["messages"]) == shown["heat"] == 1
    assert bureau.tags(case)[-1] == "incident:messages_removed"


def test_the_list_has_the_shape_of_the_contract_and_tells_candidates_from_graded(bureau: Bureau) -> None:
    ids = bureau.receive(public_post("2026-03-02T08:00"))
    candidate = opened(bureau, new(*ids, level=Level.II)).case_id
    graded = bureau.incident(seen="2026-03-01T08:00")
    bureau.do(grade, graded, bureau.press, bureau.law, level=Level.IV, reason="影响不大")
    with bureau.database.read() as connection:
        both = listed(connection)
        only = listed(connection, candidates=True)
        early = listed(connection, until=parse_instant("2026-03-02T00:00"))
    assert [one["incident"] for one in both] == [candidate, graded]
    assert [one["incident"] for one in only] == [candidate]
    assert [one["incident"] for one in early] == [graded]
    shown = only[0]
    assert (shown["grade"], shown["is_ungraded"], shown["state"]) == (None, True, "new")
    assert shown["messages"][0]["source"] == Channel.WEIBO.value
    assert shown["reasons"] == ["多人反映。"]
    assert early[0]["grade"] == "IV"


def test_an_incident_from_before_the_office_went_live_wakes_nobody(bureau: Bureau) -> None:
    case = bureau.incident(seen="2025-12-30T08:00", level=Level.I)
    assert bureau.case(case)["is_history"] is True
    assert len(bureau.clocks(case)) == 1
    assert bureau.planned(case) == 0


def test_a_handler_sees_an_incident_only_when_it_was_assigned(bureau: Bureau) -> None:
    case = bureau.incident(seen="2026-03-02T08:00")
    with pytest.raises(NotFound):
        bureau.do(acknowledge, case, bureau.roads)
    bureau.do(assign, case, bureau.duty, section=ROADS)
    assert bureau.do(acknowledge, case, bureau.roads).facts["first"] is True
