"""Systems that push messages and sign them."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, String, Table, Text

from storage.tables.base import METADATA
from storage.types import Id, Instant

push_senders = Table(
    "push_senders",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False),
    # The only source it may push to: no sender touches the messages of another.
    Column("source_key", String(80), nullable=False),
    # Sealed, not hashed: the signature is computed again from it.
    Column("sealed_secret", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
)
