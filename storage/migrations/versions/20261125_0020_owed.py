"""Indexes of the clocks that are still owed, and of history: lists cost the same however much there is.

Revision ID: 20261125_0020
Revises: 20261125_0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261125_0020"
down_revision = "20261125_0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    is_owed = sa.text("state IN ('running', 'paused')")
    op.create_index(
        "ix_deadlines_owed",
        "deadlines",
        ["due_at", "id", "state", "is_provisional"],
        sqlite_where=is_owed,
        postgresql_where=is_owed,
    )
    is_history = sa.text("is_history")
    op.create_index(
        "ix_cases_history", "cases", ["id"], sqlite_where=is_history, postgresql_where=is_history
    )


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward; restore a backup instead")
