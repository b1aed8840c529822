"""The messages of groups of one wording, as far as the kind of a group depends on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from storage.database import in_chunks
from storage.tables import duplicate_groups, messages

# Of a group of thousands the first ones tell what it is.
_READ_AT_MOST = 500


def of_groups(connection: Connection, group_ids: Iterable[int]) -> dict[int, list[RowMapping]]:
    """Group → author, channel, time, words, source's kind and extra columns of its first 500 messages."""
    found: dict[int, list[RowMapping]] = {}
    for some in in_chunks(sorted(set(group_ids))):
        for row in connection.execute(_members(some)).mappings():
            found.setdefault(row["group_id"], []).append(row)
    return found


def _members(group_ids: Sequence[Any]) -> sa.Select[Any]:
    place = sa.func.row_number().over(partition_by=duplicate_groups.c.group_id, order_by=messages.c.id)
    numbered = (
        sa.select(
            duplicate_groups.c.group_id,
            messages.c.author_hash,
            messages.c.channel,
            messages.c.received_at,
            messages.c.body,
            messages.c.kind_src,
            messages.c.extra,
            place.label("place"),
        )
        .join(messages, messages.c.id == duplicate_groups.c.message_id)
        .where(duplicate_groups.c.group_id.in_(group_ids), messages.c.withdrawn_at.is_(None))
        .subquery()
    )
    return sa.select(numbered).where(numbered.c.place <= _READ_AT_MOST).order_by(numbered.c.place)
