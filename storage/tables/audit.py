"""The audit trail: append-only, hash-chained per stream. Triggers refuse UPDATE and DELETE."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text

from storage.tables.base import METADATA
from storage.types import Id, Instant

events = Table(
    "events",
    METADATA,
    # The id of a case, or 0 for what concerns the office as a whole.
    Column("stream", Id, primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("tag", String(60), nullable=False),
    # human | machine | system | import
    Column("actor_kind", String(20), nullable=False),
    Column("actor", Text, nullable=False),
    Column("occurred_at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    # Canonical JSON as text, so that the bytes that were hashed are the bytes that are kept.
    Column("payload", Text, nullable=False),
    Column("idempotency_key", String(120), unique=True),
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_events_recorded_at", "recorded_at"),
)
