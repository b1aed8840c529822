"""Cases: what carries deadlines. The case row is the lock for everything under it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.errors import NotFound
from core.vocabulary import CaseState
from storage.database import allocate_ids, in_chunks, insert_many
from storage.tables import cases, events


def insert(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Store new cases whose ids were allocated before."""
    insert_many(connection, cases, rows)


def add(connection: Connection, row: dict[str, Any]) -> int:
    """Store one new case; its id."""
    (case_id,) = allocate_ids(connection, cases, 1)
    insert_many(connection, cases, [{"id": case_id, **row}])
    return case_id


def get(connection: Connection, case_id: int) -> RowMapping:
    """One case, not locked.

    Raises:
        NotFound: no such case.
    """
    row = connection.execute(sa.select(cases).where(cases.c.id == case_id)).mappings().first()
    if row is None:
        raise no_such(case_id)
    return row


def lock(connection: Connection, case_id: int) -> RowMapping:
    """One case, locked until the transaction ends; what is read under it afterwards is up to date.

    Raises:
        NotFound: no such case.
    """
    query = sa.select(cases).where(cases.c.id == case_id).with_for_update()
    row = connection.execute(query).mappings().first()
    if row is None:
        raise no_such(case_id)
    return row


def no_such(case_id: int) -> NotFound:
    """The refusal for a case that is not there, or that the asker must not see."""
    return NotFound(f"没有编号为 {case_id} 的办件。", mend="请检查编号。", code="case.not_found")


def chain_heads(connection: Connection, case_ids: Sequence[int]) -> Sequence[RowMapping]:
    """`id`, `seq` and `chain_head` of each of these cases, in order of id."""
    columns = (cases.c.id, cases.c.seq, cases.c.chain_head)
    query = sa.select(*columns).where(cases.c.id.in_(case_ids)).order_by(cases.c.id)
    return connection.execute(query).mappings().all()


def hash_at(connection: Connection, case_id: int, seq: int) -> str | None:
    """The hash of one event of a case; None where there is no such event."""
    query = sa.select(events.c.hash).where(events.c.stream == case_id, events.c.seq == seq)
    return connection.execute(query).scalar()


def recorded_under(connection: Connection, idempotency_key: str) -> dict[str, Any] | None:
    """The event that was recorded under a key, with its payload as an object, or None."""
    query = sa.select(events).where(events.c.idempotency_key == idempotency_key)
    row = connection.execute(query).mappings().first()
    return None if row is None else {**row, "payload": json.loads(row["payload"])}


def lock_of_message(connection: Connection, message_id: int) -> RowMapping | None:
    """The case of a message, locked until the transaction ends; None where the channel owes no reply."""
    query = sa.select(cases).where(cases.c.message_id == message_id).with_for_update()
    return connection.execute(query).mappings().first()


def ids_of_messages(connection: Connection, message_ids: Sequence[int]) -> list[int]:
    """The cases of these messages, in order of id."""
    found: list[int] = []
    for some in in_chunks(message_ids):
        found += connection.execute(sa.select(cases.c.id).where(cases.c.message_id.in_(some))).scalars()
    return sorted(found)


def first_touched_by_a_person(connection: Connection, case_ids: Sequence[int]) -> int | None:
    """The first of these cases on which the office has acted, by a person or by token; or None."""
    for some in in_chunks(case_ids):
        query = (
            sa.select(events.c.stream)
            .where(events.c.stream.in_(some), events.c.actor_kind.in_(("human", "machine")))
            .order_by(events.c.stream)
            .limit(1)
        )
        touched: int | None = connection.execute(query).scalar()
        if touched is not None:
            return touched
    return None


def update(connection: Connection, case_id: int, **values: Any) -> None:
    """Change columns of one case; the caller holds its lock."""
    connection.execute(cases.update().where(cases.c.id == case_id).values(**values))


def dismiss(connection: Connection, case_ids: Sequence[int]) -> None:
    """Put cases aside for good, as an undone import does."""
    for some in in_chunks(case_ids):
        connection.execute(cases.update().where(cases.c.id.in_(some)).values(state=CaseState.DISMISSED.value))
