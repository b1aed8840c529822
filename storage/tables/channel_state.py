"""What is known of each channel while it is used: how much was sent lately, and whether it works."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Integer, String, Table, Text

from storage.tables.base import METADATA
from storage.types import Instant

channel_buckets = Table(
    "channel_buckets",
    METADATA,
    # A hash of what the provider counts by: the robot, the account. Several channels may share it.
    Column("credential", String(64), primary_key=True),
    # When the latest sends began, oldest first, in microseconds; the row's lock makes them one line.
    Column("taken", JSON, nullable=False),
    # The provider has said that it takes nothing until then.
    Column("closed_until", Instant),
)

channel_health = Table(
    "channel_health",
    METADATA,
    Column("channel_id", ForeignKey("channels.id"), primary_key=True, autoincrement=False),
    Column("worked_at", Instant),
    # Since when, and how often in a row, nothing has gone out.
    Column("failing_since", Instant),
    Column("failures", Integer, nullable=False),
    Column("last_error", Text),
)
