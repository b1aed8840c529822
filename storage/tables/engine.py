"""What will happen and what must be said: planned actions, notices, the outbox, leases."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.tables.base import METADATA
from storage.types import Id, Instant

planned_actions = Table(
    "planned_actions",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("deadline_id", ForeignKey("deadlines.id"), nullable=False),
    # A new plan of the same clock gets the next number; the old one is superseded, never deleted.
    Column("plan_no", Integer, nullable=False),
    Column("n", Integer, nullable=False),
    # warn | due | escalate | remind
    Column("kind", String(20), nullable=False),
    # Who is told: duty, section, manager …
    Column("audience", String(30), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("planned_at", Instant, nullable=False),
    # planned | fired | skipped | superseded | quarantined
    Column("state", String(20), nullable=False),
    Column("fired_at", Instant),
    Column("lag_seconds", Float),
    Column("error_count", Integer, nullable=False),
    UniqueConstraint("deadline_id", "plan_no", "n"),
    Index(
        "ix_planned_actions_due",
        "planned_at",
        sqlite_where=text("state = 'planned'"),
        postgresql_where=text("state = 'planned'"),
    ),
    Index("ix_planned_actions_case", "case_id", "state"),
)

notices = Table(
    "notices",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), index=True),
    Column("deadline_id", ForeignKey("deadlines.id")),
    Column("kind", String(40), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    # Why this person: the roster entry, role or fallback as it stood when the action fired.
    Column("resolved", JSON, nullable=False),
    # One intent per case, clock, plan, action and person: exactly-once inward.
    Column("dedupe_key", String(200), nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
)

outbox = Table(
    "outbox",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("notice_id", ForeignKey("notices.id"), nullable=False),
    Column("channel_id", ForeignKey("channels.id"), nullable=False),
    Column("address", Text, nullable=False),
    # 0 first: major incident, then due, then warnings, then the digest.
    Column("priority", Integer, nullable=False),
    # 0 for the person's first channel; the next ones follow in time, unless the person acknowledges.
    Column("place", Integer, nullable=False, server_default="0"),
    # pending | claimed | accepted | delivered | failed | cancelled
    Column("state", String(20), nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("lease_until", Instant),
    # Fencing: each claim counts up; a late writer with an old number is refused.
    Column("claim_no", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("accepted_at", Instant),
    # What the provider reported later; accepted and delivered are two facts.
    Column("delivered_at", Instant),
    Column("provider_id", Text),
    Column("last_error", Text),
    UniqueConstraint("notice_id", "channel_id"),
    CheckConstraint("state <> 'claimed' OR lease_until IS NOT NULL", name="claimed_has_a_lease"),
    CheckConstraint("state <> 'accepted' OR accepted_at IS NOT NULL", name="accepted_has_a_time"),
    Index(
        "ix_outbox_ready",
        "priority",
        "next_at",
        sqlite_where=text("state IN ('pending', 'claimed')"),
        postgresql_where=text("state IN ('pending', 'claimed')"),
    ),
)

delivery_attempts = Table(
    "delivery_attempts",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("outbox_id", ForeignKey("outbox.id"), nullable=False, index=True),
    Column("claim_no", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    # accepted | throttled | temporary | permanent | ambiguous
    Column("outcome", String(20), nullable=False),
    Column("detail", Text, nullable=False),
)

channels = Table(
    "channels",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("key", String(60), nullable=False, unique=True),
    # console | smtp | webhook | wecom | dingtalk | feishu | sms
    Column("kind", String(20), nullable=False),
    # Address, account and secret as JSON, encrypted with the data folder's key.
    Column("sealed", LargeBinary, nullable=False),
    Column("is_enabled", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
)

person_channels = Table(
    "person_channels",
    METADATA,
    Column("person_id", ForeignKey("people.id"), primary_key=True, autoincrement=False),
    Column("channel_id", ForeignKey("channels.id"), primary_key=True, autoincrement=False),
    Column("address", Text, nullable=False),
    # 0 for the channel that is tried first.
    Column("place", Integer, nullable=False, server_default="0"),
)

leases = Table(
    "leases",
    METADATA,
    Column("name", String(60), primary_key=True),
    Column("owner", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("until", Instant, nullable=False),
)

idempotency = Table(
    "idempotency",
    METADATA,
    Column("actor", String(80), primary_key=True),
    Column("key", String(120), primary_key=True),
    Column("request_sha256", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("at", Instant, nullable=False),
)
