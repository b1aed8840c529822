"""Papers 日报、专报 and the like: what was drafted, edited, signed; every version is kept."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from storage.tables.base import METADATA
from storage.types import Id, Instant

papers = Table(
    "papers",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("title", Text, nullable=False),
    # The case it is about; NULL for a paper about a period.
    Column("case_id", ForeignKey("cases.id"), index=True),
    # draft | signed | withdrawn
    Column("state", String(20), nullable=False),
    Column("version", Integer, nullable=False),
    # 期号: counted for each kind and year, given at signing.
    Column("year", Integer),
    Column("issue", Integer),
    Column("created_at", Instant, nullable=False),
    Column("signed_at", Instant),
    Column("signed_by", ForeignKey("people.id")),
    # sha256 of the Word file that was signed.
    Column("file_sha256", String(64)),
    UniqueConstraint("kind", "year", "issue"),
    Index("ix_papers_created_at", "created_at"),
)

paper_versions = Table(
    "paper_versions",
    METADATA,
    Column("paper_id", ForeignKey("papers.id"), primary_key=True, autoincrement=False),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("content", JSON, nullable=False),
    Column("sha256", String(64), nullable=False),
    # NULL where the program made it.
    Column("edited_by", ForeignKey("people.id")),
    Column("edited_at", Instant, nullable=False),
)
