"""Tasks: cases that a plan, a decision or an activity of the office began."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from storage.database import allocate_ids, insert_many
from storage.tables import cases, deadlines, task_plans, tasks

_STILL = ("running", "paused")


def add(connection: Connection, row: dict[str, Any]) -> None:
    """Store the details of a task whose case stands already."""
    insert_many(connection, tasks, [row])


def procedure_of(connection: Connection, case_id: int) -> str:
    """The key of a task's procedure; empty for a case that is no task."""
    query = sa.select(tasks.c.procedure).where(tasks.c.case_id == case_id)
    return connection.execute(query).scalar() or ""


def find(connection: Connection, case_id: int) -> RowMapping | None:
    """The details of a task with `plan`, the title of its plan."""
    query = (
        sa.select(tasks, task_plans.c.title.label("plan"))
        .select_from(tasks.join(task_plans, isouter=True))
        .where(tasks.c.case_id == case_id)
    )
    return connection.execute(query).mappings().first()


def listed(
    connection: Connection,
    *,
    procedure: str = "",
    plan_id: int | None = None,
    section: str | None = None,
    limit: int,
) -> Sequence[RowMapping]:
    """Tasks with their case and the earliest instant something is due, next due first; done ones last.

    Args:
        procedure: only tasks of this procedure; empty for all.
        section: only tasks of this section; None for all.
    """
    next_due = (
        sa.select(deadlines.c.case_id, sa.func.min(deadlines.c.due_at).label("due_at"))
        .where(deadlines.c.state.in_(_STILL))
        .group_by(deadlines.c.case_id)
        .subquery()
    )
    wanted = [tasks.c.procedure == procedure] if procedure else []
    wanted += [tasks.c.plan_id == plan_id] if plan_id is not None else []
    wanted += [cases.c.section == section] if section is not None else []
    joined = tasks.join(cases).join(task_plans, isouter=True)
    query = (
        sa.select(
            tasks,
            cases.c.title,
            cases.c.section,
            cases.c.state,
            task_plans.c.title.label("plan"),
            next_due.c.due_at,
        )
        .select_from(joined.join(next_due, next_due.c.case_id == cases.c.id, isouter=True))
        .where(*wanted)
        .order_by(next_due.c.due_at.is_(None), next_due.c.due_at, tasks.c.case_id)
        .limit(limit)
    )
    return connection.execute(query).mappings().all()


def plans(connection: Connection) -> Sequence[RowMapping]:
    """Every plan with `total`, how many tasks it has, newest first."""
    query = (
        sa.select(task_plans, sa.func.count(tasks.c.case_id).label("total"))
        .select_from(task_plans.join(tasks, isouter=True))
        .group_by(*task_plans.c)
        .order_by(task_plans.c.printed_on.desc(), task_plans.c.id.desc())
    )
    return connection.execute(query).mappings().all()


def find_plan(connection: Connection, title: str) -> RowMapping | None:
    """The plan of this title, or None."""
    query = sa.select(task_plans).where(task_plans.c.title == title)
    return connection.execute(query).mappings().first()


def add_plan(connection: Connection, *, title: str, printed_on: date, person_id: int, now: datetime) -> int:
    """Enter a plan; its number."""
    (plan_id,) = allocate_ids(connection, task_plans, 1)
    row = {"id": plan_id, "title": title, "printed_on": printed_on, "entered_by": person_id}
    insert_many(connection, task_plans, [{**row, "entered_at": now}])
    return plan_id


def of_plan(connection: Connection, plan_id: int) -> dict[str, RowMapping]:
    """The tasks of a plan by their number, each with its case's section and state."""
    query = (
        sa.select(tasks, cases.c.title, cases.c.section, cases.c.state)
        .join(cases)
        .where(tasks.c.plan_id == plan_id)
    )
    return {row["number"]: row for row in connection.execute(query).mappings()}
