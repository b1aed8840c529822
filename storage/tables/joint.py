"""Several sections on one case: who assists, what was said and read, orders of supervision, drafts."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from storage.tables.base import METADATA
from storage.types import Id, Instant

assisting_sections = Table(
    "assisting_sections",
    METADATA,
    Column("case_id", ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("section", Text, primary_key=True),
    Column("since", Instant, nullable=False),
)

comments = Table(
    "comments",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    # A comment, or an instruction (批示).
    Column("kind", String(20), nullable=False),
    Column("author_id", ForeignKey("people.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

comment_reads = Table(
    "comment_reads",
    METADATA,
    Column("comment_id", ForeignKey("comments.id"), primary_key=True, autoincrement=False),
    Column("person_id", ForeignKey("people.id"), primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
)

supervision_orders = Table(
    "supervision_orders",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    # The order's own clock.
    Column("deadline_id", ForeignKey("deadlines.id"), nullable=False, unique=True),
    Column("demand", Text, nullable=False),
    Column("ordered_by", ForeignKey("people.id"), nullable=False),
    Column("ordered_at", Instant, nullable=False),
    Column("answer", Text),
    Column("answered_by", ForeignKey("people.id")),
    Column("answered_at", Instant),
)

drafts = Table(
    "drafts",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("cycle", Integer, nullable=False),
    # A reply to a citizen, or a statement.
    Column("kind", String(20), nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("author_id", ForeignKey("people.id"), nullable=False),
    Column("at", Instant, nullable=False),
    # in_review | approved | sent_back | replaced
    Column("state", String(20), nullable=False),
    # The steps as the office had set them when the draft was written: name and roles of each.
    Column("steps", JSON, nullable=False),
)

draft_reviews = Table(
    "draft_reviews",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("draft_id", ForeignKey("drafts.id"), nullable=False),
    Column("n", Integer, nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    # Either passed or sent back.
    Column("verdict", String(20), nullable=False),
    Column("note", Text, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("draft_id", "n"),
    UniqueConstraint("draft_id", "person_id"),
)
