"""Keep service ratings without text apart from the messages.

Revision ID: 20261125_0017
Revises: 20261125_0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Instant

revision = "20261125_0017"
down_revision = "20261125_0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ratings",
        sa.Column("id", Id, primary_key=True),
        sa.Column("source_id", Id, sa.ForeignKey("sources.id"), nullable=False),
        sa.Column("native_id", sa.String(200), nullable=False),
        sa.Column("import_id", Id, sa.ForeignKey("imports.id")),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("section", sa.Text, nullable=False),
        sa.Column("grade", sa.Integer, nullable=False),
        sa.Column("rated_at", Instant, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("before", sa.JSON),
        sa.Column("revised_by", Id, sa.ForeignKey("imports.id")),
        sa.Column("withdrawn_at", Instant),
    )
    op.create_index("ix_ratings_source_id_native_id", "ratings", ["source_id", "native_id"])
    op.create_index("ix_ratings_rated_at", "ratings", ["rated_at"])


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward; restore a backup instead")
