"""Scheduled delivery of papers by mail: the schedules, and what went to whom in which version."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from storage.tables.base import METADATA
from storage.types import Id, Instant

paper_schedules = Table(
    "paper_schedules",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("kind", String(40), nullable=False),
    # day | working_day | week | month, with the day of the week (1 Monday) or of the month where it has one
    Column("every", String(20), nullable=False),
    Column("on_day", Integer, nullable=False),
    # The time of day in the office, HH:MM.
    Column("at", String(5), nullable=False),
    Column("addresses", JSON, nullable=False),
    # Key of the mail channel it leaves by.
    Column("channel", Text, nullable=False),
    # Nothing goes out before a person has signed.
    Column("needs_signature", Boolean, nullable=False),
    Column("is_on", Boolean, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
)

paper_deliveries = Table(
    "paper_deliveries",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("schedule_id", ForeignKey("paper_schedules.id"), nullable=False),
    Column("paper_id", ForeignKey("papers.id"), nullable=False, index=True),
    Column("planned_at", Instant, nullable=False),
    Column("address", Text, nullable=False),
    # waiting | sent | failed | dropped
    Column("state", String(20), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_try_at", Instant, nullable=False),
    Column("detail", Text, nullable=False),
    # What was sent: the version of the paper and the fingerprint of the file.
    Column("version", Integer),
    Column("file_sha256", String(64)),
    Column("sent_at", Instant),
    UniqueConstraint("schedule_id", "planned_at", "address"),
    Index("ix_paper_deliveries_state", "state", "next_try_at"),
)
