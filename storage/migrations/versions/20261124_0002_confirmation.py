"""Remember which responses need a second person's word.

Revision ID: 20261124_0002
Revises: 20261123_0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261124_0002"
down_revision = "20261123_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("responses", sa.Column("confirmation", sa.String(20)))


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward; restore a backup instead")
