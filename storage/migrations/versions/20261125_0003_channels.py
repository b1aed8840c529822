"""Channels are tried one after the other, counted per credential, and watched.

Revision ID: 20261125_0003
Revises: 20261124_0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Instant

revision = "20261125_0003"
down_revision = "20261124_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("place", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("outbox", sa.Column("delivered_at", Instant()))
    op.add_column("person_channels", sa.Column("place", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "channel_buckets",
        sa.Column("credential", sa.String(64), primary_key=True),
        sa.Column("taken", sa.JSON(), nullable=False),
        sa.Column("closed_until", Instant()),
    )
    op.create_table(
        "channel_health",
        sa.Column("channel_id", Id, primary_key=True, autoincrement=False),
        sa.Column("worked_at", Instant()),
        sa.Column("failing_since", Instant()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text()),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_channel_health_channel_id")),
    )


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward; restore a backup instead")
