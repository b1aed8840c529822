"""Which messages say the same in (nearly) the same words, and by which keys they are found."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, Table

from storage.tables.base import METADATA
from storage.types import Instant

duplicate_groups = Table(
    "duplicate_groups",
    METADATA,
    # One row per message, those that stand alone too: no row means not compared yet.
    Column("message_id", ForeignKey("messages.id"), primary_key=True, autoincrement=False),
    # The message revision that was compared: a revised message is compared again.
    Column("revision", Integer, nullable=False),
    # The first message of the group; its own number where it stands alone.
    Column("group_id", ForeignKey("messages.id"), nullable=False, index=True),
    # To the message it was found by, 0.5…1.
    Column("similarity", Float, nullable=False),
    Column("grouped_at", Instant, nullable=False),
)

duplicate_keys = Table(
    "duplicate_keys",
    METADATA,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("message_id", ForeignKey("messages.id"), primary_key=True, autoincrement=False),
    Index("ix_duplicate_keys_message", "message_id"),
)
