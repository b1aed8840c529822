"""Tokens of machine clients, known only by their hash."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.vocabulary import Scope
from storage.tables import tokens
from storage.types import Instant


def add(
    connection: Connection,
    *,
    name: str,
    token_hash: str,
    scopes: Sequence[Scope],
    now: datetime,
    expires_at: datetime,
) -> int:
    """Store a new token; its id."""
    values = {
        "name": name,
        "token_hash": token_hash,
        "scopes": " ".join(scope.value for scope in scopes),
        "created_at": now,
        "expires_at": expires_at,
    }
    return int(connection.execute(tokens.insert().values(values).returning(tokens.c.id)).scalar_one())


def find(connection: Connection, token_hash: str, now: datetime) -> RowMapping | None:
    """The token while it is valid; None otherwise."""
    query = sa.select(tokens).where(
        tokens.c.token_hash == token_hash,
        tokens.c.revoked_at.is_(None),
        tokens.c.expires_at > sa.bindparam(None, now, Instant()),
    )
    return connection.execute(query).mappings().first()


def revoke(connection: Connection, token_id: int, now: datetime) -> None:
    """End a token at once."""
    connection.execute(tokens.update().where(tokens.c.id == token_id).values(revoked_at=now))
