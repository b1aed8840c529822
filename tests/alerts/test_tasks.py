"""Tasks: plans, consultations and open days run on the clocks and ladders of everything else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from alerts.consulting import NewOpinion, add_opinions, judge_opinion
from alerts.engine import Engine
from alerts.handling import close
from alerts.joint import answer_order, supervise
from alerts.procedure_steps import StepGiven, take_step
from alerts.task_plans import Entered, enter_plan
from alerts.tasks import NewTask, open_task
from core.clock import parse_instant
from core.errors import Conflict, InvalidInput, NotAllowed
from core.redact import Redactor
from core.vocabulary import OpinionVerdict
from storage import opinions, plan_rejects, tasks
from tests.alerts.bureau import ROADS, WATER, Bureau, local
from tests.alerts.watchroom import CALENDAR


@dataclass(frozen=True)
class Line:
    """A row of a plan."""

    row: int
    number: str
    title: str
    due_on: date
    section: str = ROADS
    content: str = ""
    assisting: tuple[str, ...] = ()
    leader: str = "周局长"


@dataclass(frozen=True)
class Wrong:
    """A row that could not be read."""

    sheet: str = "分解表"
    row: int = 9
    column: str = "完成时限"
    reason: str = "“适时”不是能推算的时限。"
    cells: tuple[str, ...] = ("7", "某任务", "适时")


def opened(bureau: Bureau, new: NewTask) -> int:
    with bureau.database.write() as connection:
        return open_task(connection, bureau.act(bureau.press), bureau.law, new).case_id


def take(bureau: Bureau, case_id: int, key: str, **given: Any) -> None:
    bureau.do(take_step, case_id, bureau.roads, bureau.law, StepGiven(key, **given))


def plan(bureau: Bureau, *lines: Line, refused: tuple[Wrong, ...] = ()) -> Entered:
    with bureau.database.write() as connection:
        return enter_plan(
            connection,
            bureau.act(bureau.press),
            bureau.law,
            title="2026年政务公开工作要点",
            printed_on=date(2026, 2, 20),
            rows=lines,
            refused=refused,
        )


def test_a_plan_becomes_tasks_with_their_own_limits_and_what_is_wrong_is_kept(bureau: Bureau) -> None:
    first = Line(4, "1", "更新公开目录", date(2026, 6, 30), assisting=(WATER,))
    entered = plan(bureau, first, Line(5, "2", "旧任务", date(2026, 2, 28)), refused=(Wrong(),))
    assert list(entered.opened) == ["1"]
    assert entered.rejected == 2
    case = entered.opened["1"]
    assert bureau.states(case) == {"task.finish": "running"}
    assert local(bureau.clocks(case)[0]["due_at"]) == "2026-07-01T00:00"
    assert (bureau.case(case)["kind"], bureau.case(case)["section"]) == ("task", ROADS)
    with bureau.database.read() as connection:
        kept = plan_rejects.of_plan(connection, entered.plan_id)
    assert [row["row"] for row in kept] == [5, 9]
    assert "已经过去" in kept[0]["reason"]


def test_a_plan_entered_twice_adds_only_what_is_new(bureau: Bureau) -> None:
    one, two = Line(4, "1", "甲", date(2026, 6, 30)), Line(5, "2", "乙", date(2026, 9, 30))
    first = plan(bureau, one, refused=(Wrong(),))
    second = plan(bureau, one, two)
    assert second.plan_id == first.plan_id
    assert (list(second.opened), second.standing, second.rejected) == (["2"], ["1"], 0)
    with bureau.database.read() as connection:
        assert [row["total"] for row in tasks.plans(connection)] == [2]


def test_only_the_desk_enters_tasks(bureau: Bureau) -> None:
    new, act = NewTask("decision", "甲", ROADS), bureau.act(bureau.roads)
    with bureau.database.write() as connection, pytest.raises(NotAllowed):
        open_task(connection, act, bureau.law, new)


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewTask("plan", "甲", ROADS), "due_at"),
        (NewTask("open_day", "甲", ROADS), "planned_on"),
        (NewTask("rectification", "甲", ROADS), "due_at"),
        (NewTask("none", "甲", ROADS), "procedure"),
        (NewTask("decision", " ", ROADS), "title"),
        (NewTask("decision", "甲", "不存在"), "section"),
    ],
)
def test_a_task_without_what_its_clocks_need_is_refused(bureau: Bureau, new: NewTask, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        opened(bureau, new)
    assert refused.value.field == field


def test_an_open_day_is_filed_three_working_days_before(bureau: Bureau) -> None:
    case = opened(bureau, NewTask("open_day", "开放日", ROADS, planned_on=date(2026, 3, 13)))
    # Friday 13 March counted backwards: Tuesday the 10th, until 24:00.
    assert local(bureau.clocks(case)[0]["due_at"]) == "2026-03-11T00:00"
    assert bureau.planned(case) > 0
    take(bureau, case, "filed", document="活动方案")
    assert bureau.states(case) == {"openday.file": "met"}
    bureau.clock.move_to(parse_instant("2026-03-13T15:00"))
    take(bureau, case, "held", document="照片")
    bureau.do(close, case, bureau.roads, bureau.law, outcome="按时开展")


def test_adoption_is_published_only_when_every_opinion_was_judged(bureau: Bureau) -> None:
    case = opened(bureau, NewTask("decision", "停车收费调整", ROADS))
    take(bureau, case, "consulted", document="征求意见公告")
    given = [NewOpinion("我是张三丰，电话13800138000，建议降价", "张三丰"), NewOpinion("同意")]
    outcome = bureau.do(add_opinions, case, bureau.roads, Redactor(b"key"), given)
    first, second = outcome.facts["opinions"]
    with bureau.database.read() as connection:
        kept = opinions.of_case(connection, case)
    assert "13800138000" not in kept[0]["text"]
    assert kept[0]["author"] != "张三丰"
    take(bureau, case, "decision_issued", document="〔2026〕9号")
    assert local(bureau.clocks(case)[0]["due_at"]) == "2026-03-17T00:00"
    judged: dict[str, Any] = {"verdict": OpinionVerdict.ADOPTED, "reason": "已调低"}
    bureau.do(judge_opinion, case, bureau.roads, opinion_id=first, **judged)
    with pytest.raises(Conflict, match="还有1条意见"):
        take(bureau, case, "adoption_published", document="公布链接")
    with pytest.raises(InvalidInput, match="理由"):
        bureau.do(
            judge_opinion, case, bureau.roads, opinion_id=second, verdict=OpinionVerdict.PARTLY, reason=" "
        )
    bureau.do(judge_opinion, case, bureau.roads, opinion_id=second, **judged)
    take(bureau, case, "adoption_published", document="公布链接")
    assert bureau.states(case) == {"decision.adoption": "met"}
    assert bureau.case(case)["state"] == "completed"


def test_a_task_warns_falls_due_goes_up_is_supervised_and_looked_back_at(bureau: Bureau) -> None:
    engine = Engine(bureau.database, bureau.law.ladders, bureau.law.rulebook, CALENDAR, bureau.clock)

    def pass_days(count: int) -> list[str]:
        for _ in range(count):
            bureau.clock.advance(hours=24)
            engine.tick()
        return [row["tag"] for row in bureau.trail(case) if row["tag"].startswith("deadline:")]

    due = bureau.clock.now() + timedelta(days=10)
    case = opened(bureau, NewTask("plan", "更新公开目录", ROADS, due_at=due))
    told = pass_days(12)
    assert (told.count("deadline:warned"), told.count("deadline:breached")) == (2, 1)
    assert told.count("deadline:escalated") == 2
    soon = bureau.clock.now() + timedelta(days=3)
    bureau.do(supervise, case, bureau.leader, bureau.law, demand="三日内完成", due_at=soon)
    take(bureau, case, "finished", document="公开目录")
    bureau.do(answer_order, case, bureau.roads, text="已完成")
    bureau.do(close, case, bureau.roads, bureau.law, outcome="已完成")
    check = StepGiven("look_back_set", until=bureau.clock.now() + timedelta(days=20))
    bureau.do(take_step, case, bureau.leader, bureau.law, check)
    pass_days(22)
    late = [row["payload"]["rule"] for row in bureau.trail(case) if row["tag"] == "deadline:breached"]
    assert late == ["task.finish", "lookback.check"]
    take(bureau, case, "look_back_done", result="held")
    assert set(bureau.states(case).values()) == {"met"}
