"""Matters: messages that speak of the same thing, and by which words a matter is found."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from storage.tables.base import METADATA
from storage.types import Id, Instant

matters = Table(
    "matters",
    METADATA,
    # The number of its first message; that number negated where a person split it off.
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    # word → sum of its weights
    Column("terms", JSON, nullable=False),
    Column("size", Integer, nullable=False),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    # place → messages that name it
    Column("places", JSON, nullable=False),
    Column("voices", Integer, nullable=False),
    Column("risky", Integer, nullable=False),
    Column("heat", Float, nullable=False),
    Column("heat_reasons", JSON, nullable=False),
    # [{kind, at, reason}]: how it stirred, and when last
    Column("signals", JSON, nullable=False),
    Column("stirred_at", Instant),
    # The incident its messages belong to; a person's merge changes it.
    Column("case_id", ForeignKey("cases.id"), index=True),
    Column("updated_at", Instant, nullable=False),
    Index("ix_matters_last_at", "last_at"),
    Index("ix_matters_stirred_at", "stirred_at"),
)

matter_messages = Table(
    "matter_messages",
    METADATA,
    # One row per message, those that stand alone too: no row means not looked at yet.
    Column("message_id", ForeignKey("messages.id"), primary_key=True, autoincrement=False),
    Column("revision", Integer, nullable=False),
    Column("matter_id", ForeignKey("matters.id"), nullable=False, index=True),
    # Put there by a person: the program never moves it.
    Column("by_person", Boolean, nullable=False),
    Column("joined_at", Instant, nullable=False),
)

matter_terms = Table(
    "matter_terms",
    METADATA,
    Column("term", String(200), primary_key=True),
    Column("matter_id", ForeignKey("matters.id"), primary_key=True, autoincrement=False),
    Index("ix_matter_terms_matter", "matter_id"),
)

term_statistics = Table(
    "term_statistics",
    METADATA,
    # One row: in how many texts of a sample a word stands.
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("texts", Integer, nullable=False),
    # How many messages there were when the sample was taken.
    Column("messages", Integer, nullable=False),
    Column("packed", LargeBinary, nullable=False),
    Column("taken_at", Instant, nullable=False),
)
