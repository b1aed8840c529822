"""What waits for the search index."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table, Text

from storage.tables.base import METADATA
from storage.types import Id, Instant

search_changes = Table(
    "search_changes",
    METADATA,
    # Triggers write a row whenever something of a message changes that can be searched for or counted; the
    # indexer removes it once the index holds the change.
    Column("id", Id, primary_key=True),
    Column("message_id", Id, nullable=False),
    # How often the engine refused the message, when it is offered again, and why it was refused.
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("retry_at", Instant),
    Column("reason", Text),
    # A number is never given twice, so that a row written while another is indexed is not taken for it.
    sqlite_autoincrement=True,
)
