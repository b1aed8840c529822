"""What the analysis says of a message, and what people corrected."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from storage.tables.base import METADATA
from storage.types import Id, Instant

assessments = Table(
    "assessments",
    METADATA,
    # One row per message: the newest assessment; a rescore replaces it and keeps the model's name.
    Column("message_id", ForeignKey("messages.id"), primary_key=True, autoincrement=False),
    # The message revision that was assessed: a revised message is assessed again.
    Column("revision", Integer, nullable=False),
    Column("model", String(80), nullable=False),
    # P(positive) as the model gives it, 0…1; NULL for a text with no words.
    Column("sentiment_raw", Float),
    Column("sentiment_log_odds", Float),
    Column("sentiment_words", JSON, nullable=False),
    Column("unknown_share", Float),
    # positive | negative | unsure; a person's word stands before the machine's
    Column("polarity", String(20), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("is_simple", Boolean, nullable=False),
    Column("topic", Text, nullable=False),
    # From the province down, written together; empty for unknown.
    Column("place", Text, nullable=False, server_default=""),
    # Where an ambiguous name may be: full names; empty where it is clear or there is none.
    Column("place_candidates", JSON, nullable=False, server_default="[]"),
    Column("suggested_section", Text, nullable=False),
    Column("keywords", JSON, nullable=False),
    # low | raised | high, with the rule groups that fired
    Column("risk_level", String(20), nullable=False),
    Column("risk_score", Float, nullable=False),
    # Why, for each of the above: {field: [Chinese sentence, …]}.
    Column("reasons", JSON, nullable=False),
    Column("assessed_at", Instant, nullable=False),
)

corrections = Table(
    "corrections",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("message_id", ForeignKey("messages.id"), nullable=False),
    # polarity | kind | is_simple | topic | section
    Column("field", String(30), nullable=False),
    Column("machine_value", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_corrections_message", "message_id", "field", "id"),
)
