"""Rows of a plan that could not become tasks, kept until the plan is entered without them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from storage.database import insert_many
from storage.tables import plan_rejects


def replace(connection: Connection, plan_id: int, rows: Sequence[dict[str, Any]], now: datetime) -> None:
    """Keep these rows of a plan, and no others."""
    connection.execute(plan_rejects.delete().where(plan_rejects.c.plan_id == plan_id))
    insert_many(connection, plan_rejects, [{"plan_id": plan_id, **row, "at": now} for row in rows])


def of_plan(connection: Connection, plan_id: int) -> Sequence[RowMapping]:
    """The rows of a plan that could not be read, in the order of the file."""
    query = sa.select(plan_rejects).where(plan_rejects.c.plan_id == plan_id).order_by(plan_rejects.c.id)
    return connection.execute(query).mappings().all()
