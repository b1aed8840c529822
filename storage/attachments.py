"""Which files came with which message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.errors import NotFound
from storage.database import insert_many
from storage.tables import attachments


def add(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Remember files whose bytes are kept already."""
    insert_many(connection, attachments, rows)


def of_message(connection: Connection, message_id: int) -> Sequence[RowMapping]:
    """The files of one message, in the order they were added."""
    query = sa.select(attachments).where(attachments.c.message_id == message_id).order_by(attachments.c.id)
    return connection.execute(query).mappings().all()


def get(connection: Connection, attachment_id: int) -> RowMapping:
    """One file.

    Raises:
        NotFound: there is none with that number.
    """
    query = sa.select(attachments).where(attachments.c.id == attachment_id)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound("没有这个附件。", mend="请刷新页面查看。", code="attachment.not_found")
    return row
