"""依申请公开, 信访 and 12315: every step moves exactly the clocks its clause names."""

from __future__ import annotations

from typing import Any

import pytest

from alerts.claims import confirm
from alerts.extending import ask_extension, grant_extension
from alerts.handling import close
from alerts.procedure_steps import StepGiven, steps_now, take_step
from alerts.steps import Outcome
from core.clock import parse_instant
from core.errors import Conflict, InvalidInput, NotAllowed
from core.vocabulary import CaseKind, Channel
from tests.alerts.bureau import ROADS, Bureau, a_copy, local
from tests.factories import make_record

NOTICE = "补正告知书〔2026〕1号"


def request(bureau: Bureau, channel: Channel, *, kind: str = "") -> int:
    """A request received on Monday 2 March 2026 at nine, with 市政科."""
    record = make_record("2026-03-02T09:00", channel=channel, section=ROADS)
    return bureau.letter(record._replace(kind_src=kind))


def take(bureau: Bureau, case_id: int, key: str, at: str | None = None, **given: Any) -> Outcome:
    """The responsible section records a step; the clock goes on to `at` first."""
    if at is not None:
        bureau.clock.move_to(parse_instant(at))
    return bureau.do(take_step, case_id, bureau.roads, bureau.law, StepGiven(key, **given))


def due(bureau: Bureau, case_id: int, rule: str) -> str | None:
    """When the running clock of a rule runs out."""
    found = [row for row in bureau.clocks(case_id, "running") if row["rule_key"] == rule]
    return local(found[0]["due_at"]) if found else None


def open_keys(bureau: Bureau, case_id: int) -> set[str]:
    """The steps that may be taken now."""
    with bureau.database.read() as connection:
        return {one.key for one in steps_now(connection, bureau.law, bureau.case(case_id))}


def test_a_disclosure_request_is_registered_and_answered_with_a_result(bureau: Bureau) -> None:
    case = request(bureau, Channel.FOI)
    assert due(bureau, case, "foi.answer") == "2026-03-31T00:00"
    take(bureau, case, "registered", "2026-03-03T10:00")
    assert bureau.states(case) == {"foi.register": "met", "foi.answer": "running"}
    with pytest.raises(InvalidInput, match="没有选择结果"):
        take(bureau, case, "answered", document="〔2026〕第1号")
    take(bureau, case, "answered", "2026-03-20T10:00", document="〔2026〕第1号", result="partly")
    assert bureau.states(case)["foi.answer"] == "met"
    assert bureau.case(case)["state"] == "replied"
    facts = bureau.trail(case)[-1]["payload"]
    assert (facts["step"], facts["result"], facts["document"]) == ("answered", "partly", "〔2026〕第1号")
    bureau.do(close, case, bureau.roads, bureau.law, outcome="已答复")


def test_a_completion_notice_stands_the_clock_still_and_its_answer_starts_it_anew(bureau: Bureau) -> None:
    case = request(bureau, Channel.FOI)
    take(bureau, case, "completion_asked", "2026-03-09T10:00", document=NOTICE)
    assert bureau.states(case)["foi.answer"] == "paused"
    take(bureau, case, "completed", "2026-03-16T10:00")
    clocks = [row for row in bureau.clocks(case) if row["rule_key"] == "foi.answer"]
    assert [row["state"] for row in clocks] == ["superseded", "running"]
    assert local(clocks[1]["due_at"]) == "2026-04-15T00:00"


def test_a_completion_notice_after_seven_working_days_pauses_nothing(bureau: Bureau) -> None:
    case = request(bureau, Channel.FOI)
    outcome = take(bureau, case, "completion_asked", "2026-03-12T00:00:01", document=NOTICE)
    assert "paused" not in outcome.facts
    assert bureau.states(case)["foi.answer"] == "running"


def test_asking_third_parties_does_not_count(bureau: Bureau) -> None:
    case = request(bureau, Channel.FOI)
    take(bureau, case, "third_party_asked", "2026-03-05T10:00", document="征求意见书1")
    take(bureau, case, "third_party_answered", "2026-03-12T10:00", result="agreed")
    # The ends of five working days (5, 6, 9, 10, 11 March) fell into the pause.
    assert due(bureau, case, "foi.answer") == "2026-04-08T00:00"
    take(bureau, case, "third_party_asked", "2026-03-16T10:00", document="征求意见书2")
    assert bureau.states(case)["foi.answer"] == "paused"


def test_a_longer_limit_is_granted_by_a_leader_and_told_to_the_applicant(bureau: Bureau) -> None:
    case = request(bureau, Channel.FOI)
    clock = next(row for row in bureau.clocks(case) if row["rule_key"] == "foi.answer")
    asked = bureau.do(
        ask_extension, case, bureau.roads, bureau.law, deadline_id=clock["id"], reason="资料量大"
    )
    number = asked.facts["extension"]
    bureau.do(grant_extension, case, bureau.leader, bureau.law, extension_id=number)
    assert due(bureau, case, "foi.answer") == "2026-04-29T00:00"
    take(bureau, case, "extension_told", document="延期告知书1")
    assert due(bureau, case, "foi.answer") == "2026-04-29T00:00"


