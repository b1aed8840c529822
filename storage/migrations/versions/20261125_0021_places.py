"""Keep where a message happened with its assessment.

Revision ID: 20261125_0021
Revises: 20261125_0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261125_0021"
down_revision = "20261125_0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added, not rebuilt: a rebuilt table would lose the triggers that keep the search index in step.
    op.add_column("assessments", sa.Column("place", sa.Text, nullable=False, server_default=""))
    op.add_column("assessments", sa.Column("place_candidates", sa.JSON, nullable=False, server_default="[]"))


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward; restore a backup instead")
