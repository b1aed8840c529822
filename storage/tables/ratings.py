"""Service ratings without a word of text: counted, and no messages."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text

from storage.tables.base import METADATA
from storage.types import Id, Instant

ratings = Table(
    "ratings",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("native_id", String(200), nullable=False),
    Column("import_id", ForeignKey("imports.id")),
    Column("item", Text, nullable=False),
    Column("section", Text, nullable=False),
    # 1 worst to 5 best
    Column("grade", Integer, nullable=False),
    Column("rated_at", Instant, nullable=False),
    Column("content_hash", String(64), nullable=False),
    # What a later import replaced, and which: taken back one step when it is undone.
    Column("before", JSON),
    Column("revised_by", ForeignKey("imports.id")),
    Column("withdrawn_at", Instant),
    Index("ix_ratings_source_id_native_id", "source_id", "native_id"),
    Index("ix_ratings_rated_at", "rated_at"),
)
