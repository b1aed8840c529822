"""Files that came with a message: a scanned letter, a photograph, a recorded call."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, String, Table, Text

from storage.tables.base import METADATA
from storage.types import Id, Instant

attachments = Table(
    "attachments",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("message_id", ForeignKey("messages.id"), nullable=False, index=True),
    Column("file_name", Text, nullable=False),
    # Told by the content, never by the name.
    Column("media_type", String(100), nullable=False),
    Column("size_bytes", Id, nullable=False),
    # Name of the encrypted file in the folder `attachments`.
    Column("kept_as", Text, nullable=False),
    Column("added_by", Text, nullable=False),
    Column("added_at", Instant, nullable=False),
)
