"""任务: one task, its clocks and steps, the opinions on a decision, and whether a rectification helped."""

from __future__ import annotations

from alerts.consulting import DECISION
from alerts.procedure_steps import taken_steps
from api.pages.case_parts import Refusal, handling_of
from api.pages.contexts import Option
from api.pages.task_contexts import OpinionLine, TaskPage
from api.security.identity import Person
from api.services import Services
from core.errors import NotFound
from core.labels import label
from core.vocabulary import OpinionVerdict
from reports.concentrated import KINDS
from reports.rectified import effect, problem_of
from storage import opinions, tasks
from storage.database import Connection, Row


def task_page(
    connection: Connection,
    services: Services,
    person: Person,
    case: Row,
    *,
    done: str = "",
    refusal: Refusal | None = None,
) -> TaskPage:
    """Everything about a task.

    Raises:
        NotFound: the details of the task are missing.
    """
    task = tasks.find(connection, case["id"])
    if task is None:
        raise NotFound("没有这项任务。", mend="请从任务表进入。", code="task.not_found")
    procedure = services.law.procedures.named(task["procedure"])
    is_decision = task["procedure"] == DECISION
    return TaskPage(
        case=handling_of(connection, services, person, case, done=done, refusal=refusal),
        kind=procedure.label if procedure else task["procedure"],
        facts=_facts(task),
        content=task["content"],
        opinions=_opinions(connection, case["id"]) if is_decision else None,
        may_judge=person.sees_only is None or case["section"] == person.section,
        effect=_effect(connection, services, case, task),
    )


def _facts(task: Row) -> list[tuple[str, str]]:
    problem = ""
    if task["problem"]:
        common, name = problem_of(task["problem"])
        problem = f"{KINDS[common]}“{name}”"
    shown = [
        ("计划", task["plan"] or ""),
        ("序号", task["number"] or ""),
        ("责任领导", task["leader"]),
        ("日期", task["planned_on"].isoformat() if task["planned_on"] else ""),
        ("集中问题", problem),
    ]
    return [(name, value) for name, value in shown if value]


def _opinions(connection: Connection, case_id: int) -> list[OpinionLine]:
    return [
        OpinionLine(
            row["id"],
            row["author"],
            row["text"],
            row["received_on"],
            label(OpinionVerdict(row["verdict"])) if row["verdict"] else "",
            row["reason"] or "",
            [Option("", "请选择", False), *(Option(one.value, label(one), False) for one in OpinionVerdict)],
        )
        for row in opinions.of_case(connection, case_id)
    ]


def _effect(connection: Connection, services: Services, case: Row, task: Row) -> str:
    finished = [row["occurred_at"] for row in taken_steps(connection, case) if row["step"] == "finished"]
    if not task["problem"] or not finished:
        return ""
    found = effect(
        connection,
        task["problem"],
        ordered_at=case["registered_at"],
        finished_at=max(finished),
        now=services.clock.now(),
    )
    if found is None:
        return "整改完成不足一天，还不能比较。"
    return f"下达前{found.days}天同类反映{found.before}件，完成后{found.days}天{found.after}件。"
