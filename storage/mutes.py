"""What people muted: which messages raise no alert any more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.errors import NotFound
from core.vocabulary import MuteKind
from storage.database import allocate_ids, in_chunks, insert_many
from storage.tables import alert_mutes, messages, people, sources
from storage.types import Instant


def add(connection: Connection, row: dict[str, Any]) -> int:
    """Store a mute; its number."""
    (number,) = allocate_ids(connection, alert_mutes, 1)
    insert_many(connection, alert_mutes, [{"id": number, **row}])
    return number


def standing(connection: Connection, now: datetime) -> Sequence[RowMapping]:
    """The mutes that hold now, newest first, with the name of who set each."""
    query = (
        sa.select(alert_mutes, people.c.name)
        .join(people, people.c.id == alert_mutes.c.muted_by)
        .where(*_holds(now))
        .order_by(alert_mutes.c.id.desc())
    )
    return connection.execute(query).mappings().all()


def hidden(connection: Connection, message_ids: Sequence[int], now: datetime) -> set[int]:
    """Those of these messages that a mute holds for: by their source, or by words in title or body."""
    query = sa.select(alert_mutes.c.kind, alert_mutes.c.value).where(*_holds(now))
    mutes = connection.execute(query).all()
    if not mutes:
        return set()
    keys = [value for kind, value in mutes if kind == MuteKind.SOURCE.value]
    text = messages.c.title + "\n" + messages.c.body
    said = [text.contains(value, autoescape=True) for kind, value in mutes if kind == MuteKind.WORDS.value]
    found: set[int] = set()
    for some in in_chunks(message_ids):
        chosen = (
            sa.select(messages.c.id)
            .join(sources, sources.c.id == messages.c.source_id)
            .where(messages.c.id.in_(some), sa.or_(sources.c.key.in_(keys), *said))
        )
        found.update(connection.execute(chosen).scalars())
    return found


def source_of(connection: Connection, message_id: int) -> str:
    """The key of the source a message came from."""
    query = (
        sa.select(sources.c.key)
        .join(messages, messages.c.source_id == sources.c.id)
        .where(messages.c.id == message_id)
    )
    return str(connection.execute(query).scalar_one())


def source_exists(connection: Connection, key: str) -> bool:
    """Whether there is such a source."""
    return connection.execute(sa.select(sources.c.id).where(sources.c.key == key)).first() is not None


def lift(connection: Connection, mute_id: int, person_id: int, now: datetime) -> RowMapping:
    """End a mute; the row as it was.

    Raises:
        NotFound: no such mute holds.
    """
    query = sa.select(alert_mutes).where(alert_mutes.c.id == mute_id, alert_mutes.c.lifted_at.is_(None))
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound("没有这条不再告警的设置。", mend="请刷新页面。", code="mute.not_found")
    ended = {"lifted_by": person_id, "lifted_at": now}
    connection.execute(alert_mutes.update().where(alert_mutes.c.id == mute_id).values(ended))
    return row


def _holds(now: datetime) -> list[sa.ColumnElement[bool]]:
    at = sa.bindparam(None, now, Instant())
    return [
        alert_mutes.c.lifted_at.is_(None),
        sa.or_(alert_mutes.c.until.is_(None), alert_mutes.c.until > at),
    ]
