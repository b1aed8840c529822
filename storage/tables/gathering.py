"""Gathering from sites: what is remembered of each source, its runs, and what a run could not read."""

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
    text,
)

from storage.tables.base import METADATA
from storage.types import Id, Instant

source_states = Table(
    "source_states",
    METADATA,
    # The key of the catalogue; the source's own row in `sources` is made with its first message.
    Column("source_key", String(80), primary_key=True),
    # None: as the catalogue says.
    Column("is_enabled", Boolean),
    Column("approved_by", Text),
    Column("approved_at", Instant),
    Column("approval_note", Text),
    # Cookie or token, encrypted with the data folder's key.
    Column("credential", LargeBinary),
    Column("credential_set_at", Instant),
    Column("credential_expires_at", Instant),
    # Set when the source refused the credential; cleared with the next one.
    Column("credential_refused_at", Instant),
    # How far the last complete run came; its form is the spider's own.
    Column("watermark", JSON, nullable=False),
    Column("next_run_at", Instant),
    Column("backoff_until", Instant),
    Column("last_ok_at", Instant),
    # When the last message came that was not known before.
    Column("last_news_at", Instant),
    Column("failures", Integer, nullable=False),
)

crawl_runs = Table(
    "crawl_runs",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("source_key", String(80), nullable=False),
    # waiting | running | finished
    Column("state", String(20), nullable=False),
    # schedule | person | command
    Column("trigger", String(20), nullable=False),
    Column("requested_by", Text, nullable=False),
    Column("planned_at", Instant, nullable=False),
    Column("started_at", Instant),
    Column("ended_at", Instant),
    Column("owner", Text),
    Column("lease_until", Instant),
    # Fencing: each claim counts up; a holder whose lease ran out can write no more.
    Column("claim_no", Integer, nullable=False),
    Column("verdict", String(30)),
    Column("message", Text, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("fetched", Integer, nullable=False),
    Column("read", Integer, nullable=False),
    Column("stored", Integer, nullable=False),
    Column("revised", Integer, nullable=False),
    Column("duplicate", Integer, nullable=False),
    Column("quarantined", Integer, nullable=False),
    Column("seconds", Float),
    # How often each verdict was given in the run.
    Column("verdicts", JSON, nullable=False),
    Column("watermark_before", JSON, nullable=False),
    Column("watermark_after", JSON),
    Column("robots_txt", Text),
    Index("ix_crawl_runs_source", "source_key", "id"),
    # One run of a source at a time, whoever asks.
    Index(
        "uq_crawl_runs_active",
        "source_key",
        unique=True,
        sqlite_where=text("state <> 'finished'"),
        postgresql_where=text("state <> 'finished'"),
    ),
)

crawl_quarantine = Table(
    "crawl_quarantine",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("run_id", ForeignKey("crawl_runs.id"), nullable=False, index=True),
    Column("url", Text, nullable=False),
    Column("column", Text, nullable=False),
    Column("reason", Text, nullable=False),
    # The row as the site gave it, encrypted with the data folder's key.
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
)

crawl_pages = Table(
    "crawl_pages",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("run_id", ForeignKey("crawl_runs.id"), nullable=False, index=True),
    Column("url", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("verdict", String(30), nullable=False),
    # The answer that stopped the run, encrypted; kept to see what a site has changed.
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
)

crawl_rows = Table(
    "crawl_rows",
    METADATA,
    Column("source_key", String(80), primary_key=True),
    Column("native_id", Text, primary_key=True),
    Column("url", Text, nullable=False),
    # Hash of the row in the list: while it stands, the letter itself need not be fetched.
    Column("signature", String(64), nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    Column("checked_at", Instant, nullable=False),
    Index("ix_crawl_rows_recent", "source_key", "first_seen_at"),
)

hot_words = Table(
    "hot_words",
    METADATA,
    Column("source_key", String(80), primary_key=True),
    Column("word", Text, primary_key=True),
    Column("first_seen_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("rank", Integer),
    Column("best_rank", Integer),
    Column("heat", Id, nullable=False),
    Column("peak_heat", Id, nullable=False),
    Column("peak_at", Instant, nullable=False),
    Column("mark", Text, nullable=False),
    Index("ix_hot_words_last_seen", "source_key", "last_seen_at"),
)
