"""Service ratings without text: compared, kept, counted, taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.clock import iso, parse_instant
from core.model import MessageRecord
from core.vocabulary import Channel
from storage.database import allocate_ids, in_chunks, insert_many
from storage.messages import Known
from storage.tables import ratings, sources


@dataclass(frozen=True, slots=True)
class Difference:
    """What some ratings bring to a source: new ones, and changed ones with the number they stand under."""

    fresh: list[MessageRecord] = field(default_factory=list)
    changed: list[tuple[int, MessageRecord]] = field(default_factory=list)


def is_bare(record: MessageRecord) -> bool:
    """Whether the record is a grade and nothing else: to be counted, and no message."""
    return record.channel is Channel.RATING and not record.body and "grade" in record.extra


def compare(connection: Connection, source_id: int, records: Sequence[MessageRecord]) -> Difference:
    """What is new or changed among these ratings; no native id twice."""
    found = Difference()
    known = find_known(connection, source_id, [record.native_id for record in records])
    for record in records:
        if record.native_id not in known:
            found.fresh.append(record)
        elif known[record.native_id].content_hash != record.content_hash:
            found.changed.append((known[record.native_id].id, record))
    return found


def find_known(connection: Connection, source_id: int, native_ids: Sequence[str]) -> dict[str, Known]:
    """Which of `native_ids` the source already has as ratings without text."""
    known: dict[str, Known] = {}
    for some in in_chunks(sorted(native_ids)):
        query = sa.select(ratings.c.native_id, ratings.c.id, ratings.c.content_hash).where(
            _standing(source_id), ratings.c.native_id.in_(some)
        )
        known |= {row.native_id: Known(row.id, row.content_hash) for row in connection.execute(query)}
    return known


def keep(connection: Connection, source_id: int, brought: Difference, *, import_id: int | None) -> None:
    """Store what is new and revise what changed."""
    ids = allocate_ids(connection, ratings, len(brought.fresh))
    fixed = {"source_id": source_id, "import_id": import_id}
    rows = [{"id": new, **fixed, **_columns(one)} for new, one in zip(ids, brought.fresh, strict=True)]
    insert_many(connection, ratings, rows)
    for number, record in brought.changed:
        row = connection.execute(sa.select(ratings).where(ratings.c.id == number)).mappings().one()
        before = {name: row[name] for name in ("item", "section", "grade", "content_hash")}
        before["rated_at"] = iso(row["rated_at"])
        values = {**_columns(record), "before": before, "revised_by": import_id}
        connection.execute(ratings.update().where(ratings.c.id == number).values(values))


def give_way(connection: Connection, source_id: int, native_ids: Sequence[str], now: datetime) -> None:
    """Withdraw ratings that have become messages, because a later export brought their text."""
    for some in in_chunks(native_ids):
        standing = _standing(source_id), ratings.c.native_id.in_(some)
        connection.execute(ratings.update().where(*standing).values(withdrawn_at=now))


def take_back(connection: Connection, import_id: int, now: datetime) -> tuple[int, int]:
    """Withdraw what an import brought and roll back what it revised; how many each."""
    mine = ratings.c.import_id == import_id, ratings.c.withdrawn_at.is_(None)
    withdrawn = connection.execute(ratings.update().where(*mine).values(withdrawn_at=now)).rowcount
    revised = connection.execute(sa.select(ratings).where(ratings.c.revised_by == import_id)).mappings().all()
    for row in revised:
        values = {**row["before"], "rated_at": parse_instant(row["before"]["rated_at"])}
        values |= {"before": None, "revised_by": None}
        connection.execute(ratings.update().where(ratings.c.id == row["id"]).values(values))
    return withdrawn, len(revised)


def rated(connection: Connection, *, since: datetime, until: datetime) -> Sequence[RowMapping]:
    """The ratings of a half-open period in order of number, with the key of their source."""
    query = (
        sa.select(ratings, sources.c.key.label("source"))
        .join(sources, sources.c.id == ratings.c.source_id)
        .where(ratings.c.rated_at >= since, ratings.c.rated_at < until, ratings.c.withdrawn_at.is_(None))
        .order_by(ratings.c.id)
    )
    return connection.execute(query).mappings().all()


def _standing(source_id: int) -> sa.ColumnElement[bool]:
    return sa.and_(ratings.c.source_id == source_id, ratings.c.withdrawn_at.is_(None))


def _columns(record: MessageRecord) -> dict[str, Any]:
    return {
        "native_id": record.native_id,
        "item": record.title,
        "section": record.section,
        "grade": int(record.extra["grade"]),
        "rated_at": record.received_at,
        "content_hash": record.content_hash,
    }
