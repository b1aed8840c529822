"""Whether each channel works: since when it does not, and how often in a row it failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from storage.database import insert_if_new
from storage.tables import channel_health

_FRESH = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Failing:
    """A channel that has failed since `since`, `count` times in a row."""

    since: datetime
    count: int


def worked(connection: Connection, channel_id: int, now: datetime) -> None:
    """Note that something went out; written anew at most once a minute while all goes well."""
    insert_if_new(connection, channel_health, {"channel_id": channel_id, "failures": 0})
    is_news = sa.or_(
        channel_health.c.failures > 0,
        channel_health.c.worked_at.is_(None),
        channel_health.c.worked_at <= now - _FRESH,
    )
    connection.execute(
        channel_health.update()
        .where(channel_health.c.channel_id == channel_id, is_news)
        .values(worked_at=now, failing_since=None, failures=0, last_error=None)
    )


def failed(connection: Connection, channel_id: int, error: str, now: datetime) -> Failing:
    """Note that nothing went out; how long that has been so."""
    _set(
        connection,
        channel_id,
        failing_since=sa.func.coalesce(
            channel_health.c.failing_since, sa.bindparam(None, now, channel_health.c.failing_since.type)
        ),
        failures=channel_health.c.failures + 1,
        last_error=error,
    )
    query = sa.select(channel_health.c.failing_since, channel_health.c.failures)
    row = connection.execute(query.where(channel_health.c.channel_id == channel_id)).one()
    return Failing(row.failing_since, row.failures)


def of_all(connection: Connection) -> Sequence[RowMapping]:
    """What is known of every channel that was ever used."""
    return connection.execute(sa.select(channel_health)).mappings().all()


def _set(connection: Connection, channel_id: int, **values: object) -> None:
    insert_if_new(connection, channel_health, {"channel_id": channel_id, "failures": 0})
    connection.execute(
        channel_health.update().where(channel_health.c.channel_id == channel_id).values(**values)
    )
