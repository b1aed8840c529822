"""Files that people and programs uploaded, from their arrival to their import."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from storage.tables.base import METADATA
from storage.types import Id, Instant

uploads = Table(
    "uploads",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("file_name", Text, nullable=False),
    Column("size_bytes", Id, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("source_key", String(80), nullable=False),
    # The text of a mapping file; empty where the columns are matched by alias alone.
    Column("mapping", Text, nullable=False),
    # uploaded | previewed | waiting | running | done | refused | discarded
    Column("state", String(20), nullable=False),
    # Imported as soon as it was looked through, without a person's word in between.
    Column("is_confirmed", Boolean, nullable=False),
    Column("sent_by", Text, nullable=False),
    # Name of the encrypted copy in the folder `staging`; empty once it is gone.
    Column("staged", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("row_count", Integer),
    # What looking through the file found; masked.
    Column("preview", JSON),
    Column("import_id", ForeignKey("imports.id")),
    Column("refusal", JSON),
    Index("ix_uploads_state", "state"),
)
