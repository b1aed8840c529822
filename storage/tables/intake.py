"""What came in: sources, imports, quarantine, messages and their revisions."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.tables.base import METADATA
from storage.types import Id, Instant

sources = Table(
    "sources",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("key", String(80), nullable=False, unique=True),
    Column("channel", String(40), nullable=False),
    Column("created_at", Instant, nullable=False),
)

imports = Table(
    "imports",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("file_name", Text, nullable=False),
    Column("file_sha256", String(64), nullable=False),
    Column("size_bytes", Id, nullable=False),
    Column("mapping_sha256", String(64), nullable=False),
    # running | finished | undone
    Column("state", String(20), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    # The position of the last row whose batch was committed; a killed import goes on after it.
    Column("resume_position", Integer, nullable=False),
    Column("read", Integer, nullable=False),
    Column("stored", Integer, nullable=False),
    Column("revised", Integer, nullable=False),
    Column("duplicate", Integer, nullable=False),
    Column("quarantined", Integer, nullable=False),
    Column("ignored", Integer, nullable=False),
    Column("warnings", Integer, nullable=False),
    Index("ix_imports_file", "file_sha256", "source_id"),
)

quarantine = Table(
    "quarantine",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("import_id", ForeignKey("imports.id"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("sheet", Text, nullable=False),
    Column("row", Integer, nullable=False),
    Column("column", Text, nullable=False),
    Column("reason", Text, nullable=False),
    # The row as it was, encrypted with the data folder's key: the only unmasked text we keep.
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("import_id", "position"),
)

messages = Table(
    "messages",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("native_id", Text, nullable=False),
    Column("native_id_is_derived", Boolean, nullable=False),
    Column("channel", String(40), nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("received_precision", String(10), nullable=False),
    Column("received_from", String(20), nullable=False),
    Column("created_at", Instant),
    Column("author_display", Text, nullable=False),
    Column("author_hash", String(64)),
    Column("section", Text, nullable=False),
    Column("area", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("kind_src", Text, nullable=False),
    Column("status_src", Text, nullable=False),
    Column("url", Text),
    Column("order_due_on", Date),
    Column("extra", JSON, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("import_id", ForeignKey("imports.id")),
    Column("first_seen_at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
    # A message taken back by an undone import leaves its number free.
    Index(
        "uq_messages_source_native_id",
        "source_id",
        "native_id",
        unique=True,
        sqlite_where=text("withdrawn_at IS NULL"),
        postgresql_where=text("withdrawn_at IS NULL"),
    ),
    Index("ix_messages_received_at", "received_at"),
    Index(
        "ix_messages_author_hash",
        "author_hash",
        sqlite_where=text("author_hash IS NOT NULL"),
        postgresql_where=text("author_hash IS NOT NULL"),
    ),
    Index("ix_messages_import_id", "import_id"),
)

message_revisions = Table(
    "message_revisions",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("message_id", ForeignKey("messages.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    # The import whose newer text replaced what stands in `before`.
    Column("import_id", ForeignKey("imports.id"), index=True),
    Column("recorded_at", Instant, nullable=False),
    Column("before", JSON, nullable=False),
    Column("undone_at", Instant),
    Index("ix_message_revisions_message", "message_id", "revision"),
)
