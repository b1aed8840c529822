"""Sign-in sessions: revocable, expiring, known only by the hash of what the browser holds."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from storage.tables import people, sessions
from storage.types import Instant


def start(
    connection: Connection,
    *,
    id_hash: str,
    person_id: int,
    csrf_token: str,
    now: datetime,
    expires_at: datetime,
) -> None:
    """Store a new session and forget those that ran out."""
    connection.execute(sessions.delete().where(sessions.c.expires_at < now))
    connection.execute(
        sessions.insert().values(
            id_hash=id_hash,
            person_id=person_id,
            csrf_token=csrf_token,
            created_at=now,
            expires_at=expires_at,
        )
    )


def find(connection: Connection, id_hash: str, now: datetime) -> RowMapping | None:
    """The session with its person, while it is valid and the person not disabled; None otherwise."""
    query = (
        sa.select(
            sessions.c.id_hash,
            sessions.c.csrf_token,
            sessions.c.expires_at,
            sessions.c.person_id,
            people.c.login,
            people.c.name,
            people.c.role,
            people.c.section,
            people.c.must_change_password,
        )
        .join(people, people.c.id == sessions.c.person_id)
        .where(
            sessions.c.id_hash == id_hash,
            sessions.c.revoked_at.is_(None),
            sessions.c.expires_at > sa.bindparam(None, now, Instant()),
            people.c.disabled_at.is_(None),
        )
    )
    return connection.execute(query).mappings().first()


def revoke(connection: Connection, id_hash: str, now: datetime) -> None:
    """End one session at once."""
    connection.execute(
        sessions.update()
        .where(sessions.c.id_hash == id_hash, sessions.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def revoke_of_person(
    connection: Connection, person_id: int, now: datetime, *, but: str | None = None
) -> None:
    """End every session of a person, except the one with the hash `but`."""
    chosen = [sessions.c.person_id == person_id, sessions.c.revoked_at.is_(None)]
    if but is not None:
        chosen.append(sessions.c.id_hash != but)
    connection.execute(sessions.update().where(*chosen).values(revoked_at=now))
