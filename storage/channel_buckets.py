"""How much was sent under each credential lately, counted in SQL so that all processes count together.

The row of a credential is locked while it is counted; what is counted is exact, a sliding window and not a
fixed one. The instant is the caller's, which is the database's own clock where there is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.database import insert_if_new
from storage.tables import channel_buckets
from storage.types import from_microseconds, to_microseconds


def take(
    connection: Connection, credential: str, limits: Sequence[tuple[int, timedelta]], now: datetime
) -> datetime | None:
    """Count one send from now, or say when it may be asked again; None when it was counted.

    Args:
        limits: at most so many sends in any window of this length; all of them must hold.
    """
    taken, closed_until = _locked(connection, credential)
    free_at = _free_at(taken, limits, now)
    if closed_until is not None and closed_until > free_at:
        free_at = closed_until
    if free_at > now:
        return free_at
    longest = max((window for _, window in limits), default=timedelta(0))
    # A process whose transaction began a little earlier must not put its send before the last one.
    at = max(to_microseconds(now), *taken[-1:], 0)
    kept = [one for one in taken if one > at - longest // timedelta(microseconds=1)]
    _write(connection, credential, taken=[*kept, at] if limits else [])
    return None


def close(connection: Connection, credential: str, until: datetime) -> None:
    """Send nothing under this credential until then: its provider has asked for it."""
    _, closed_until = _locked(connection, credential)
    if closed_until is None or closed_until < until:
        _write(connection, credential, closed_until=until)


def _free_at(taken: Sequence[int], limits: Sequence[tuple[int, timedelta]], now: datetime) -> datetime:
    free_at = now
    for count, window in limits:
        if len(taken) >= count:
            free_at = max(free_at, from_microseconds(taken[-count]) + window)
    return free_at


def _locked(connection: Connection, credential: str) -> tuple[list[int], datetime | None]:
    insert_if_new(connection, channel_buckets, {"credential": credential, "taken": []})
    query = sa.select(channel_buckets.c.taken, channel_buckets.c.closed_until).where(
        channel_buckets.c.credential == credential
    )
    if connection.dialect.name == "postgresql":
        query = query.with_for_update()
    row = connection.execute(query).one()
    return list(row.taken), row.closed_until


def _write(connection: Connection, credential: str, **values: object) -> None:
    connection.execute(
        channel_buckets.update().where(channel_buckets.c.credential == credential).values(**values)
    )
