"""Remember uploaded files until they are imported.

Revision ID: 20261125_0014
Revises: 20261125_0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Instant

revision = "20261125_0014"
down_revision = "20261125_0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "uploads",
        sa.Column("id", Id, primary_key=True),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("size_bytes", Id, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("source_key", sa.String(80), nullable=False),
        sa.Column("mapping", sa.Text, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("is_confirmed", sa.Boolean, nullable=False),
        sa.Column("sent_by", sa.Text, nullable=False),
        sa.Column("staged", sa.Text, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("changed_at", Instant, nullable=False),
        sa.Column("row_count", sa.Integer),
        sa.Column("preview", sa.JSON),
        sa.Column("import_id", Id, sa.ForeignKey("imports.id")),
        sa.Column("refusal", sa.JSON),
    )
    op.create_index("ix_uploads_state", "uploads", ["state"])


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward; restore a backup instead")
