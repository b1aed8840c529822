"""Count what programs ask, across processes.

Revision ID: 20261125_0013
Revises: 20261125_0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261125_0013"
down_revision = "20261125_0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "request_counts",
        sa.Column("owner", sa.String(80), primary_key=True),
        sa.Column("minute", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("taken", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward; restore a backup instead")
