"""The day-by-day explanations of deadlines, kept once for all clocks that share one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.model import ExplainedDay
from storage.database import insert_if_new
from storage.tables import explanations


def as_json(days: Sequence[ExplainedDay]) -> list[dict[str, Any]]:
    """The contract's shape of an explanation."""
    return [
        {"day": day.day.isoformat(), "kind": day.kind.value, "number": day.number, "name": day.name}
        for day in days
    ]


def ensure(connection: Connection, days: Sequence[ExplainedDay]) -> int | None:
    """The id of this explanation, stored when it is new; None for the empty one of an hour limit."""
    if not days:
        return None
    value = as_json(days)
    digest = hashlib.sha256(json.dumps(value, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    known = sa.select(explanations.c.id).where(explanations.c.digest == digest)
    found: int | None = connection.execute(known).scalar()
    if found is None:
        insert_if_new(connection, explanations, {"digest": digest, "days": value})
        found = connection.execute(known).scalar_one()
    return found


def get(connection: Connection, explanation_id: int | None) -> list[dict[str, Any]]:
    """The days of one explanation, in counting order; empty for None."""
    if explanation_id is None:
        return []
    query = sa.select(explanations.c.days).where(explanations.c.id == explanation_id)
    days: list[dict[str, Any]] = connection.execute(query).scalar_one()
    return days
