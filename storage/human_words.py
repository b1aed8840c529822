"""What people said of messages after they looked at them, beside what the machine had said.

To say the same as the machine confirms it; both are rows of `corrections`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.tables import corrections, messages


@dataclass(frozen=True, slots=True)
class HumanWord:
    """The word that stands about one field of one message.

    Attributes:
        machine: what the analysis held when the person spoke; may be empty, for no answer.
        at: when the person spoke.
    """

    message_id: int
    field: str
    machine: str
    value: str
    at: datetime
    channel: str
    title: str
    body: str


def standing(connection: Connection, fields: Iterable[str]) -> list[HumanWord]:
    """The newest word about each message and field, oldest first; withdrawn messages are left out.

    Args:
        fields: of `polarity`, `kind`, `is_simple`, `topic`, `section`.
    """
    wanted = sorted(fields)
    newest = (
        sa.select(sa.func.max(corrections.c.id))
        .where(corrections.c.field.in_(wanted))
        .group_by(corrections.c.message_id, corrections.c.field)
    )
    query = (
        sa.select(
            corrections.c.message_id,
            corrections.c.field,
            corrections.c.machine_value,
            corrections.c.value,
            corrections.c.at,
            messages.c.channel,
            messages.c.title,
            messages.c.body,
        )
        .join(messages, messages.c.id == corrections.c.message_id)
        .where(corrections.c.id.in_(newest), messages.c.withdrawn_at.is_(None))
        .order_by(corrections.c.at, corrections.c.id)
    )
    return [HumanWord(*row) for row in connection.execute(query)]
