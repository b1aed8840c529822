"""Keep papers with all their versions.

Revision ID: 20261125_0004
Revises: 20261125_0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Instant

revision = "20261125_0004"
down_revision = "20261125_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "papers",
        sa.Column("id", Id, primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("case_id", Id, sa.ForeignKey("cases.id", name="fk_papers_case_id_cases")),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("year", sa.Integer),
        sa.Column("issue", sa.Integer),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("signed_at", Instant),
        sa.Column("signed_by", Id, sa.ForeignKey("people.id", name="fk_papers_signed_by_people")),
        sa.Column("file_sha256", sa.String(64)),
        sa.UniqueConstraint("kind", "year", "issue", name="uq_papers_kind_year_issue"),
    )
    op.create_index("ix_papers_case_id", "papers", ["case_id"])
    op.create_index("ix_papers_created_at", "papers", ["created_at"])
    op.create_table(
        "paper_versions",
        sa.Column(
            "paper_id",
            Id,
            sa.ForeignKey("papers.id", name="fk_paper_versions_paper_id_papers"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("edited_by", Id, sa.ForeignKey("people.id", name="fk_paper_versions_edited_by_people")),
        sa.Column("edited_at", Instant, nullable=False),
    )


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward; restore a backup instead")
