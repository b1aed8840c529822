"""Schedules of papers, and every delivery with how it ended; a delivery is never removed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.errors import NotFound
from storage.database import allocate_ids, insert_if_new
from storage.tables import paper_deliveries, paper_schedules, papers
from storage.types import Instant

WAITING, SENT, FAILED, DROPPED = "waiting", "sent", "failed", "dropped"


def add_schedule(connection: Connection, values: Mapping[str, Any]) -> int:
    """Enter a schedule that is on; its number."""
    (number,) = allocate_ids(connection, paper_schedules, 1)
    connection.execute(paper_schedules.insert().values(id=number, is_on=True, **values))
    return number


def schedules(connection: Connection) -> Sequence[RowMapping]:
    """All of them, those that are on first, then by what is due next."""
    query = sa.select(paper_schedules).order_by(
        paper_schedules.c.is_on.desc(), paper_schedules.c.next_at, paper_schedules.c.id
    )
    return connection.execute(query).mappings().all()


def lock_schedule(connection: Connection, schedule_id: int) -> RowMapping:
    """One schedule, locked until the transaction ends.

    Raises:
        NotFound: no such schedule.
    """
    query = sa.select(paper_schedules).where(paper_schedules.c.id == schedule_id).with_for_update()
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound(f"没有编号为 {schedule_id} 的定时报送。", mend="请从“定时报送”进入。")
    return row


def change_schedule(connection: Connection, schedule_id: int, **values: Any) -> None:
    """Set some of its values."""
    connection.execute(paper_schedules.update().where(paper_schedules.c.id == schedule_id).values(**values))


def plan(
    connection: Connection, schedule_id: int, paper_id: int, addresses: Sequence[str], planned_at: datetime
) -> None:
    """Let a paper go to each address; one that stands for this instant already stays as it is."""
    for address in addresses:
        (number,) = allocate_ids(connection, paper_deliveries, 1)
        values = {
            "id": number,
            "schedule_id": schedule_id,
            "paper_id": paper_id,
            "planned_at": planned_at,
            "address": address,
            "state": WAITING,
            "tries": 0,
            "next_try_at": planned_at,
            "detail": "",
        }
        insert_if_new(connection, paper_deliveries, values)


def ready(connection: Connection, now: datetime) -> Sequence[RowMapping]:
    """Deliveries that wait and may be tried now, with where they leave by and how their paper stands."""
    query = (
        sa.select(
            paper_deliveries,
            paper_schedules.c.channel,
            paper_schedules.c.needs_signature,
            papers.c.state.label("paper_state"),
        )
        .join(paper_schedules, paper_schedules.c.id == paper_deliveries.c.schedule_id)
        .join(papers, papers.c.id == paper_deliveries.c.paper_id)
        .where(
            paper_deliveries.c.state == WAITING,
            paper_deliveries.c.next_try_at <= sa.bindparam(None, now, Instant()),
        )
        .order_by(paper_deliveries.c.id)
    )
    return connection.execute(query).mappings().all()


def claim(connection: Connection, delivery_id: int, tries: int, next_try_at: datetime) -> bool:
    """Take a delivery for one try; False where another process was as quick.

    Whoever dies in the middle of it lets it be tried again at `next_try_at`.
    """
    done = connection.execute(
        paper_deliveries.update()
        .where(
            paper_deliveries.c.id == delivery_id,
            paper_deliveries.c.state == WAITING,
            paper_deliveries.c.tries == tries,
        )
        .values(tries=tries + 1, next_try_at=next_try_at)
    )
    return done.rowcount == 1


def settle(connection: Connection, delivery_id: int, **values: Any) -> None:
    """Write down how a try ended."""
    connection.execute(paper_deliveries.update().where(paper_deliveries.c.id == delivery_id).values(**values))


def history(connection: Connection, *, limit: int) -> Sequence[RowMapping]:
    """The newest deliveries with title and kind of their paper, the newest first."""
    query = (
        sa.select(paper_deliveries, papers.c.title, papers.c.kind)
        .join(papers, papers.c.id == paper_deliveries.c.paper_id)
        .order_by(paper_deliveries.c.id.desc())
        .limit(limit)
    )
    return connection.execute(query).mappings().all()
