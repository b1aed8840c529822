"""Keep the steps of requests, and tasks with their plans, opinions and policy documents.

Revision ID: 20261125_0018
Revises: 20261125_0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Instant

revision = "20261125_0018"
down_revision = "20261125_0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("responses", sa.Column("step", sa.String(40)))
    op.add_column("responses", sa.Column("result", sa.String(40)))
    op.add_column("responses", sa.Column("stops", sa.String(120)))
    op.create_table(
        "task_plans",
        sa.Column("id", Id, primary_key=True),
        sa.Column("title", sa.Text, nullable=False, unique=True),
        sa.Column("printed_on", sa.Date, nullable=False),
        sa.Column("entered_by", Id, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("entered_at", Instant, nullable=False),
    )
    op.create_table(
        "tasks",
        sa.Column("case_id", Id, sa.ForeignKey("cases.id"), primary_key=True, autoincrement=False),
        sa.Column("procedure", sa.String(40), nullable=False),
        sa.Column("plan_id", Id, sa.ForeignKey("task_plans.id")),
        sa.Column("number", sa.String(40)),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("leader", sa.Text, nullable=False),
        sa.Column("planned_on", sa.Date),
        sa.Column("matter_id", Id, sa.ForeignKey("matters.id")),
        sa.UniqueConstraint("plan_id", "number"),
    )
    op.create_index("ix_tasks_plan_id", "tasks", ["plan_id"])
    op.create_index("ix_tasks_matter_id", "tasks", ["matter_id"])
    op.create_table(
        "opinions",
        sa.Column("id", Id, primary_key=True),
        sa.Column("case_id", Id, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("received_on", sa.Date, nullable=False),
        sa.Column("recorded_at", Instant, nullable=False),
        sa.Column("verdict", sa.String(20)),
        sa.Column("reason", sa.Text),
        sa.Column("judged_by", Id, sa.ForeignKey("people.id")),
        sa.Column("judged_at", Instant),
    )
    op.create_index("ix_opinions_case_id", "opinions", ["case_id"])
    op.create_table(
        "policy_documents",
        sa.Column("id", Id, primary_key=True),
        sa.Column("title", sa.Text, nullable=False, unique=True),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("section", sa.Text, nullable=False),
        sa.Column("issued_on", sa.Date),
        sa.Column("url", sa.Text),
        sa.Column("entered_at", Instant, nullable=False),
        sa.Column("repealed_at", Instant),
    )
    op.create_table(
        "case_documents",
        sa.Column("case_id", Id, sa.ForeignKey("cases.id"), primary_key=True, autoincrement=False),
        sa.Column(
            "document_id", Id, sa.ForeignKey("policy_documents.id"), primary_key=True, autoincrement=False
        ),
        sa.Column("at", Instant, nullable=False),
    )


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward; restore a backup instead")
