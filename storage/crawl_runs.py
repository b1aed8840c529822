"""Runs of sources: asked for, claimed with a lease, counted, finished. Each is a row before it happens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.errors import Conflict, NotFound
from storage.database import insert_if_new, insert_many
from storage.tables import crawl_pages, crawl_quarantine, crawl_runs

WAITING, RUNNING, FINISHED = "waiting", "running", "finished"
SCHEDULE, PERSON, COMMAND = "schedule", "person", "command"

_COUNTS = ("read", "stored", "revised", "duplicate", "quarantined")


@dataclass(frozen=True, slots=True)
class Claim:
    """A run that this process may carry out; `claim_no` is refused once somebody else has taken it over."""

    run_id: int
    source_key: str
    claim_no: int


def ask_for(
    connection: Connection,
    source_key: str,
    now: datetime,
    *,
    trigger: str,
    by: str,
    watermark: Mapping[str, Any],
) -> tuple[int, bool]:
    """The number of the source's waiting or running run, and whether it was made just now."""
    last = connection.execute(sa.select(sa.func.max(crawl_runs.c.id))).scalar() or 0
    insert_if_new(
        connection,
        crawl_runs,
        {
            "source_key": source_key,
            "state": WAITING,
            "trigger": trigger,
            "requested_by": by,
            "planned_at": now,
            "claim_no": 0,
            "message": "",
            "pages": 0,
            "fetched": 0,
            **dict.fromkeys(_COUNTS, 0),
            "verdicts": {},
            "watermark_before": dict(watermark),
        },
    )
    active = sa.select(crawl_runs.c.id).where(
        crawl_runs.c.source_key == source_key, crawl_runs.c.state != FINISHED
    )
    run_id: int = connection.execute(active).scalar_one()
    return run_id, run_id > last


def claim(connection: Connection, run_id: int, owner: str, now: datetime, until: datetime) -> Claim | None:
    """Take a run that waits, or whose holder has been gone longer than its lease; None when it is held."""
    free = sa.or_(
        crawl_runs.c.state == WAITING,
        sa.and_(crawl_runs.c.state == RUNNING, crawl_runs.c.lease_until <= now),
    )
    row = connection.execute(
        crawl_runs.update()
        .where(crawl_runs.c.id == run_id, free)
        .values(
            state=RUNNING,
            owner=owner,
            started_at=now,
            lease_until=until,
            claim_no=crawl_runs.c.claim_no + 1,
        )
        .returning(crawl_runs.c.source_key, crawl_runs.c.claim_no)
    ).first()
    return Claim(run_id, row.source_key, row.claim_no) if row else None


def hold(
    connection: Connection, claim: Claim, until: datetime, counts: Mapping[str, int] | None = None
) -> None:
    """Hold a run longer, adding to its counts in the same transaction as what they count.

    Raises:
        Conflict: it was taken over meanwhile; this transaction must be rolled back.
    """
    added = {name: crawl_runs.c[name] + count for name, count in (counts or {}).items()}
    _change(connection, claim, {"lease_until": until, **added})


def finish(connection: Connection, claim: Claim, values: Mapping[str, Any]) -> None:
    """Write down how a run ended.

    Raises:
        Conflict: it was taken over meanwhile.
    """
    _change(connection, claim, {"state": FINISHED, "lease_until": None, **values})


def _change(connection: Connection, claim: Claim, values: Mapping[str, Any]) -> None:
    done = connection.execute(
        crawl_runs.update()
        .where(
            crawl_runs.c.id == claim.run_id,
            crawl_runs.c.claim_no == claim.claim_no,
            crawl_runs.c.state == RUNNING,
        )
        .values(**values)
    )
    if done.rowcount != 1:
        raise Conflict(
            f"来源“{claim.source_key}”正由另一个程序采集。",
            mend="已写入的内容不会重复，请等它完成。",
            code="crawl.taken_over",
        )


def claimable(connection: Connection, now: datetime, limit: int) -> Sequence[int]:
    """Numbers of runs that wait or whose holder is gone, longest waiting first."""
    query = (
        sa.select(crawl_runs.c.id)
        .where(
            sa.or_(
                crawl_runs.c.state == WAITING,
                sa.and_(crawl_runs.c.state == RUNNING, crawl_runs.c.lease_until <= now),
            )
        )
        .order_by(crawl_runs.c.id)
        .limit(limit)
    )
    return connection.execute(query).scalars().all()


def get(connection: Connection, run_id: int) -> RowMapping:
    """One run.

    Raises:
        NotFound: there is none with that number.
    """
    row = connection.execute(sa.select(crawl_runs).where(crawl_runs.c.id == run_id)).mappings().first()
    if row is None:
        raise NotFound(
            f"没有编号为 {run_id} 的采集。", mend="请用 huiying sources list 查看。", code="run.not_found"
        )
    return row


def latest(connection: Connection) -> dict[str, RowMapping]:
    """The newest run of each source."""
    newest = sa.select(sa.func.max(crawl_runs.c.id)).group_by(crawl_runs.c.source_key)
    rows = connection.execute(sa.select(crawl_runs).where(crawl_runs.c.id.in_(newest))).mappings()
    return {row["source_key"]: row for row in rows}


def first_started(connection: Connection) -> dict[str, datetime]:
    """When the first run of each source began."""
    query = sa.select(crawl_runs.c.source_key, sa.func.min(crawl_runs.c.started_at)).group_by(
        crawl_runs.c.source_key
    )
    return {row[0]: row[1] for row in connection.execute(query) if row[1] is not None}


def recent(connection: Connection, source_key: str, limit: int) -> Sequence[RowMapping]:
    """The last runs of a source, newest first."""
    query = (
        sa.select(crawl_runs)
        .where(crawl_runs.c.source_key == source_key)
        .order_by(crawl_runs.c.id.desc())
        .limit(limit)
    )
    return connection.execute(query).mappings().all()


def requests_since(connection: Connection, source_key: str, since: datetime) -> int:
    """How many requests the runs of a source that started since then have sent."""
    query = sa.select(sa.func.coalesce(sa.func.sum(crawl_runs.c.fetched), 0)).where(
        crawl_runs.c.source_key == source_key, crawl_runs.c.started_at >= since
    )
    return int(connection.execute(query).scalar_one())


def put_in_quarantine(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Keep rows that could not be read; `sealed` is already encrypted."""
    insert_many(connection, crawl_quarantine, rows)


def quarantined(connection: Connection, run_id: int) -> Sequence[RowMapping]:
    """What one run could not read, in the order of the site."""
    query = (
        sa.select(crawl_quarantine).where(crawl_quarantine.c.run_id == run_id).order_by(crawl_quarantine.c.id)
    )
    return connection.execute(query).mappings().all()


def keep_pages(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Keep the answers that stopped a run; `sealed` is already encrypted."""
    insert_many(connection, crawl_pages, rows)


def kept_pages(connection: Connection, run_id: int) -> Sequence[RowMapping]:
    """The answers that stopped a run."""
    query = sa.select(crawl_pages).where(crawl_pages.c.run_id == run_id).order_by(crawl_pages.c.id)
    return connection.execute(query).mappings().all()


def drop_kept_before(connection: Connection, before: datetime) -> int:
    """Delete kept answers and unreadable rows older than `before`; how many."""
    dropped = 0
    for table in (crawl_pages, crawl_quarantine):
        dropped += connection.execute(table.delete().where(table.c.created_at < before)).rowcount
    return dropped
