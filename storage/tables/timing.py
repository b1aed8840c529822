"""What moves a clock after it was started: pauses, extensions; and cases that became one or several."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text, text

from storage.tables.base import METADATA
from storage.types import Id, Instant

deadline_pauses = Table(
    "deadline_pauses",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("deadline_id", ForeignKey("deadlines.id"), nullable=False),
    Column("since", Instant, nullable=False),
    # NULL while the clock stands still.
    Column("until", Instant),
    Column("reason", Text, nullable=False),
    # The paper that allows it: title or number.
    Column("authority", Text, nullable=False),
    Column("paused_by", ForeignKey("people.id"), nullable=False),
    CheckConstraint("until IS NULL OR until >= since", name="a_pause_ends_after_it_began"),
    Index("ix_deadline_pauses_deadline", "deadline_id"),
    Index(
        "uq_deadline_pauses_one_open",
        "deadline_id",
        unique=True,
        sqlite_where=text("until IS NULL"),
        postgresql_where=text("until IS NULL"),
    ),
)

extensions = Table(
    "extensions",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("deadline_id", ForeignKey("deadlines.id"), nullable=False),
    # How much longer, in the unit of the rule's own limit.
    Column("amount", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("asked_by", ForeignKey("people.id"), nullable=False),
    Column("asked_at", Instant, nullable=False),
    # asked | granted | refused
    Column("state", String(20), nullable=False),
    Column("decided_by", ForeignKey("people.id")),
    Column("decided_at", Instant),
    Column("decided_reason", Text),
    # A clock is asked for once at a time, and extended once.
    Index(
        "uq_extensions_one_standing",
        "deadline_id",
        unique=True,
        sqlite_where=text("state <> 'refused'"),
        postgresql_where=text("state <> 'refused'"),
    ),
)

case_links = Table(
    "case_links",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("from_case", ForeignKey("cases.id"), nullable=False, index=True),
    Column("to_case", ForeignKey("cases.id"), nullable=False, index=True),
    # merged (from_case went into to_case) | split (to_case came out of from_case)
    Column("kind", String(20), nullable=False),
    Column("at", Instant, nullable=False),
)
