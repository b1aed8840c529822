"""Remember who assists, what was said and read, orders of supervision, and drafts with their reviews.

Revision ID: 20261125_0011
Revises: 20261125_0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Instant

revision = "20261125_0011"
down_revision = "20261125_0010"
branch_labels = None
depends_on = None


def _refers(name: str, to: str, *, optional: bool = False, key: bool = False) -> sa.Column[int]:
    reference = sa.ForeignKey(f"{to}.id")
    if key:
        return sa.Column(name, Id, reference, primary_key=True, autoincrement=False)
    return sa.Column(name, Id, reference, nullable=optional)


def upgrade() -> None:
    op.create_table(
        "assisting_sections",
        _refers("case_id", "cases", key=True),
        sa.Column("section", sa.Text, primary_key=True),
        sa.Column("since", Instant, nullable=False),
    )
    op.create_table(
        "comments",
        sa.Column("id", Id, primary_key=True),
        _refers("case_id", "cases"),
        sa.Column("kind", sa.String(20), nullable=False),
        _refers("author_id", "people"),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
    )
    op.create_index("ix_comments_case_id", "comments", ["case_id"])
    op.create_table(
        "comment_reads",
        _refers("comment_id", "comments", key=True),
        _refers("person_id", "people", key=True),
        sa.Column("at", Instant, nullable=False),
    )
    op.create_table(
        "supervision_orders",
        sa.Column("id", Id, primary_key=True),
        _refers("case_id", "cases"),
        sa.Column("deadline_id", Id, sa.ForeignKey("deadlines.id"), nullable=False, unique=True),
        sa.Column("demand", sa.Text, nullable=False),
        _refers("ordered_by", "people"),
        sa.Column("ordered_at", Instant, nullable=False),
        sa.Column("answer", sa.Text),
        _refers("answered_by", "people", optional=True),
        sa.Column("answered_at", Instant),
    )
    op.create_index("ix_supervision_orders_case_id", "supervision_orders", ["case_id"])
    _drafts()


def _drafts() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", Id, primary_key=True),
        _refers("case_id", "cases"),
        sa.Column("cycle", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        _refers("author_id", "people"),
        sa.Column("at", Instant, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("steps", sa.JSON, nullable=False),
    )
    op.create_index("ix_drafts_case_id", "drafts", ["case_id"])
    op.create_table(
        "draft_reviews",
        sa.Column("id", Id, primary_key=True),
        _refers("draft_id", "drafts"),
        sa.Column("n", sa.Integer, nullable=False),
        _refers("person_id", "people"),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.UniqueConstraint("draft_id", "n"),
        sa.UniqueConstraint("draft_id", "person_id"),
    )


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward; restore a backup instead")
