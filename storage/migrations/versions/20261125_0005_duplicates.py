"""Remember which messages say the same in (nearly) the same words.

Revision ID: 20261125_0005
Revises: 20261125_0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Instant

revision = "20261125_0005"
down_revision = "20261125_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duplicate_groups",
        sa.Column("message_id", Id, sa.ForeignKey("messages.id"), primary_key=True, autoincrement=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("group_id", Id, sa.ForeignKey("messages.id"), nullable=False),
        sa.Column("similarity", sa.Float, nullable=False),
        sa.Column("grouped_at", Instant, nullable=False),
    )
    op.create_index("ix_duplicate_groups_group_id", "duplicate_groups", ["group_id"])
    op.create_table(
        "duplicate_keys",
        sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("message_id", Id, sa.ForeignKey("messages.id"), primary_key=True, autoincrement=False),
    )
    op.create_index("ix_duplicate_keys_message", "duplicate_keys", ["message_id"])


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward; restore a backup instead")
