"""Failed sign-ins, counted in SQL so that every web process sees the same number."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.tables import sign_in_failures as failures
from storage.types import Instant


def hold(connection: Connection, login: str) -> None:
    """Let nobody else count the failures of `login` until this write transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(login))))


def recent(
    connection: Connection, login: str, since: datetime, *, address: str | None = None
) -> list[datetime]:
    """When sign-ins as `login` failed at or after `since`, oldest first; from one address, or from any."""
    query = (
        sa.select(failures.c.at)
        .where(failures.c.login == login, failures.c.at >= sa.bindparam(None, since, Instant()))
        .order_by(failures.c.at)
    )
    if address is not None:
        query = query.where(failures.c.address == address)
    return list(connection.execute(query).scalars())


def add(connection: Connection, login: str, address: str, now: datetime) -> None:
    """Remember a failure."""
    connection.execute(failures.insert().values(login=login, address=address, at=now))


def clear(connection: Connection, login: str, address: str) -> None:
    """Forget the failures of a login from an address that has now signed in."""
    connection.execute(failures.delete().where(failures.c.login == login, failures.c.address == address))


def clear_all(connection: Connection, login: str) -> None:
    """Forget every failure of a login whose password was replaced."""
    connection.execute(failures.delete().where(failures.c.login == login))


def forget(connection: Connection, before: datetime) -> None:
    """Delete what no longer counts for anybody."""
    connection.execute(failures.delete().where(failures.c.at < before))
