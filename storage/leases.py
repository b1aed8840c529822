"""Leases: the right to be the only one doing something, for a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.database import insert_if_new
from storage.tables import leases
from storage.types import from_microseconds

_LONG_AGO = from_microseconds(0)


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease held; `epoch` counts its holders, so that a former one is refused."""

    name: str
    owner: str
    epoch: int


def acquire(
    connection: Connection, name: str, owner: str, now: datetime, until: datetime, *, host: str
) -> Lease | None:
    """Take a lease that is free, has run out, or was held by a process of `host`; None when it is held.

    A holder on the same machine is known to be gone: the caller has its file lock.

    Args:
        owner: `host/process`.
    """
    insert_if_new(connection, leases, {"name": name, "owner": "", "epoch": 0, "until": _LONG_AGO})
    free = sa.or_(leases.c.until <= now, leases.c.owner.startswith(f"{host}/", autoescape=True))
    row = connection.execute(
        leases.update()
        .where(leases.c.name == name, free)
        .values(owner=owner, epoch=leases.c.epoch + 1, until=until)
        .returning(leases.c.epoch)
    ).first()
    return Lease(name, owner, row.epoch) if row else None


def renew(connection: Connection, lease: Lease, until: datetime) -> bool:
    """Hold a lease longer; False when somebody else has taken it meanwhile."""
    done = connection.execute(
        leases.update().where(leases.c.name == lease.name, leases.c.epoch == lease.epoch).values(until=until)
    )
    return bool(done.rowcount)


def release(connection: Connection, lease: Lease) -> None:
    """Give a lease back at once."""
    connection.execute(
        leases.update()
        .where(leases.c.name == lease.name, leases.c.epoch == lease.epoch)
        .values(owner="", until=_LONG_AGO)
    )


def holder(connection: Connection, name: str) -> str | None:
    """Who holds a lease, or None when nobody ever did."""
    query = sa.select(leases.c.owner).where(leases.c.name == name)
    owner: str | None = connection.execute(query).scalar()
    return owner or None
