"""What was answered to writes that came with a key, so that a repeat gets the first answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.database import insert_if_new
from storage.tables import idempotency

_UNANSWERED = 0


@dataclass(frozen=True, slots=True)
class Remembered:
    """The first answer under a key, and the digest of the request it was given to."""

    request_sha256: str
    status: int
    body: str


def find(connection: Connection, actor: str, key: str) -> Remembered | None:
    """The answer that was given under this actor's key, or None."""
    query = sa.select(idempotency).where(idempotency.c.actor == actor, idempotency.c.key == key)
    row = connection.execute(query).first()
    if row is None or row.status == _UNANSWERED:
        return None
    return Remembered(row.request_sha256, row.status, row.body)


def claim(
    connection: Connection, actor: str, key: str, request_sha256: str, now: datetime
) -> Remembered | None:
    """Take a key for this transaction; the first answer where one was given under it.

    1. Of two transactions with one key, the second waits at its insert until the first has ended.
    2. If the first was committed, the second reads its answer; if not, the key is the second's.
    """
    values = {
        "actor": actor,
        "key": key,
        "request_sha256": request_sha256,
        "status": _UNANSWERED,
        "body": "",
        "at": now,
    }
    insert_if_new(connection, idempotency, values)
    return find(connection, actor, key)


def keep(connection: Connection, actor: str, key: str, *, status: int, body: str) -> None:
    """Keep the answer under a key that this transaction has claimed."""
    connection.execute(
        idempotency.update()
        .where(idempotency.c.actor == actor, idempotency.c.key == key)
        .values(status=status, body=body)
    )
