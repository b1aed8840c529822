"""Send papers by mail on a schedule; find a citizen by the keyed hash of a number.

Revision ID: 20261125_0023
Revises: 20261125_0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Instant

revision = "20261125_0023"
down_revision = "20261125_0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "paper_schedules",
        sa.Column("id", Id, primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("every", sa.String(20), nullable=False),
        sa.Column("on_day", sa.Integer, nullable=False),
        sa.Column("at", sa.String(5), nullable=False),
        sa.Column("addresses", sa.JSON, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("needs_signature", sa.Boolean, nullable=False),
        sa.Column("is_on", sa.Boolean, nullable=False),
        sa.Column("next_at", Instant, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
    )
    op.create_table(
        "paper_deliveries",
        sa.Column("id", Id, primary_key=True),
        sa.Column("schedule_id", Id, sa.ForeignKey("paper_schedules.id"), nullable=False),
        sa.Column("paper_id", Id, sa.ForeignKey("papers.id"), nullable=False),
        sa.Column("planned_at", Instant, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_try_at", Instant, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("version", sa.Integer),
        sa.Column("file_sha256", sa.String(64)),
        sa.Column("sent_at", Instant),
        sa.UniqueConstraint("schedule_id", "planned_at", "address"),
    )
    op.create_index("ix_paper_deliveries_paper_id", "paper_deliveries", ["paper_id"])
    op.create_index(
        "ix_messages_author_hash",
        "messages",
        ["author_hash"],
        sqlite_where=sa.text("author_hash IS NOT NULL"),
        postgresql_where=sa.text("author_hash IS NOT NULL"),
    )
    op.create_index("ix_paper_deliveries_state", "paper_deliveries", ["state", "next_try_at"])


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward; restore a backup instead")
