"""Keep the rows of a plan that could not be read, and what people muted.

Revision ID: 20261125_0019
Revises: 20261125_0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Instant

revision = "20261125_0019"
down_revision = "20261125_0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_tasks_matter_id", "tasks")
    with op.batch_alter_table("tasks") as table:
        table.drop_column("matter_id")
        table.add_column(sa.Column("problem", sa.Text))
    op.create_table(
        "plan_rejects",
        sa.Column("id", Id, primary_key=True),
        sa.Column("plan_id", Id, sa.ForeignKey("task_plans.id"), nullable=False),
        sa.Column("sheet", sa.Text, nullable=False),
        sa.Column("row", sa.Integer, nullable=False),
        sa.Column("column", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("cells", sa.JSON, nullable=False),
        sa.Column("at", Instant, nullable=False),
    )
    op.create_index("ix_plan_rejects_plan_id", "plan_rejects", ["plan_id"])
    op.create_table(
        "alert_mutes",
        sa.Column("id", Id, primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("why", sa.String(20), nullable=False),
        sa.Column("alert_id", Id, sa.ForeignKey("alerts.id")),
        sa.Column("muted_by", Id, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("muted_at", Instant, nullable=False),
        sa.Column("until", Instant),
        sa.Column("lifted_by", Id, sa.ForeignKey("people.id")),
        sa.Column("lifted_at", Instant),
    )


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward; restore a backup instead")
