"""Remember which messages speak of one matter, and how each matter stirs.

Revision ID: 20261125_0012
Revises: 20261125_0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Instant

revision = "20261125_0012"
down_revision = "20261125_0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "matters",
        sa.Column("id", Id, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("terms", sa.JSON, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("first_at", Instant, nullable=False),
        sa.Column("last_at", Instant, nullable=False),
        sa.Column("places", sa.JSON, nullable=False),
        sa.Column("voices", sa.Integer, nullable=False),
        sa.Column("risky", sa.Integer, nullable=False),
        sa.Column("heat", sa.Float, nullable=False),
        sa.Column("heat_reasons", sa.JSON, nullable=False),
        sa.Column("signals", sa.JSON, nullable=False),
        sa.Column("stirred_at", Instant),
        sa.Column("case_id", Id, sa.ForeignKey("cases.id")),
        sa.Column("updated_at", Instant, nullable=False),
    )
    op.create_index("ix_matters_case_id", "matters", ["case_id"])
    op.create_index("ix_matters_last_at", "matters", ["last_at"])
    op.create_index("ix_matters_stirred_at", "matters", ["stirred_at"])
    op.create_table(
        "matter_messages",
        sa.Column("message_id", Id, sa.ForeignKey("messages.id"), primary_key=True, autoincrement=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("matter_id", Id, sa.ForeignKey("matters.id"), nullable=False),
        sa.Column("by_person", sa.Boolean, nullable=False),
        sa.Column("joined_at", Instant, nullable=False),
    )
    op.create_index("ix_matter_messages_matter_id", "matter_messages", ["matter_id"])
    op.create_table(
        "matter_terms",
        sa.Column("term", sa.String(200), primary_key=True),
        sa.Column("matter_id", Id, sa.ForeignKey("matters.id"), primary_key=True, autoincrement=False),
    )
    op.create_index("ix_matter_terms_matter", "matter_terms", ["matter_id"])
    op.create_table(
        "term_statistics",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("texts", sa.Integer, nullable=False),
        sa.Column("messages", sa.Integer, nullable=False),
        sa.Column("packed", sa.LargeBinary, nullable=False),
        sa.Column("taken_at", Instant, nullable=False),
    )


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward; restore a backup instead")
