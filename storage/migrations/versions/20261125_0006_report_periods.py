"""Keep closed periods of the response-time report and their restatements.

Revision ID: 20261125_0006
Revises: 20261125_0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Instant

revision = "20261125_0006"
down_revision = "20261125_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_periods",
        sa.Column("id", Id, primary_key=True),
        sa.Column("rule_key", sa.String(80), nullable=False),
        sa.Column("basis", sa.String(10), nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("until", sa.Date, nullable=False),
        sa.Column("definitions", sa.String(20), nullable=False),
        sa.Column("as_of", Instant, nullable=False),
        sa.Column("figures", sa.JSON, nullable=False),
        sa.Column("rows", sa.LargeBinary, nullable=False),
        sa.Column("rows_sha256", sa.String(64), nullable=False),
        sa.Column("closed_at", Instant, nullable=False),
        sa.Column("closed_by", Id, sa.ForeignKey("people.id", name="fk_report_periods_closed_by_people")),
        sa.UniqueConstraint(
            "rule_key", "basis", "since", "until", name="uq_report_periods_rule_key_basis_since_until"
        ),
    )
    op.create_table(
        "restatements",
        sa.Column(
            "period_id",
            Id,
            sa.ForeignKey("report_periods.id", name="fk_restatements_period_id_report_periods"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("as_of", Instant, nullable=False),
        sa.Column("changes", sa.JSON, nullable=False),
        sa.Column("figures", sa.JSON, nullable=False),
        sa.Column("rows_sha256", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("made_at", Instant, nullable=False),
        sa.Column("made_by", Id, sa.ForeignKey("people.id", name="fk_restatements_made_by_people")),
    )


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward; restore a backup instead")
