"""Monitored topics 监测主题: what is looked for, when it alerts, whom it tells; and what was found."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, Table, Text

from storage.tables.base import METADATA
from storage.types import Id, Instant

watches = Table(
    "watches",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    # Words: all of `must`, one of `any_of` where there are any, none of `exclude`.
    Column("must", JSON, nullable=False),
    Column("any_of", JSON, nullable=False),
    Column("exclude", JSON, nullable=False),
    # Only these channels; all of them where empty.
    Column("channels", JSON, nullable=False),
    # So many new messages received within so many hours raise an alert; then so many hours none.
    Column("threshold", Integer, nullable=False),
    Column("window_hours", Integer, nullable=False),
    Column("quiet_hours", Integer, nullable=False),
    # Numbers of the people who are written to.
    Column("recipients", JSON, nullable=False),
    Column("is_on", Boolean, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("changed_at", Instant, nullable=False),
    # Messages up to this number were looked at; those up to that one have been alerted.
    Column("seen_through", Id, nullable=False),
    Column("alerted_through", Id, nullable=False),
    Column("alerted_at", Instant),
)

watch_hits = Table(
    "watch_hits",
    METADATA,
    Column("watch_id", ForeignKey("watches.id"), primary_key=True, autoincrement=False),
    Column("message_id", ForeignKey("messages.id"), primary_key=True, autoincrement=False),
    Column("received_at", Instant, nullable=False),
    Index("ix_watch_hits_received", "watch_id", "received_at"),
    Index("ix_watch_hits_message", "message_id"),
)
