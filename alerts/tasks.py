"""任务: cases that a plan, a decision, an activity or a rectification began; the same clocks and ladders."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from alerts import clocks
from alerts.casework import Law
from alerts.procedures import Procedure
from alerts.steps import Act, Outcome, digest_of, earlier_answer, outcome_of, said
from core.clock import day_start, local_day, require_aware
from core.errors import InvalidInput, NotAllowed
from core.labels import label
from core.vocabulary import CaseKind, CaseState, Channel, Command, Role, Tag
from storage import cases, events, joint, sections, tasks
from storage.database import Connection
from storage.events import GENESIS, Draft

OPENERS = (Role.PRESS, Role.MANAGER)


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task as somebody enters it.

    Attributes:
        procedure: key of the procedure it goes through.
        section: key of the responsible section.
        assisting: keys of the sections that help.
        planned_on: the day of an activity, or the day a paper was printed.
        due_at: where the paper itself names the limit.
        plan_id, number: its place in a plan.
        problem: the concentrated problem a rectification follows from, as `item:办事窗口` names it.
    """

    procedure: str
    title: str
    section: str
    content: str = ""
    leader: str = ""
    assisting: tuple[str, ...] = ()
    planned_on: date | None = None
    due_at: datetime | None = None
    plan_id: int | None = None
    number: str | None = None
    problem: str | None = None


def open_task(connection: Connection, act: Act, law: Law, new: NewTask) -> Outcome:
    """立项 a task: its clocks start from its own paper, and its section is told as the ladder says.

    Raises:
        InvalidInput: no title, an unknown procedure or section, or the day that its clocks count from or the
            limit that its paper names is missing or has passed.
        NotAllowed: the actor's role enters no tasks.
        Conflict: the key was used for another wish.
    """
    if act.actor.role not in OPENERS:
        names = "、".join(label(role) for role in OPENERS)
        raise NotAllowed("您的岗位不能新建任务。", mend=f"请由{names}新建。", code="role.refused")
    digest = digest_of(Command.OPEN, act.actor, asdict(new))
    earlier = earlier_answer(connection, act, digest)
    if earlier is not None:
        return earlier
    procedure = _procedure(law, new)
    title = said(new.title, "title", "任务")
    _check_sections(connection, new)
    since = _since(procedure, law, new, act.now)
    case = _open_case(connection, act, title, new.section, since)
    _insert(connection, case["id"], new)
    for section in new.assisting:
        joint.join_section(connection, case["id"], section, act.now)
    opened = [_start(connection, law, case, key, new, since, act.now) for key in procedure.opens]
    facts = {
        "command": Command.OPEN.value,
        "to": case["state"],
        "procedure": procedure.key,
        "section": new.section,
        "plan": new.plan_id,
        "number": new.number,
        "problem": new.problem,
        "clocks": clocks.facts_of(opened),
        "login": act.actor.login,
        **({"request": digest} if act.idempotency_key is not None else {}),
    }
    draft = Draft(
        case["id"], Tag.TASK_OPENED, act.actor.kind, act.actor.name, act.now, facts, act.idempotency_key
    )
    events.append(connection, [draft], act.now)
    seq = cases.get(connection, case["id"])["seq"]
    return outcome_of(case["id"], seq, act.now, facts)


def _procedure(law: Law, new: NewTask) -> Procedure:
    known = [one for one in law.procedures.all if one.kinds == (CaseKind.TASK,)]
    found = next((one for one in known if one.key == new.procedure), None)
    if found is None:
        words = "、".join(f"{one.key}（{one.label}）" for one in known)
        raise InvalidInput("没有这种任务。", mend=f"可用的有：{words}。", field="procedure")
    return found


def _check_sections(connection: Connection, new: NewTask) -> None:
    known = sections.names(connection)
    for section in (new.section, *new.assisting):
        if section not in known:
            raise InvalidInput(f"没有科室“{section}”。", mend="请从科室表中选择。", field="section")


def _since(procedure: Procedure, law: Law, new: NewTask, now: datetime) -> datetime:
    """The instant the task's clocks count from; now where its own paper names the limit."""
    rules = [law.rulebook.rule(key, local_day(now)) for key in procedure.opens]
    if any(rule.limit.amount is None for rule in rules):
        if new.due_at is None or require_aware(new.due_at) <= now:
            raise InvalidInput("完成时限没有填写，或者已经过去。", mend="请填写以后的时间。", field="due_at")
    elif rules and new.planned_on is None:
        raise InvalidInput("没有填写日期。", mend="请填写活动或印发的日期。", field="planned_on")
    return day_start(new.planned_on) if rules and new.planned_on is not None else now


def _open_case(connection: Connection, act: Act, title: str, section: str, since: datetime) -> dict[str, Any]:
    row: dict[str, Any] = {
        "kind": CaseKind.TASK.value,
        "message_id": None,
        "channel": Channel.MANUAL.value,
        "section": section,
        "title": title,
        "state": CaseState.ASSIGNED.value,
        "cycle": 1,
        # Whatever is entered as a task is to be done, also where its paper is older than the office's system.
        "is_history": False,
        "received_at": min(since, act.now),
        "registered_at": act.now,
        "seq": 0,
        "chain_head": GENESIS,
    }
    return {"id": cases.add(connection, row), **row}


def _insert(connection: Connection, case_id: int, new: NewTask) -> None:
    tasks.add(
        connection,
        {
            "case_id": case_id,
            "procedure": new.procedure,
            "plan_id": new.plan_id,
            "number": new.number,
            "content": new.content.strip(),
            "leader": new.leader.strip(),
            "planned_on": new.planned_on,
            "problem": new.problem,
        },
    )


def _start(
    connection: Connection,
    law: Law,
    case: dict[str, Any],
    key: str,
    new: NewTask,
    since: datetime,
    now: datetime,
) -> dict[str, Any]:
    rule = law.rulebook.rule(key, local_day(since))
    if rule.limit.amount is None and new.due_at is not None:
        return clocks.start_until(connection, law, case, key, due_at=new.due_at, now=now)
    anchor = rule.starts.value
    (row,) = clocks.start(connection, law, case, [key], anchor=anchor, started_at=since, now=now)
    return row
