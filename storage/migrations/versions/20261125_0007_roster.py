"""Remember who is on duty when, who handed over to whom, and who answered the roll.

Revision ID: 20261125_0007
Revises: 20261125_0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Instant

revision = "20261125_0007"
down_revision = "20261125_0006"
branch_labels = None
depends_on = None


def _refers(name: str, to: str, *, optional: bool = False) -> sa.Column[int]:
    return sa.Column(name, Id, sa.ForeignKey(f"{to}.id"), nullable=optional)


def upgrade() -> None:
    op.create_table(
        "duty_posts",
        sa.Column("id", Id, primary_key=True),
        sa.Column("key", sa.String(60), nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("audience", sa.String(30), nullable=False),
        sa.Column("section", sa.Text, nullable=False),
        sa.Column("needs_all", sa.Boolean, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("closed_at", Instant),
    )
    op.create_table(
        "shifts",
        sa.Column("id", Id, primary_key=True),
        _refers("post_id", "duty_posts"),
        _refers("person_id", "people"),
        sa.Column("since", Instant, nullable=False),
        sa.Column("until", Instant, nullable=False),
        sa.Column("entered_at", Instant, nullable=False),
        sa.Column("entered_by", sa.Text, nullable=False),
        sa.Column("cancelled_at", Instant),
        sa.CheckConstraint("since < until", name="a_shift_ends_after_it_begins"),
    )
    op.create_index("ix_shifts_post_until", "shifts", ["post_id", "until"])
    op.create_table(
        "shift_overrides",
        sa.Column("id", Id, primary_key=True),
        _refers("post_id", "duty_posts"),
        _refers("person_id", "people", optional=True),
        _refers("stand_in_id", "people"),
        sa.Column("since", Instant, nullable=False),
        sa.Column("until", Instant, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("entered_at", Instant, nullable=False),
        sa.Column("entered_by", sa.Text, nullable=False),
        sa.Column("cancelled_at", Instant),
        sa.CheckConstraint("since < until", name="an_override_ends_after_it_begins"),
    )
    op.create_index("ix_shift_overrides_post_until", "shift_overrides", ["post_id", "until"])
    op.create_table(
        "absences",
        sa.Column("id", Id, primary_key=True),
        _refers("person_id", "people"),
        _refers("delegate_id", "people"),
        sa.Column("since", Instant, nullable=False),
        sa.Column("until", Instant, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("entered_at", Instant, nullable=False),
        sa.Column("cancelled_at", Instant),
        sa.CheckConstraint("since < until", name="an_absence_ends_after_it_begins"),
        sa.CheckConstraint("person_id <> delegate_id", name="nobody_stands_in_for_themselves"),
    )
    op.create_index("ix_absences_person_id", "absences", ["person_id"])
    op.create_table(
        "handovers",
        sa.Column("id", Id, primary_key=True),
        _refers("post_id", "duty_posts"),
        _refers("from_person", "people"),
        _refers("to_person", "people"),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("clocks", sa.JSON, nullable=False),
        sa.Column("written_at", Instant, nullable=False),
        sa.Column("taken_at", Instant),
        sa.CheckConstraint("from_person <> to_person", name="a_handover_has_two_people"),
    )
    op.create_index("ix_handovers_post_id", "handovers", ["post_id"])
    op.create_table(
        "roll_calls",
        sa.Column("id", Id, primary_key=True),
        _refers("post_id", "duty_posts"),
        _refers("person_id", "people"),
        sa.Column("called_at", Instant, nullable=False),
        sa.Column("called_by", sa.Text, nullable=False),
        sa.Column("answered_at", Instant),
    )
    op.create_index("ix_roll_calls_person_id", "roll_calls", ["person_id"])


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward; restore a backup instead")
