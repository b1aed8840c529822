"""What must be answered: cases, their clocks, and the replies and statements that stop them."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)

from storage.tables.base import METADATA
from storage.types import Id, Instant

cases = Table(
    "cases",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("message_id", ForeignKey("messages.id"), index=True),
    Column("channel", String(40), nullable=False),
    # Key of the responsible section; empty while nobody is.
    Column("section", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("cycle", Integer, nullable=False),
    # Received before the office went live: counted, listed as 历史未办, wakes nobody.
    Column("is_history", Boolean, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("registered_at", Instant, nullable=False),
    # The event chain of the case: last sequence number and hash. The row is the lock of all under it.
    Column("seq", Integer, nullable=False),
    Column("chain_head", String(64), nullable=False),
    # History is little beside the rest, and is counted apart from it on every look at the desk.
    Index("ix_cases_history", "id", sqlite_where=text("is_history"), postgresql_where=text("is_history")),
)

explanations = Table(
    "explanations",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("days", JSON, nullable=False),
)

deadlines = Table(
    "deadlines",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("rule_key", String(80), nullable=False),
    Column("rule_version", String(20), nullable=False),
    Column("calendar_version", Text, nullable=False),
    Column("cycle", Integer, nullable=False),
    # Which instant the clock starts from, by name: received, occurred, first_public, first_seen …
    Column("anchor", String(30), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("is_provisional", Boolean, nullable=False),
    # One explanation serves every clock with the same rule version, calendar and day zero.
    Column("explanation_id", ForeignKey("explanations.id")),
    Column("state", String(20), nullable=False),
    # The instant of the qualifying reply or statement; NULL with `is_time_unknown` when nobody knows it.
    Column("met_at", Instant),
    Column("met_precision", String(10)),
    # From when on the answer counts in a report `as_of`: its own time for history that came with an
    # import, the time it was recorded for everything else.
    Column("met_known_at", Instant),
    Column("is_time_unknown", Boolean, nullable=False),
    Column("holding_at", Instant),
    Column("has_holding_reply", Boolean, nullable=False),
    Column("registered_at", Instant, nullable=False),
    CheckConstraint(
        "state <> 'met' OR met_at IS NOT NULL OR is_time_unknown", name="met_has_a_time_or_says_why_not"
    ),
    Index("ix_deadlines_rule_started", "rule_key", "started_at"),
    Index("ix_deadlines_rule_due", "rule_key", "due_at"),
    Index(
        "ix_deadlines_running_due",
        "due_at",
        sqlite_where=text("state = 'running'"),
        postgresql_where=text("state = 'running'"),
    ),
    # What is still owed, in the order of the desk, with all that its counts look at.
    Index(
        "ix_deadlines_owed",
        "due_at",
        "id",
        "state",
        "is_provisional",
        sqlite_where=text("state IN ('running', 'paused')"),
        postgresql_where=text("state IN ('running', 'paused')"),
    ),
    Index(
        "uq_deadlines_one_running",
        "case_id",
        "rule_key",
        unique=True,
        sqlite_where=text("state IN ('running', 'paused')"),
        postgresql_where=text("state IN ('running', 'paused')"),
    ),
)

responses = Table(
    "responses",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("cycle", Integer, nullable=False),
    # substantive | holding (replies to a citizen) | statement | press_conference (to the public)
    Column("kind", String(20), nullable=False),
    # The text was close to a holding reply; a person should look.
    Column("is_doubtful", Boolean, nullable=False),
    Column("text", Text, nullable=False),
    Column("org", Text, nullable=False),
    Column("occurred_at", Instant),
    Column("precision", String(10), nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("import_id", ForeignKey("imports.id"), index=True),
    Column("recorded_by", ForeignKey("people.id")),
    # Evidence of what was published: where, under which title, and a copy we keep.
    Column("url", Text),
    Column("publisher", Text),
    Column("title", Text),
    Column("copy_sha256", ForeignKey("saved_copies.sha256")),
    Column("withdrawn_at", Instant),
    # Of a step of a procedure: its key, its result, and the facts it is, parted by blanks.
    Column("step", String(40)),
    Column("result", String(40)),
    Column("stops", String(120)),
    # awaited | confirmed | refused, for a response recorded after a clock ran out that claims to be from
    # before; NULL for all others. Stops no clock until a second person has confirmed it.
    Column("confirmation", String(20)),
)

saved_copies = Table(
    "saved_copies",
    METADATA,
    Column("sha256", String(64), primary_key=True),
    Column("url", Text),
    Column("media_type", Text, nullable=False),
    Column("size_bytes", Id, nullable=False),
    # Relative to the data folder, outside the web root.
    Column("path", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("saved_at", Instant, nullable=False),
)
