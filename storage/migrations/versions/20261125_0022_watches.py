"""Keep monitored topics and what they found.

Revision ID: 20261125_0022
Revises: 20261125_0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Instant

revision = "20261125_0022"
down_revision = "20261125_0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "watches",
        sa.Column("id", Id, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("must", sa.JSON, nullable=False),
        sa.Column("any_of", sa.JSON, nullable=False),
        sa.Column("exclude", sa.JSON, nullable=False),
        sa.Column("channels", sa.JSON, nullable=False),
        sa.Column("threshold", sa.Integer, nullable=False),
        sa.Column("window_hours", sa.Integer, nullable=False),
        sa.Column("quiet_hours", sa.Integer, nullable=False),
        sa.Column("recipients", sa.JSON, nullable=False),
        sa.Column("is_on", sa.Boolean, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("changed_at", Instant, nullable=False),
        sa.Column("seen_through", Id, nullable=False),
        sa.Column("alerted_through", Id, nullable=False),
        sa.Column("alerted_at", Instant),
    )
    op.create_table(
        "watch_hits",
        sa.Column("watch_id", Id, sa.ForeignKey("watches.id"), primary_key=True, autoincrement=False),
        sa.Column("message_id", Id, sa.ForeignKey("messages.id"), primary_key=True, autoincrement=False),
        sa.Column("received_at", Instant, nullable=False),
    )
    op.create_index("ix_watch_hits_received", "watch_hits", ["watch_id", "received_at"])
    op.create_index("ix_watch_hits_message", "watch_hits", ["message_id"])


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward; restore a backup instead")
