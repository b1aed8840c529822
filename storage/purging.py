"""Clearing what citizens wrote once it need not be kept; what the office owed and did stays."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.vocabulary import DeadlineState
from storage.database import in_chunks
from storage.tables import attachments, cases, deadlines, imports, message_revisions, messages, quarantine
from storage.types import Instant

CLEARED = "（内容已按保存期限清除）"
_STILL = (DeadlineState.RUNNING.value, DeadlineState.PAUSED.value)


@dataclass(frozen=True, slots=True)
class Purged:
    """How much was cleared, or would be.

    Attributes:
        messages: whose words, masked author, author's mark and further columns are gone.
        revisions: former versions of messages.
        attachments: files that came with a message.
        quarantined: rows that no import could read.
    """

    messages: int = 0
    revisions: int = 0
    attachments: int = 0
    quarantined: int = 0

    def as_json(self) -> dict[str, int]:
        """Field by field."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def clearable(connection: Connection, before: datetime) -> list[int]:
    """The messages received before an instant that nothing is owed for any more, in order of id."""
    owed = (
        sa.select(cases.c.id)
        .join(deadlines, deadlines.c.case_id == cases.c.id)
        .where(cases.c.message_id == messages.c.id, deadlines.c.state.in_(_STILL))
        .exists()
    )
    query = (
        sa.select(messages.c.id)
        .where(messages.c.received_at < _at(before), messages.c.body != CLEARED, ~owed)
        .order_by(messages.c.id)
    )
    return list(connection.execute(query).scalars())


def count(connection: Connection, before: datetime) -> Purged:
    """What `clear` would clear."""
    chosen = clearable(connection, before)
    revisions = kept = 0
    for some in in_chunks(chosen):
        revisions += _count(connection, message_revisions, message_revisions.c.message_id.in_(some))
        kept += _count(connection, attachments, attachments.c.message_id.in_(some))
    return Purged(len(chosen), revisions, kept, _count(connection, quarantine, _old_rows(before)))


def clear(connection: Connection, before: datetime) -> tuple[Purged, list[str]]:
    """Clear them; how much it was, and the names under which the attachments' files are kept."""
    done = count(connection, before)
    files: list[str] = []
    for some in in_chunks(clearable(connection, before)):
        theirs = attachments.c.message_id.in_(some)
        files += connection.execute(sa.select(attachments.c.kept_as).where(theirs)).scalars()
        connection.execute(attachments.delete().where(theirs))
        connection.execute(message_revisions.delete().where(message_revisions.c.message_id.in_(some)))
        gone: dict[str, object] = {"body": CLEARED, "author_display": "", "author_hash": None, "extra": {}}
        connection.execute(messages.update().where(messages.c.id.in_(some)).values(gone))
    connection.execute(quarantine.delete().where(_old_rows(before)))
    return done, files


def _old_rows(before: datetime) -> sa.ColumnElement[bool]:
    old = sa.select(imports.c.id).where(imports.c.finished_at < _at(before))
    return quarantine.c.import_id.in_(old)


def _count(connection: Connection, table: sa.Table, wanted: sa.ColumnElement[bool]) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(table).where(wanted)).scalar_one()


def _at(instant: datetime) -> sa.BindParameter[datetime]:
    return sa.bindparam(None, instant, Instant())
