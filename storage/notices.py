"""Notices: one message to one person about one thing, whatever channels it goes out on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from storage.database import insert_unless_known
from storage.tables import notices


def insert_new(connection: Connection, rows: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Store notices whose `dedupe_key` does not stand yet, also when another process is as quick.

    Returns:
        `dedupe_key` → number of those that were stored now.
    """
    return insert_unless_known(connection, notices, rows, notices.c.dedupe_key)


def find(connection: Connection, notice_id: int) -> RowMapping | None:
    """One notice, or None."""
    query = sa.select(notices).where(notices.c.id == notice_id)
    return connection.execute(query).mappings().first()


def get(connection: Connection, notice_id: int) -> RowMapping | None:
    """One notice, or None."""
    return connection.execute(sa.select(notices).where(notices.c.id == notice_id)).mappings().first()


def of_case(connection: Connection, case_id: int) -> Sequence[RowMapping]:
    """The notices about a case, oldest first."""
    query = sa.select(notices).where(notices.c.case_id == case_id).order_by(notices.c.id)
    return connection.execute(query).mappings().all()
