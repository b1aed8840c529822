"""Messages and their revisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.model import MessageRecord
from core.vocabulary import DeadlineState
from storage.database import allocate_ids, in_chunks, insert_many
from storage.tables import assessments, cases, deadlines, message_revisions, messages, sources


@dataclass(frozen=True, slots=True)
class Known:
    """What is already stored under a native id."""

    id: int
    content_hash: str


class Stored(NamedTuple):
    """A record with the id it was stored under."""

    id: int
    record: MessageRecord


def find_known(connection: Connection, source_id: int, native_ids: Sequence[str]) -> dict[str, Known]:
    """Which of `native_ids` the source already has; withdrawn messages do not count."""
    known: dict[str, Known] = {}
    for some in in_chunks(native_ids):
        query = sa.select(messages.c.native_id, messages.c.id, messages.c.content_hash).where(
            messages.c.source_id == source_id,
            messages.c.native_id.in_(some),
            messages.c.withdrawn_at.is_(None),
        )
        known.update({row.native_id: Known(row.id, row.content_hash) for row in connection.execute(query)})
    return known


def insert(
    connection: Connection,
    source_id: int,
    records: Sequence[MessageRecord],
    *,
    import_id: int | None,
    now: datetime,
) -> list[Stored]:
    """Store records that are new to the source, in order."""
    ids = allocate_ids(connection, messages, len(records))
    fixed = {"source_id": source_id, "import_id": import_id, "first_seen_at": now, "revision": 1}
    insert_many(
        connection,
        messages,
        [{"id": new, **fixed, **_columns(record)} for new, record in zip(ids, records, strict=True)],
    )
    return [Stored(new, record) for new, record in zip(ids, records, strict=True)]


def get(connection: Connection, message_id: int) -> RowMapping:
    """One message's row, with the key of its source."""
    query = (
        sa.select(messages, sources.c.key.label("source"))
        .join(sources, sources.c.id == messages.c.source_id)
        .where(messages.c.id == message_id)
    )
    return connection.execute(query).mappings().one()


def revise(
    connection: Connection,
    message_id: int,
    record: MessageRecord,
    *,
    before: dict[str, Any],
    import_id: int | None,
    now: datetime,
) -> int:
    """Replace a message's content, keeping `before`; the new revision number.

    `received_at` is not touched here: casework decides which receipt stands.
    """
    revision: int = get(connection, message_id)["revision"] + 1
    connection.execute(
        message_revisions.insert().values(
            message_id=message_id, revision=revision, import_id=import_id, recorded_at=now, before=before
        )
    )
    rewrite(connection, message_id, record, revision)
    return revision


def rewrite(connection: Connection, message_id: int, record: MessageRecord, revision: int) -> None:
    """Put a record's content into the row, leaving the receipt alone."""
    columns = _columns(record)
    for kept in ("received_at", "received_precision", "received_from"):
        del columns[kept]
    connection.execute(
        messages.update().where(messages.c.id == message_id).values(revision=revision, **columns)
    )


def move_receipt(connection: Connection, message_id: int, record: MessageRecord) -> None:
    """Take over an earlier receipt from a newer export."""
    connection.execute(
        messages.update()
        .where(messages.c.id == message_id)
        .values(
            received_at=record.received_at,
            received_precision=record.received_precision.value,
            received_from=record.received_from,
        )
    )


def withdraw(connection: Connection, message_ids: Sequence[int], now: datetime) -> None:
    """Take messages back; their numbers become free for a new import."""
    for some in in_chunks(message_ids):
        connection.execute(messages.update().where(messages.c.id.in_(some)).values(withdrawn_at=now))


def ids_of_import(connection: Connection, import_id: int) -> list[int]:
    """The messages an import created, in order of id, withdrawn ones left out."""
    query = (
        sa.select(messages.c.id)
        .where(messages.c.import_id == import_id, messages.c.withdrawn_at.is_(None))
        .order_by(messages.c.id)
    )
    return list(connection.execute(query).scalars())


