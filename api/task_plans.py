"""A plan's workbook from whoever sent it: read, tried out or entered."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from alerts.steps import Act
from alerts.task_plans import enter_plan
from api.services import Services
from core.clock import day_end
from crawlers.imports.task_plans import PlannedTask, RefusedTask, read_task_plan
from storage import plan_rejects, sections, tasks


def take_plan(
    services: Services, act: Act, *, title: str, printed_on: date, content: bytes, dry_run: bool
) -> dict[str, Any]:
    """What came of a plan, or would come of it, in the words of the interface.

    Raises:
        FileRefused: the file holds no such table.
        InvalidInput, NotAllowed: see `alerts.task_plans.enter_plan`.
    """
    with services.database.read() as connection:
        names = sections.names(connection)
        known = tasks.find_plan(connection, title.strip())
        standing = set(tasks.of_plan(connection, known["id"])) if known else set[str]()
    found = read_task_plan(
        io.BytesIO(content), f"{title.strip() or '任务分解表'}.xlsx", printed_on.year, names
    )
    rows = [one for one in found if isinstance(one, PlannedTask)]
    refused = [one for one in found if isinstance(one, RefusedTask)]
    if dry_run:
        return _tried(rows, refused, standing, act)
    with services.database.write() as connection:
        entered = enter_plan(
            connection, act, services.law, title=title, printed_on=printed_on, rows=rows, refused=refused
        )
        kept = plan_rejects.of_plan(connection, entered.plan_id)
    return {
        "plan": entered.plan_id,
        "opened": entered.opened,
        "standing": entered.standing,
        "rejected": [_reject(row) for row in kept],
        "dry_run": False,
    }


def _tried(
    rows: list[PlannedTask], refused: list[RefusedTask], standing: set[str], act: Act
) -> dict[str, Any]:
    past = [row for row in rows if row.number not in standing and day_end(row.due_on) <= act.now]
    apart = [
        {
            "sheet": one.sheet,
            "row": one.row,
            "column": one.column,
            "reason": one.reason,
            "cells": list(one.cells),
        }
        for one in refused
    ]
    apart += [
        {
            "sheet": "",
            "row": row.row,
            "column": "完成时限",
            "reason": f"完成时限 {row.due_on} 已经过去。",
            "cells": [row.number, row.title, row.content, row.section, row.due_on.isoformat()],
        }
        for row in past
    ]
    return {
        "plan": None,
        "opened": {row.number: 0 for row in rows if row.number not in standing and row not in past},
        "standing": [row.number for row in rows if row.number in standing],
        "rejected": sorted(apart, key=lambda one: one["row"]),
        "dry_run": True,
    }


def _reject(row: Any) -> dict[str, Any]:
    return {name: row[name] for name in ("sheet", "row", "column", "reason", "cells")}
