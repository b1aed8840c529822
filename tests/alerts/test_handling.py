"""Assigning, signing, sending back, closing and reopening, as people do it, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from alerts.actors import Actor, program
from alerts.answering import Reply, reply
from alerts.grading import grade
from alerts.handling import acknowledge, assign, close, dismiss, refer, send_back, set_simple
from alerts.publishing import publish
from alerts.reopening import reopen
from alerts.steps import Outcome
from core.clock import parse_instant
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.vocabulary import Channel, Level
from tests.alerts.bureau import ROADS, WATER, Bureau, local, publication
from tests.factories import ANSWER, make_record, make_reply

FIRST_REPLY, SIMPLE = "message.first_reply", "message.simple_answer"


@pytest.fixture
def letter(bureau: Bureau) -> int:
    """A message to the mailbox, received now, for the roads section."""
    return bureau.letter(make_record("2026-03-02T09:00", section=ROADS))


def test_assigning_moves_the_section_and_no_clock(bureau: Bureau, letter: int) -> None:
    before = bureau.clocks(letter)
    outcome = bureau.do(assign, letter, bureau.press, section=WATER)
    assert bureau.case(letter)["section"] == WATER
    assert bureau.case(letter)["seq"] == outcome.seq
    assert bureau.clocks(letter) == before
    assert bureau.trail(letter)[-1]["payload"]["was"] == ROADS


def test_an_unknown_section_is_refused(bureau: Bureau, letter: int) -> None:
    with pytest.raises(InvalidInput, match="没有科室"):
        bureau.do(assign, letter, bureau.press, section="不存在科")
    assert bureau.tags(letter) == ["case:registered"]


def test_another_sections_case_does_not_exist_for_a_handler(bureau: Bureau, letter: int) -> None:
    with pytest.raises(NotFound) as caught:
        bureau.do(reply, letter, bureau.water, bureau.law, Reply(ANSWER))
    assert caught.value.code == "case.not_found"
    with pytest.raises(NotFound):
        bureau.do(acknowledge, letter, bureau.water)
    assert bureau.states(letter) == {FIRST_REPLY: "running"}


def test_signing_stops_no_clock_and_takes_back_no_step(bureau: Bureau, letter: int) -> None:
    before, steps = bureau.clocks(letter), bureau.planned(letter)
    outcome = bureau.do(acknowledge, letter, bureau.roads)
    assert outcome.facts["first"] is True
    assert bureau.case(letter)["state"] == "acknowledged"
    assert (bureau.clocks(letter), bureau.planned(letter)) == (before, steps)


def test_the_second_person_is_recorded_and_told_who_was_first(bureau: Bureau, letter: int) -> None:
    bureau.do(acknowledge, letter, bureau.roads)
    bureau.clock.advance(minutes=7)
    second = bureau.do(acknowledge, letter, bureau.leader)
    assert second.facts["first"] is False
    assert second.facts["by"] == "王承办"
    assert second.facts["acknowledged_at"] == "2026-03-02T09:00:00+08:00"
    assert bureau.tags(letter).count("case:acknowledged") == 2


def test_signing_twice_gives_the_first_answer_and_records_nothing(bureau: Bureau, letter: int) -> None:
    first = bureau.do(acknowledge, letter, bureau.roads)
    bureau.clock.advance(minutes=7)
    again = bureau.do(acknowledge, letter, bureau.roads)
    assert again.facts["acknowledged_at"] == first.facts["acknowledged_at"]
    assert bureau.tags(letter).count("case:acknowledged") == 1


def test_a03_two_people_signing_at_the_same_instant_are_first_and_second(bureau: Bureau, letter: int) -> None:
    seq, together = bureau.case(letter)["seq"], Barrier(2)

    def sign(person: Actor) -> Outcome:
        together.wait(timeout=10)
        return bureau.do(acknowledge, letter, person, seq=seq)

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(sign, [bureau.roads, bureau.leader]))
    assert sorted(outcome.facts["first"] for outcome in outcomes) == [False, True]
    assert len({outcome.facts["by"] for outcome in outcomes}) == 1
    assert bureau.tags(letter).count("case:acknowledged") == 2
    assert sorted(outcome.seq for outcome in outcomes) == [seq + 1, seq + 2]


def test_a02_signing_from_a_notice_of_an_earlier_cycle_is_refused(bureau: Bureau, letter: int) -> None:
    bureau.do(reply, letter, bureau.roads, bureau.law, Reply(ANSWER))
    bureau.do(reopen, letter, bureau.press, bureau.law, reason="群众表示没有解决")
    before = bureau.tags(letter)
    with pytest.raises(Conflict, match="第2次办理，状态是“重新办理”"):
        bureau.do(acknowledge, letter, bureau.roads, cycle=1)
    assert bureau.tags(letter) == before
    assert bureau.case(letter)["state"] == "reopened"


def test_the_program_signs_for_nobody(bureau: Bureau, letter: int) -> None:
    with pytest.raises(NotAllowed):
        bureau.do(acknowledge, letter, program("自动签收"))


def test_a_stale_page_on_a_closed_case_is_refused(bureau: Bureau, letter: int) -> None:
    seen = bureau.case(letter)["seq"]
    bureau.do(reply, letter, bureau.roads, bureau.law, Reply(ANSWER))
    bureau.do(close, letter, bureau.roads, bureau.law, outcome="已解决")
    with pytest.raises(Conflict, match="页面已过期，办件现在的状态是“已办结”") as caught:
        bureau.do(assign, letter, bureau.press, section=WATER, seq=seen)
    assert caught.value.code == "case.stale"
    assert caught.value.allowed == ("reopen", "take_step")
    assert bureau.case(letter)["section"] == ROADS


def test_a_repeated_key_gives_the_same_answer_and_one_effect(bureau: Bureau, letter: int) -> None:
    first = bureau.do(assign, letter, bureau.press, section=WATER, key="k-1")
    bureau.clock.advance(minutes=3)
    again = bureau.do(assign, letter, bureau.press, section=WATER, key="k-1", seq=first.seq - 1)
    assert again == first
    assert bureau.tags(letter).count("case:assigned") == 1


def test_a07_a_key_used_for_another_wish_is_refused(bureau: Bureau, letter: int) -> None:
    bureau.do(assign, letter, bureau.press, section=WATER, key="k-1")
    with pytest.raises(Conflict) as caught:
        bureau.do(assign, letter, bureau.press, section=ROADS, key="k-1")
    assert caught.value.code == "idempotency.reused"
    assert bureau.case(letter)["section"] == WATER


def test_a07_fifty_repeats_at_once_have_one_effect(bureau: Bureau, letter: int) -> None:
    with ThreadPoolExecutor(8) as pool:
        jobs = [
            pool.submit(bureau.do, assign, letter, bureau.press, section=WATER, key="k-50") for _ in range(50)
        ]
        answers = [job.result() for job in jobs]
    assert all(answer == answers[0] for answer in answers)
    assert bureau.tags(letter).count("case:assigned") == 1


@pytest.mark.parametrize("blank", ["", "  ", "\n"])
def test_sending_back_needs_a_reason(bureau: Bureau, letter: int, blank: str) -> None:
    with pytest.raises(InvalidInput, match="退回理由"):
        bureau.do(send_back, letter, bureau.roads, reason=blank)


def test_a_case_sent_back_waits_without_a_section_and_its_clock_runs(bureau: Bureau, letter: int) -> None:
    before = bureau.clocks(letter)
    bureau.do(send_back, letter, bureau.roads, reason="不属本科室职责")
    assert (bureau.case(letter)["state"], bureau.case(letter)["section"]) == ("sent_back", "")
    assert bureau.clocks(letter) == before
    bureau.do(assign, letter, bureau.press, section=WATER)
    assert bureau.case(letter)["state"] == "assigned"


def test_referring_to_another_office_stops_no_clock_and_the_answer_is_still_owed(
    bureau: Bureau, letter: int
) -> None:
    before = bureau.clocks(letter)
    bureau.do(refer, letter, bureau.press, office="示范市水务集团", reason="管网由其管理")
    assert bureau.clocks(letter) == before
    bureau.do(reply, letter, bureau.press, bureau.law, Reply(ANSWER))
    assert bureau.states(letter) == {FIRST_REPLY: "met"}


def test_dismissing_cancels_the_clocks_and_their_ladders_with_the_reason(bureau: Bureau, letter: int) -> None:
    assert bureau.planned(letter) > 0
    outcome = bureau.do(dismiss, letter, bureau.press, reason="重复提交")
    assert bureau.states(letter) == {FIRST_REPLY: "cancelled"}
    assert bureau.planned(letter) == 0
    assert outcome.facts["reason"] == "重复提交"
    assert [one["rule"] for one in outcome.facts["cancelled"]] == [FIRST_REPLY]


def test_a_case_dismissed_by_mistake_wins_no_time(bureau: Bureau, letter: int) -> None:
    due = bureau.clocks(letter)[0]["due_at"]
    bureau.do(dismiss, letter, bureau.press, reason="误操作")
    bureau.clock.advance(days=3)
    bureau.do(reopen, letter, bureau.press, bureau.law, reason="误操作更正")
    (again,) = bureau.clocks(letter, "running")
    assert (again["due_at"], again["cycle"]) == (due, 2)
    assert again["started_at"] == parse_instant("2026-03-02T09:00")


def test_closing_an_incident_with_a_running_clock_names_it(bureau: Bureau) -> None:
    case = bureau.incident(seen="2026-03-02T08:00", level=Level.I)
    bureau.do(grade, case, bureau.press, bureau.law, level=Level.I, reason="全城停水")
    bureau.do(publish, case, bureau.press, bureau.law, publication("2026-03-02T08:30"))
    with pytest.raises(Conflict, match="举行新闻发布会") as caught:
        bureau.do(close, case, bureau.press, bureau.law, outcome="已恢复供水")
    assert caught.value.code == "case.clock_running"
    assert bureau.case(case)["state"] == "responded"


def test_d19_reopening_after_a_met_clock_begins_a_cycle_and_leaves_the_first_untouched(
    bureau: Bureau, letter: int
) -> None:
    bureau.clock.advance(hours=2)
    bureau.do(reply, letter, bureau.roads, bureau.law, Reply(ANSWER))
    (first,) = bureau.clocks(letter)
    bureau.do(close, letter, bureau.roads, bureau.law, outcome="已解决")
    bureau.clock.advance(days=7)
    bureau.do(reopen, letter, bureau.press, bureau.law, reason="又坏了")
    untouched, second = bureau.clocks(letter)
    assert untouched == first
    assert (second["cycle"], second["state"], local(second["started_at"])) == (
        2,
        "running",
        "2026-03-09T11:00",
    )
    assert local(second["due_at"]) == "2026-03-17T00:00"
    bureau.clock.advance(hours=1)
    bureau.do(reply, letter, bureau.roads, bureau.law, Reply("已更换线路,不会再坏。"))
    first_again, second = bureau.clocks(letter)
    assert first_again == first
    assert (second["state"], local(second["met_at"])) == ("met", "2026-03-09T12:00")


def test_a_simple_question_opens_its_own_clock_and_the_correction_cancels_it(
    bureau: Bureau, letter: int
) -> None:
    bureau.do(set_simple, letter, program("analysis"), bureau.law, is_simple=True, reason="询问办公时间")
    (simple,) = [row for row in bureau.clocks(letter) if row["rule_key"] == SIMPLE]
    assert local(simple["due_at"]) == "2026-03-04T00:00"
    bureau.do(set_simple, letter, bureau.roads, bureau.law, is_simple=False, reason="需要现场查看")
    assert bureau.states(letter) == {FIRST_REPLY: "running", SIMPLE: "cancelled"}
    told = [row["payload"] for row in bureau.trail(letter) if row["tag"] == "case:simple_set"]
    assert [(one["is_simple"], one["reason"]) for one in told] == [
        (True, "询问办公时间"),
        (False, "需要现场查看"),
    ]


def test_a_question_found_simple_after_its_answer_is_met_by_that_answer(bureau: Bureau) -> None:
    letter = bureau.letter(make_record("2026-02-25T09:00", replies=(make_reply(at="2026-02-25T15:00"),)))
    bureau.do(set_simple, letter, bureau.press, bureau.law, is_simple=True, reason="询问办公时间")
    (simple,) = [row for row in bureau.clocks(letter) if row["rule_key"] == SIMPLE]
    assert simple["state"] == "met"
    assert local(simple["met_at"]) == "2026-02-25T15:00"


def test_saying_twice_that_a_question_is_simple_is_refused(bureau: Bureau, letter: int) -> None:
    bureau.do(set_simple, letter, bureau.press, bureau.law, is_simple=True, reason="询问办公时间")
    with pytest.raises(Conflict, match="已经认定为简单问题"):
        bureau.do(set_simple, letter, bureau.press, bureau.law, is_simple=True, reason="询问办公时间")


def test_a_request_is_no_simple_question(bureau: Bureau) -> None:
    letter = bureau.letter(make_record("2026-03-02T08:00", channel=Channel.PETITION))
    with pytest.raises(Conflict, match="不能“认定是否简单问题”"):
        bureau.do(set_simple, letter, bureau.press, bureau.law, is_simple=True, reason="试试")


def test_a_case_that_is_not_there_is_not_found(bureau: Bureau) -> None:
    with pytest.raises(NotFound):
        bureau.do(acknowledge, 4711, bureau.press)
