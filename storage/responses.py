"""Replies to citizens, as facts with their time and origin."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from storage.database import in_chunks, insert_many
from storage.tables import responses


def insert(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Store replies."""
    insert_many(connection, responses, rows)


def standing(connection: Connection, case_id: int) -> Sequence[RowMapping]:
    """The replies of a case that were not withdrawn, in the order they were recorded."""
    query = (
        sa.select(responses)
        .where(responses.c.case_id == case_id, responses.c.withdrawn_at.is_(None))
        .order_by(responses.c.id)
    )
    return connection.execute(query).mappings().all()


def withdraw(connection: Connection, response_ids: Sequence[int], now: datetime) -> None:
    """Say that replies do not stand any more; the rows stay."""
    for some in in_chunks(response_ids):
        connection.execute(responses.update().where(responses.c.id.in_(some)).values(withdrawn_at=now))


def withdraw_of_cases(connection: Connection, case_ids: Sequence[int], now: datetime) -> None:
    """Withdraw every reply of these cases."""
    for some in in_chunks(case_ids):
        connection.execute(
            responses.update()
            .where(responses.c.case_id.in_(some), responses.c.withdrawn_at.is_(None))
            .values(withdrawn_at=now)
        )
