"""Replies to citizens and statements to the public, as facts with their time and origin."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.errors import NotFound
from core.vocabulary import Confirmation
from storage.database import allocate_ids, in_chunks, insert_many
from storage.tables import responses


def insert(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Store replies."""
    insert_many(connection, responses, rows)


def add(connection: Connection, row: dict[str, Any]) -> int:
    """Store one response; its id."""
    (response_id,) = allocate_ids(connection, responses, 1)
    insert_many(connection, responses, [{"id": response_id, **row}])
    return response_id


def get(connection: Connection, case_id: int, response_id: int) -> RowMapping:
    """One response of a case.

    Raises:
        NotFound: the case has no such response.
    """
    query = sa.select(responses).where(responses.c.id == response_id, responses.c.case_id == case_id)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound(
            f"办件 {case_id} 没有编号为 {response_id} 的回应。",
            mend="请检查编号。",
            code="response.not_found",
        )
    return row


def awaiting(connection: Connection, case_id: int) -> Sequence[RowMapping]:
    """The responses of a case that wait for a second person's word, oldest first."""
    query = (
        sa.select(responses)
        .where(
            responses.c.case_id == case_id,
            responses.c.confirmation == Confirmation.AWAITED.value,
            responses.c.withdrawn_at.is_(None),
        )
        .order_by(responses.c.id)
    )
    return connection.execute(query).mappings().all()


def set_confirmation(connection: Connection, response_id: int, value: Confirmation) -> None:
    """Say where a response stands that needs, or had, a second person's word; the caller holds the case."""
    connection.execute(
        responses.update().where(responses.c.id == response_id).values(confirmation=value.value)
    )


def standing(connection: Connection, case_id: int) -> Sequence[RowMapping]:
    """The responses of a case that stand, in the order they were recorded.

    One that was withdrawn does not stand, nor one that waits for a second person's word.
    """
    counted = sa.or_(
        responses.c.confirmation.is_(None), responses.c.confirmation == Confirmation.CONFIRMED.value
    )
    query = (
        sa.select(responses)
        .where(responses.c.case_id == case_id, responses.c.withdrawn_at.is_(None), counted)
        .order_by(responses.c.id)
    )
    return connection.execute(query).mappings().all()


def of_case(connection: Connection, case_id: int) -> Sequence[RowMapping]:
    """Every response of a case, in the order they were recorded; also those that do not stand."""
    query = sa.select(responses).where(responses.c.case_id == case_id).order_by(responses.c.id)
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
