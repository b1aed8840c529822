"""Remember pauses and extensions of clocks, and which cases became one or several.

Revision ID: 20261125_0008
Revises: 20261125_0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Instant

revision = "20261125_0008"
down_revision = "20261125_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deadline_pauses",
        sa.Column("id", Id, primary_key=True),
        sa.Column("deadline_id", Id, sa.ForeignKey("deadlines.id"), nullable=False),
        sa.Column("since", Instant, nullable=False),
        sa.Column("until", Instant),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("authority", sa.Text, nullable=False),
        sa.Column("paused_by", Id, sa.ForeignKey("people.id"), nullable=False),
        sa.CheckConstraint("until IS NULL OR until >= since", name="a_pause_ends_after_it_began"),
    )
    op.create_index("ix_deadline_pauses_deadline", "deadline_pauses", ["deadline_id"])
    _unique("uq_deadline_pauses_one_open", "deadline_pauses", "until IS NULL")
    op.create_table(
        "extensions",
        sa.Column("id", Id, primary_key=True),
        sa.Column("case_id", Id, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("deadline_id", Id, sa.ForeignKey("deadlines.id"), nullable=False),
        sa.Column("amount", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("asked_by", Id, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("asked_at", Instant, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("decided_by", Id, sa.ForeignKey("people.id")),
        sa.Column("decided_at", Instant),
        sa.Column("decided_reason", sa.Text),
    )
    op.create_index("ix_extensions_case_id", "extensions", ["case_id"])
    _unique("uq_extensions_one_standing", "extensions", "state <> 'refused'")
    op.create_table(
        "case_links",
        sa.Column("id", Id, primary_key=True),
        sa.Column("from_case", Id, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("to_case", Id, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("at", Instant, nullable=False),
    )
    op.create_index("ix_case_links_from_case", "case_links", ["from_case"])
    op.create_index("ix_case_links_to_case", "case_links", ["to_case"])


def _unique(name: str, table: str, where: str) -> None:
    """A clock has at most one such row at a time."""
    condition = sa.text(where)
    op.create_index(
        name, table, ["deadline_id"], unique=True, sqlite_where=condition, postgresql_where=condition
    )


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward; restore a backup instead")
