"""Several sections on one case, instructions, supervision, drafts and their reviews."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alerts.answering import Reply, reply
from alerts.drafting import review_draft, write_draft
from alerts.grading import grade
from alerts.handling import acknowledge, assign, close
from alerts.joint import add_section, answer_order, comment, instruct, mark_read, supervise
from alerts.publishing import publish, rebut, update
from alerts.review_rules import ReviewOf, ReviewRules, ReviewStep, load_review_rules
from core.clock import parse_instant
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.rulebook import rules_folder
from core.vocabulary import Level, ReviewVerdict, Role
from storage import joint
from tests.alerts.bureau import ROADS, WATER, Bureau, publication
from tests.alerts.watchroom import Watchroom
from tests.factories import ANSWER, make_record


@pytest.fixture
def letter(bureau: Bureau) -> int:
    """A letter of the roads section."""
    return bureau.letter(make_record("2026-03-02T08:00", section=ROADS))


def test_a_section_that_assists_sees_and_speaks_but_answers_nobody(bureau: Bureau, letter: int) -> None:
    with pytest.raises(NotFound):
        bureau.do(comment, letter, bureau.water, text="管网图已备好")
    room = Watchroom(bureau.database, bureau.law, bureau.clock)
    bureau.do(add_section, letter, bureau.duty, bureau.law, section=WATER)
    assert [(row.login, row.kind) for row in room.notices()] == [("zhao", "assist")]
    bureau.do(comment, letter, bureau.water, text="管网图已备好")
    bureau.do(acknowledge, letter, bureau.water)
    with pytest.raises(NotFound):
        bureau.do(reply, letter, bureau.water, bureau.law, Reply(ANSWER))
    with pytest.raises(Conflict, match="已在办理"):
        bureau.do(add_section, letter, bureau.duty, bureau.law, section=WATER)
    assert bureau.states(letter) == {"message.first_reply": "running"}


def test_an_instruction_reaches_the_sections_and_is_seen_to_be_read(bureau: Bureau, letter: int) -> None:
    room = Watchroom(bureau.database, bureau.law, bureau.clock)
    bureau.do(add_section, letter, bureau.duty, bureau.law, section=WATER)
    number = bureau.do(instruct, letter, bureau.leader, bureau.law, text="今天之内到现场").facts["comment"]
    told = {(row.login, row.kind) for row in room.notices()}
    assert {("wang", "instruct"), ("zhao", "instruct")} <= told
    with pytest.raises(NotAllowed):
        bureau.do(instruct, letter, bureau.roads, bureau.law, text="我也批示")
    bureau.clock.advance(hours=1)
    bureau.do(mark_read, letter, bureau.roads)
    with pytest.raises(Conflict, match="没有未读"):
        bureau.do(mark_read, letter, bureau.roads)
    with bureau.database.read() as connection:
        read = joint.readers(connection, letter)
    assert [(row["name"], row["at"]) for row in read[number]] == [("王承办", bureau.clock.now())]


def test_an_order_of_supervision_has_its_own_clock_and_ladder(bureau: Bureau, letter: int) -> None:
    room = Watchroom(bureau.database, bureau.law, bureau.clock)
    due = bureau.clock.now() + timedelta(hours=10)
    order: dict[str, Any] = {"demand": "查明原因并反馈", "due_at": due}
    with pytest.raises(NotAllowed):
        bureau.do(supervise, letter, bureau.press, bureau.law, **order)
    with pytest.raises(InvalidInput, match="已经过去"):
        bureau.do(supervise, letter, bureau.leader, bureau.law, demand="x", due_at=bureau.clock.now())
    bureau.do(supervise, letter, bureau.leader, bureau.law, **order)
    with pytest.raises(Conflict, match="还没有办结"):
        bureau.do(supervise, letter, bureau.leader, bureau.law, **order)
    bureau.do(reply, letter, bureau.roads, bureau.law, Reply(ANSWER))
    assert bureau.states(letter) == {"message.first_reply": "met", "supervision.order": "running"}
    with pytest.raises(Conflict, match="督办件反馈"):
        bureau.do(close, letter, bureau.roads, bureau.law, outcome="已解决")
    room.tick_at(due + timedelta(minutes=1))
    kinds = [row.kind for row in room.notices() if row.login == "zhou"]
    assert kinds == ["escalate"]
    bureau.do(answer_order, letter, bureau.roads, text="接头老化,已更换")
    assert bureau.states(letter)["supervision.order"] == "met"
    assert [row["status"] for row in bureau.clocks(letter)] == ["on_time", "late"]
    assert bureau.planned(letter) == 0
    bureau.do(close, letter, bureau.roads, bureau.law, outcome="已解决")


def test_an_order_outlives_a_new_grade(bureau: Bureau) -> None:
    case = bureau.incident(seen="2026-03-02T08:30", level=Level.I)
    bureau.do(assign, case, bureau.duty, section=ROADS)
    due = bureau.clock.now() + timedelta(hours=3)
    bureau.do(supervise, case, bureau.leader, bureau.law, demand="每小时报一次", due_at=due)
    bureau.do(grade, case, bureau.press, bureau.law, level=Level.III, reason="影响有限")
    assert bureau.states(case)["supervision.order"] == "running"


THREE = ReviewRules(
    reply=ReviewOf(
        required=True,
        steps=(
            ReviewStep(name="一审", roles=(Role.DUTY, Role.PRESS)),
            ReviewStep(name="二审", roles=(Role.DUTY, Role.PRESS)),
            ReviewStep(name="三审", roles=(Role.MANAGER,)),
        ),
    ),
    statement=ReviewOf(required=False, steps=()),
)


def test_a_reply_goes_out_after_as_many_reviews_as_the_office_sets(bureau: Bureau, letter: int) -> None:
    law = replace(bureau.law, review=THREE)
    with pytest.raises(Conflict, match="还没有审核通过"):
        bureau.do(reply, letter, bureau.roads, law, Reply(ANSWER))
    draft = bureau.do(write_draft, letter, bureau.roads, law, text=ANSWER).facts
    assert draft["next"] == "一审"
    number = draft["draft"]
    passed: dict[str, Any] = {"draft_id": number, "verdict": ReviewVerdict.PASSED}
    with pytest.raises(NotAllowed, match=r"一审.*由"):
        bureau.do(review_draft, letter, bureau.roads, **passed)
    bureau.do(review_draft, letter, bureau.duty, **passed)
    with pytest.raises(NotAllowed, match="不能是同一个人"):
        bureau.do(review_draft, letter, bureau.duty, **passed)
    bureau.do(review_draft, letter, bureau.press, **passed)
    done = bureau.do(review_draft, letter, bureau.leader, **passed)
    assert (done.facts["step"], done.facts["state"]) == ("三审", "approved")
    with pytest.raises(Conflict, match="不一致"):
        bureau.do(reply, letter, bureau.roads, law, Reply(ANSWER + "另外,请放心。"))
    assert bureau.states(letter) == {"message.first_reply": "running"}
    bureau.do(reply, letter, bureau.roads, law, Reply(ANSWER))
    assert bureau.states(letter) == {"message.first_reply": "met"}


def test_a_draft_that_is_sent_back_needs_a_note_and_a_new_one_starts_over(
    bureau: Bureau, letter: int
) -> None:
    law = replace(bureau.law, review=THREE)
    number = bureau.do(write_draft, letter, bureau.roads, law, text=ANSWER).facts["draft"]
    back: dict[str, Any] = {"draft_id": number, "verdict": ReviewVerdict.SENT_BACK}
    with pytest.raises(InvalidInput, match="退改意见"):
        bureau.do(review_draft, letter, bureau.duty, **back)
    bureau.do(review_draft, letter, bureau.duty, **back, note="写明修复时间")
    with pytest.raises(Conflict, match="已退改"):
        bureau.do(review_draft, letter, bureau.duty, draft_id=number, verdict=ReviewVerdict.PASSED)
    again = bureau.do(write_draft, letter, bureau.roads, law, text=ANSWER + "3月3日前修复。")
    assert again.facts["next"] == "一审"
    assert bureau.tags(letter)[-3:] == ["draft:written", "draft:sent_back", "draft:written"]


def test_the_shipped_steps_load_and_an_office_without_steps_reviews_nothing(
    bureau: Bureau, letter: int
) -> None:
    rules = load_review_rules(rules_folder() / "review.yml")
    assert [step.name for step in rules.statement.steps] == ["一审", "二审", "三审"]
    assert not rules.reply.required
    drafted = bureau.do(write_draft, letter, bureau.roads, bureau.law, text=ANSWER)
    assert drafted.facts["next"] == ""


def test_a_rebuttal_is_no_first_statement_and_updates_follow_one(bureau: Bureau) -> None:
    case = bureau.incident(seen="2026-03-02T08:30", level=Level.I)
    bureau.do(grade, case, bureau.press, bureau.law, level=Level.I, reason="全城停水")
    with pytest.raises(Conflict):
        bureau.do(update, case, bureau.press, bureau.law, publication("2026-03-02T08:50"))
    with pytest.raises(InvalidInput, match="不实信息"):
        bureau.do(rebut, case, bureau.press, bureau.law, publication("2026-03-02T08:50"))
    untrue = publication("2026-03-02T08:50", text="“自来水有毒”不属实")
    bureau.do(rebut, case, bureau.press, bureau.law, untrue)
    assert bureau.states(case)["incident.first_response"] == "running"
    bureau.do(publish, case, bureau.press, bureau.law, publication("2026-03-02T08:55"))
    bureau.clock.move_to(parse_instant("2026-03-02T15:00"))
    bureau.do(update, case, bureau.press, bureau.law, publication("2026-03-02T15:00"))
    rolling = [row for row in bureau.clocks(case) if row["rule_key"] == "incident.rolling_update"]
    assert [row["state"] for row in rolling] == ["met", "running"]
    assert bureau.tags(case)[-1] == "update:published"
