"""Remember sources, their runs, and what a run could not read.

Revision ID: 20261125_0010
Revises: 20261125_0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Instant

revision = "20261125_0010"
down_revision = "20261125_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "source_states",
        sa.Column("source_key", sa.String(80), primary_key=True),
        sa.Column("is_enabled", sa.Boolean),
        sa.Column("approved_by", sa.Text),
        sa.Column("approved_at", Instant),
        sa.Column("approval_note", sa.Text),
        sa.Column("credential", sa.LargeBinary),
        sa.Column("credential_set_at", Instant),
        sa.Column("credential_expires_at", Instant),
        sa.Column("credential_refused_at", Instant),
        sa.Column("watermark", sa.JSON, nullable=False),
        sa.Column("next_run_at", Instant),
        sa.Column("backoff_until", Instant),
        sa.Column("last_ok_at", Instant),
        sa.Column("last_news_at", Instant),
        sa.Column("failures", sa.Integer, nullable=False),
    )

    op.create_table(
        "crawl_runs",
        sa.Column("id", Id, primary_key=True),
        sa.Column("source_key", sa.String(80), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("trigger", sa.String(20), nullable=False),
        sa.Column("requested_by", sa.Text, nullable=False),
        sa.Column("planned_at", Instant, nullable=False),
        sa.Column("started_at", Instant),
        sa.Column("ended_at", Instant),
        sa.Column("owner", sa.Text),
        sa.Column("lease_until", Instant),
        sa.Column("claim_no", sa.Integer, nullable=False),
        sa.Column("verdict", sa.String(30)),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("pages", sa.Integer, nullable=False),
        sa.Column("fetched", sa.Integer, nullable=False),
        sa.Column("read", sa.Integer, nullable=False),
        sa.Column("stored", sa.Integer, nullable=False),
        sa.Column("revised", sa.Integer, nullable=False),
        sa.Column("duplicate", sa.Integer, nullable=False),
        sa.Column("quarantined", sa.Integer, nullable=False),
        sa.Column("seconds", sa.Float),
        sa.Column("verdicts", sa.JSON, nullable=False),
        sa.Column("watermark_before", sa.JSON, nullable=False),
        sa.Column("watermark_after", sa.JSON),
        sa.Column("robots_txt", sa.Text),
    )
    op.create_index("ix_crawl_runs_source", "crawl_runs", ["source_key", "id"])
    op.create_index("uq_crawl_runs_active", "crawl_runs", ["source_key"], unique=True, sqlite_where=sa.text("state <> 'finished'"), postgresql_where=sa.text("state <> 'finished'"))
    op.create_table(
        "crawl_quarantine",
        sa.Column("id", Id, primary_key=True),
        sa.Column("run_id", Id, sa.ForeignKey("crawl_runs.id", name="fk_crawl_quarantine_run_id_crawl_runs"), nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("column", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
    )
    op.create_index("ix_crawl_quarantine_run_id", "crawl_quarantine", ["run_id"])
    op.create_table(
        "crawl_pages",
        sa.Column("id", Id, primary_key=True),
        sa.Column("run_id", Id, sa.ForeignKey("crawl_runs.id", name="fk_crawl_pages_run_id_crawl_runs"), nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("verdict", sa.String(30), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
    )
    op.create_index("ix_crawl_pages_run_id", "crawl_pages", ["run_id"])
    op.create_table(
        "crawl_rows",
        sa.Column("source_key", sa.String(80), primary_key=True),
        sa.Column("native_id", sa.Text, primary_key=True),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("signature", sa.String(64), nullable=False),
        sa.Column("first_seen_at", Instant, nullable=False),
        sa.Column("checked_at", Instant, nullable=False),
    )
    op.create_index("ix_crawl_rows_recent", "crawl_rows", ["source_key", "first_seen_at"])
    op.create_table(
        "hot_words",
        sa.Column("source_key", sa.String(80), primary_key=True),
        sa.Column("word", sa.Text, primary_key=True),
        sa.Column("first_seen_at", Instant, nullable=False),
        sa.Column("last_seen_at", Instant, nullable=False),
        sa.Column("rank", sa.Integer),
        sa.Column("best_rank", sa.Integer),
        sa.Column("heat", Id, nullable=False),
        sa.Column("peak_heat", Id, nullable=False),
        sa.Column("peak_at", Instant, nullable=False),
        sa.Column("mark", sa.Text, nullable=False),
    )
    op.create_index("ix_hot_words_last_seen", "hot_words", ["source_key", "last_seen_at"])


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward; restore a backup instead")
