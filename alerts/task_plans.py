"""A yearly plan as tasks: each row that can be kept to becomes a case, the others are kept apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from alerts.casework import Law
from alerts.steps import Act, said
from alerts.tasks import OPENERS, NewTask, open_task
from core.clock import day_end, local_day
from core.errors import InvalidInput, NotAllowed
from core.labels import label
from storage import plan_rejects, tasks
from storage.database import Connection

PLAN = "plan"


class Row(Protocol):
    """A task as the reader of a table gives it."""

    @property
    def row(self) -> int: ...
    @property
    def number(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def content(self) -> str: ...
    @property
    def section(self) -> str: ...
    @property
    def assisting(self) -> tuple[str, ...]: ...
    @property
    def leader(self) -> str: ...
    @property
    def due_on(self) -> date: ...


class Refused(Protocol):
    """A row that could not be read."""

    @property
    def sheet(self) -> str: ...
    @property
    def row(self) -> int: ...
    @property
    def column(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def cells(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Entered:
    """What came of a plan.

    Attributes:
        opened: number in the plan → case.
        standing: numbers that were tasks of this plan already; they are left as they are.
        rejected: how many rows were kept apart.
    """

    plan_id: int
    opened: dict[str, int]
    standing: list[str]
    rejected: int


def enter_plan(
    connection: Connection,
    act: Act,
    law: Law,
    *,
    title: str,
    printed_on: date,
    rows: Sequence[Row],
    refused: Sequence[Refused],
) -> Entered:
    """Make tasks of the rows of a plan; a plan entered a second time adds only what is new.

    What could not be read before is replaced by what cannot be read now.

    Raises:
        InvalidInput: no title, or the day of printing lies ahead.
        NotAllowed: the actor's role enters no tasks.
    """
    if act.actor.role not in OPENERS or act.actor.person_id is None:
        names = "、".join(label(role) for role in OPENERS)
        raise NotAllowed("您的岗位不能导入计划。", mend=f"请由{names}导入。", code="role.refused")
    name = said(title, "title", "计划的名称")
    if printed_on > local_day(act.now):
        raise InvalidInput("印发日期还没有到。", mend="请核对印发日期。", field="printed_on")
    plan = tasks.find_plan(connection, name)
    if plan is not None:
        plan_id = plan["id"]
    else:
        plan_id = tasks.add_plan(
            connection, title=name, printed_on=printed_on, person_id=act.actor.person_id, now=act.now
        )
    known = tasks.of_plan(connection, plan_id)
    opened: dict[str, int] = {}
    late = [row for row in rows if row.number not in known and day_end(row.due_on) <= act.now]
    for row in rows:
        if row.number not in known and row not in late:
            opened[row.number] = open_task(connection, _own(act, row), law, _task(plan_id, row)).case_id
    apart = [*(_reject(one) for one in refused), *(_past(row) for row in late)]
    plan_rejects.replace(connection, plan_id, sorted(apart, key=lambda one: one["row"]), act.now)
    standing = [row.number for row in rows if row.number in known]
    return Entered(plan_id, opened, standing, len(apart))


def _own(act: Act, row: Row) -> Act:
    key = f"{act.idempotency_key}/{row.number}" if act.idempotency_key is not None else None
    return Act(act.actor, act.now, None, key)


def _task(plan_id: int, row: Row) -> NewTask:
    return NewTask(
        PLAN,
        row.title,
        row.section,
        content=row.content,
        leader=row.leader,
        assisting=row.assisting,
        due_at=day_end(row.due_on),
        plan_id=plan_id,
        number=row.number,
    )


def _past(row: Row) -> dict[str, Any]:
    reason = f"完成时限 {row.due_on} 已经过去；改写时限，或单独新建任务。"
    cells = [row.number, row.title, row.content, row.section, row.due_on.isoformat()]
    return {"sheet": "", "row": row.row, "column": "完成时限", "reason": reason, "cells": cells}


def _reject(one: Refused) -> dict[str, Any]:
    return {
        "sheet": one.sheet,
        "row": one.row,
        "column": one.column,
        "reason": one.reason,
        "cells": list(one.cells),
    }
