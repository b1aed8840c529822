"""What people said is not for this office: triage raises no alert of it any more."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, String, Table, Text

from storage.tables.base import METADATA
from storage.types import Id, Instant

alert_mutes = Table(
    "alert_mutes",
    METADATA,
    Column("id", Id, primary_key=True),
    # source (key of the source) | words (they stand in the text)
    Column("kind", String(20), nullable=False),
    Column("value", Text, nullable=False),
    Column("reason", Text, nullable=False),
    # not_ours | noise
    Column("why", String(20), nullable=False),
    Column("alert_id", ForeignKey("alerts.id")),
    Column("muted_by", ForeignKey("people.id"), nullable=False),
    Column("muted_at", Instant, nullable=False),
    # NULL for good.
    Column("until", Instant),
    Column("lifted_by", ForeignKey("people.id")),
    Column("lifted_at", Instant),
)
