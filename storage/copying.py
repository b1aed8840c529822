"""Copying the office itself — its people, sections and roster, no case — into another database."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.vocabulary import ChannelKind
from storage.database import insert_many
from storage.tables import (
    absences,
    channels,
    duty_posts,
    people,
    person_channels,
    sections,
    shift_overrides,
    shifts,
)

_COPIED = (sections, people, duty_posts, shifts, shift_overrides, absences)
_DRILL = "drill"


def copy_office(source: Connection, target: Connection, now: datetime) -> None:
    """Everybody, every section and the whole roster; one channel that reaches everybody by their login.

    No password, no address and no secret of a channel is copied.
    """
    for table in _COPIED:
        rows = [dict(row) for row in source.execute(sa.select(table)).mappings()]
        if table is people:
            rows = [{**row, "password_hash": ""} for row in rows]
        insert_many(target, table, rows)
    values = {
        "key": _DRILL,
        "kind": ChannelKind.CONSOLE.value,
        "sealed": b"",
        "is_enabled": True,
        "created_at": now,
    }
    added = target.execute(channels.insert().values(values).returning(channels.c.id)).scalar_one()
    reached = [
        {"person_id": row.id, "channel_id": added, "address": row.login}
        for row in source.execute(sa.select(people.c.id, people.c.login))
    ]
    insert_many(target, person_channels, reached)