def revisions_of_import(connection: Connection, import_id: int) -> Sequence[RowMapping]:
    """The revisions an import made and that still stand, newest first."""
    query = (
        sa.select(message_revisions)
        .where(message_revisions.c.import_id == import_id, message_revisions.c.undone_at.is_(None))
        .order_by(message_revisions.c.id.desc())
    )
    return connection.execute(query).mappings().all()


def first_revised(
    connection: Connection, message_ids: Sequence[int], *, since: int, but_by: int | None
) -> int | None:
    """The first of these messages that another import has revised after revision `since`, or None."""
    for some in in_chunks(message_ids):
        query = (
            sa.select(message_revisions.c.message_id)
            .where(
                message_revisions.c.message_id.in_(some),
                message_revisions.c.revision > since,
                message_revisions.c.import_id != but_by,
                message_revisions.c.undone_at.is_(None),
            )
            .limit(1)
        )
        revised: int | None = connection.execute(query).scalar()
        if revised is not None:
            return revised
    return None


def mark_revision_undone(connection: Connection, revision_id: int, now: datetime) -> None:
    """Remember that a revision was rolled back."""
    connection.execute(
        message_revisions.update().where(message_revisions.c.id == revision_id).values(undone_at=now)
    )


def listed(
    connection: Connection, *, order: str, channels: Sequence[str], limit: int
) -> tuple[Sequence[RowMapping], int]:
    """Messages that were not withdrawn, and how many there are in all.

    Args:
        order: `received` (newest first), `due` (next running deadline first, those without one last) or
            `risk` (highest score first, those not assessed last).
        channels: only these; all when empty.
        limit: at most so many rows.
    """
    chosen = [messages.c.withdrawn_at.is_(None)]
    if channels:
        chosen.append(messages.c.channel.in_(channels))
    query = sa.select(messages, sources.c.key.label("source")).join(
        sources, sources.c.id == messages.c.source_id
    )
    newest_first = (messages.c.received_at.desc(), messages.c.id.desc())
    if order == "due":
        next_due = _next_due().subquery()
        query = query.outerjoin(next_due, next_due.c.message_id == messages.c.id)
        query = query.order_by(next_due.c.due_at.is_(None), next_due.c.due_at, *newest_first)
    elif order == "risk":
        query = query.outerjoin(assessments, assessments.c.message_id == messages.c.id)
        score = assessments.c.risk_score
        query = query.order_by(score.is_(None), score.desc(), *newest_first)
    else:
        query = query.order_by(*newest_first)
    rows = connection.execute(query.where(*chosen).limit(limit)).mappings().all()
    total = connection.execute(sa.select(sa.func.count()).select_from(messages).where(*chosen)).scalar_one()
    return rows, total


def _next_due() -> sa.Select[tuple[int, datetime]]:
    """The next running deadline of each message that has one."""
    return (
        sa.select(cases.c.message_id, sa.func.min(deadlines.c.due_at).label("due_at"))
        .join(deadlines, deadlines.c.case_id == cases.c.id)
        .where(deadlines.c.state == DeadlineState.RUNNING.value)
        .group_by(cases.c.message_id)
    )


def _columns(record: MessageRecord) -> dict[str, Any]:
    return {
        "native_id": record.native_id,
        "native_id_is_derived": record.native_id_is_derived,
        "channel": record.channel.value,
        "title": record.title,
        "body": record.body,
        "received_at": record.received_at,
        "received_precision": record.received_precision.value,
        "received_from": record.received_from,
        "created_at": record.created_at,
        "author_display": record.author_display,
        "author_hash": record.author_hash,
        "section": record.section,
        "area": record.area,
        "category": record.category,
        "kind_src": record.kind_src,
        "status_src": record.status_src,
        "url": record.url,
        "order_due_on": record.order_due_on,
        "extra": dict(record.extra),
        "content_hash": record.content_hash,
    }
