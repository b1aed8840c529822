"""Incidents 事件, the voices that make them, the alerts that draw an eye, and who has seen them."""

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

incidents = Table(
    "incidents",
    METADATA,
    Column("case_id", ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("summary", Text, nullable=False),
    # The three instants a 5-hour clock may start from; the earliest known one counts, all are shown.
    Column("occurred_at", Instant),
    Column("first_public_at", Instant),
    Column("first_seen_at", Instant, nullable=False),
    Column("raised_at", Instant, nullable=False),
    Column("suggested_level", String(4)),
    Column("level", String(4)),
    Column("graded_at", Instant),
    Column("graded_by", ForeignKey("people.id")),
    Column("reasons", JSON, nullable=False),
)

incident_messages = Table(
    "incident_messages",
    METADATA,
    Column("case_id", ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("message_id", ForeignKey("messages.id"), primary_key=True, autoincrement=False),
    Column("added_at", Instant, nullable=False),
    Index("ix_incident_messages_message", "message_id"),
)

alerts = Table(
    "alerts",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), index=True),
    # incident_candidate | message_risk | …
    Column("kind", String(40), nullable=False),
    Column("title", Text, nullable=False),
    Column("reasons", JSON, nullable=False),
    # The same matter raises one alert: rule, matter and period in one key.
    Column("dedupe_key", String(200), nullable=False, unique=True),
    Column("raised_at", Instant, nullable=False),
    # open | acknowledged | dismissed
    Column("state", String(20), nullable=False),
    Column("settled_at", Instant),
    Column("settled_by", ForeignKey("people.id")),
    Column("settled_reason", Text),
    Index("ix_alerts_state", "state", "raised_at"),
)

acknowledgements = Table(
    "acknowledgements",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("cycle", Integer, nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("is_first", Boolean, nullable=False),
    UniqueConstraint("case_id", "cycle", "person_id"),
)
