"""Closed periods of the response-time report, and what became known after the close."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Column,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from storage.tables.base import METADATA
from storage.types import Id, Instant

report_periods = Table(
    "report_periods",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("rule_key", String(80), nullable=False),
    # received | due
    Column("basis", String(10), nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date, nullable=False),
    Column("definitions", String(20), nullable=False),
    Column("as_of", Instant, nullable=False),
    Column("figures", JSON, nullable=False),
    # Every row of the report at the close: JSON, compressed with zlib.
    Column("rows", LargeBinary, nullable=False),
    Column("rows_sha256", String(64), nullable=False),
    Column("closed_at", Instant, nullable=False),
    Column("closed_by", ForeignKey("people.id")),
    UniqueConstraint("rule_key", "basis", "since", "until"),
)

restatements = Table(
    "restatements",
    METADATA,
    Column("period_id", ForeignKey("report_periods.id"), primary_key=True, autoincrement=False),
    # 1, 2, 3 … for each period.
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("as_of", Instant, nullable=False),
    # The clocks that stand differently from the close: before and after.
    Column("changes", JSON, nullable=False),
    Column("figures", JSON, nullable=False),
    Column("rows_sha256", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("made_by", ForeignKey("people.id")),
)