def test_review_and_lawsuit_have_clocks_of_their_own_after_the_case_is_closed(bureau: Bureau) -> None:
    case = request(bureau, Channel.FOI)
    take(bureau, case, "registered")
    take(bureau, case, "answered", document="〔2026〕第1号", result="refused")
    bureau.do(close, case, bureau.roads, bureau.law, outcome="已答复")
    assert "third_party_asked" not in open_keys(bureau, case)
    take(bureau, case, "appeal_received", "2026-04-01T09:00", document="复议〔2026〕5号")
    assert due(bureau, case, "appeal.answer") == "2026-04-17T00:00"
    take(bureau, case, "appeal_answered", "2026-04-10T09:00", document="复议答复书")
    take(bureau, case, "appeal_decided", "2026-05-20T09:00", document="复议决定书", result="upheld")
    take(bureau, case, "lawsuit_received", "2026-06-01T09:00", document="（2026）行初8号")
    assert due(bureau, case, "lawsuit.answer") == "2026-06-17T00:00"
    assert bureau.case(case)["state"] == "closed"


def test_a_petition_is_told_of_its_acceptance_and_finished(bureau: Bureau) -> None:
    case = request(bureau, Channel.PETITION)
    assert bureau.case(case)["kind"] == CaseKind.REQUEST.value
    assert "finished" not in open_keys(bureau, case)
    take(bureau, case, "accepted", "2026-03-10T10:00", document="受理告知书1")
    assert bureau.states(case)["petition.inform"] == "met"
    # The sixtieth day, 9 May, is a Saturday that was made up for.
    assert due(bureau, case, "petition.finish") == "2026-05-10T00:00"
    assert "rejected" not in open_keys(bureau, case)
    take(bureau, case, "finished", "2026-04-20T10:00", document="处理意见书1", result="supported")
    assert set(bureau.states(case).values()) == {"met"}
    take(bureau, case, "review_received", "2026-05-06T10:00", document="复查申请")
    assert due(bureau, case, "petition.review") == "2026-06-06T00:00"


def test_a_petition_that_is_not_ours_is_handed_back(bureau: Bureau) -> None:
    case = request(bureau, Channel.PETITION)
    take(bureau, case, "handed_back", "2026-03-04T10:00", document="交还说明")
    assert set(bureau.states(case).values()) == {"cancelled"}
    assert bureau.case(case)["state"] == "replied"


def test_a_consumer_complaint_is_accepted_mediated_and_tested_meanwhile(bureau: Bureau) -> None:
    case = request(bureau, Channel.HOTLINE_12315, kind="投诉")
    assert "case_decided" not in open_keys(bureau, case)
    take(bureau, case, "accepted", "2026-03-05T10:00")
    assert bureau.states(case) == {"consumer.accept": "met", "consumer.mediate": "running"}
    take(bureau, case, "testing_begun", "2026-03-09T10:00", document="委托书1")
    assert bureau.states(case)["consumer.mediate"] == "paused"
    take(bureau, case, "testing_ended", "2026-03-12T10:00", document="报告1")
    take(bureau, case, "mediation_ended", "2026-03-20T10:00", result="agreed")
    assert bureau.states(case)["consumer.mediate"] == "met"


def test_a_tip_off_is_decided_and_its_reporter_told(bureau: Bureau) -> None:
    case = request(bureau, Channel.HOTLINE_12315, kind="举报")
    assert "accepted" not in open_keys(bureau, case)
    take(bureau, case, "case_decided", "2026-03-10T10:00", result="not_opened")
    assert due(bureau, case, "report.tell") == "2026-03-18T00:00"
    take(bureau, case, "reporter_told", "2026-03-12T10:00")
    assert set(bureau.states(case).values()) == {"met"}


def test_a_step_recorded_after_its_limit_needs_a_copy_and_a_second_person(bureau: Bureau) -> None:
    case = request(bureau, Channel.PETITION)
    bureau.clock.move_to(parse_instant("2026-03-25T10:00"))
    early = parse_instant("2026-03-10T10:00")
    with pytest.raises(InvalidInput, match="凭证"):
        bureau.do(take_step, case, bureau.roads, bureau.law, StepGiven("accepted", early, "受理告知书1"))
    given = StepGiven("accepted", early, "受理告知书1", copy=a_copy())
    claimed = bureau.do(take_step, case, bureau.roads, bureau.law, given)
    assert claimed.facts["awaits_confirmation"]
    assert "petition.finish" not in bureau.states(case)
    bureau.do(confirm, case, bureau.press, bureau.law, response_id=claimed.facts["response"])
    inform = next(row for row in bureau.clocks(case) if row["rule_key"] == "petition.inform")
    assert inform["status"] == "on_time"
    assert due(bureau, case, "petition.finish") == "2026-05-10T00:00"


def test_what_cannot_be_done_now_is_refused_with_what_can(bureau: Bureau) -> None:
    case = request(bureau, Channel.PETITION)
    with pytest.raises(Conflict, match="受理告知") as refused:
        take(bureau, case, "finished", document="处理意见书1", result="supported")
    assert "accepted" in refused.value.allowed
    with pytest.raises(InvalidInput, match="受理告知书"):
        take(bureau, case, "accepted")


def test_looking_back_has_a_date_and_a_clock_and_is_set_by_the_desk(bureau: Bureau) -> None:
    case = request(bureau, Channel.FOI)
    take(bureau, case, "registered")
    take(bureau, case, "answered", document="〔2026〕第1号", result="disclosed")
    bureau.do(close, case, bureau.roads, bureau.law, outcome="已答复")
    given = StepGiven("look_back_set", until=parse_instant("2026-06-01T17:00"))
    with pytest.raises(NotAllowed):
        bureau.do(take_step, case, bureau.roads, bureau.law, given)
    bureau.do(take_step, case, bureau.leader, bureau.law, given)
    assert due(bureau, case, "lookback.check") == "2026-06-01T17:00"
    assert bureau.planned(case) > 0
    take(bureau, case, "look_back_done", "2026-05-28T10:00", result="held")
    assert bureau.states(case)["lookback.check"] == "met"
