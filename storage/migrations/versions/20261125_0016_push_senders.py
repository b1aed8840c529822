"""Let systems push messages that they sign.

Revision ID: 20261125_0016
Revises: 20261125_0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Instant

revision = "20261125_0016"
down_revision = "20261125_0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "push_senders",
        sa.Column("id", Id, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("source_key", sa.String(80), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("disabled_at", Instant),
    )


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward; restore a backup instead")
