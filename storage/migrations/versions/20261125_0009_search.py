"""Note every change that the search index must follow.

Triggers, so that no writer can forget it: the row is written in the transaction that makes the change.

Revision ID: 20261125_0009
Revises: 20261125_0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Instant

revision = "20261125_0009"
down_revision = "20261125_0008"
branch_labels = None
depends_on = None

# table, what happens to it, the row to take the message from, an extra condition
CHANGES = [
    ("messages", "INSERT", "NEW.id", ""),
    ("messages", "UPDATE", "NEW.id", ""),
    ("messages", "DELETE", "OLD.id", ""),
    ("assessments", "INSERT", "NEW.message_id", ""),
    ("assessments", "UPDATE", "NEW.message_id", ""),
    ("corrections", "INSERT", "NEW.message_id", ""),
    ("incident_messages", "INSERT", "NEW.message_id", ""),
    ("incident_messages", "DELETE", "OLD.message_id", ""),
    ("cases", "INSERT", "NEW.message_id", "NEW.message_id IS NOT NULL"),
    ("cases", "UPDATE OF section", "NEW.message_id", "NEW.message_id IS NOT NULL"),
]


def upgrade() -> None:
    op.create_table(
        "search_changes",
        sa.Column("id", Id, primary_key=True),
        sa.Column("message_id", Id, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("retry_at", Instant),
        sa.Column("reason", sa.Text),
        sqlite_autoincrement=True,
    )
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for table, verb, number, condition in CHANGES:
        name = f"search_{table}_{verb.split()[0].lower()}"
        when = f"WHEN ({condition})" if condition else ""
        noted = f"INSERT INTO search_changes (message_id) VALUES ({number});"
        if on_sqlite:
            op.execute(f"CREATE TRIGGER {name} AFTER {verb} ON {table} FOR EACH ROW {when} BEGIN {noted} END")
            continue
        body = f"BEGIN {noted} RETURN NULL; END"
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
        op.execute(
            f"CREATE TRIGGER {name} AFTER {verb} ON {table} FOR EACH ROW {when} EXECUTE FUNCTION {name}()"
        )


def downgrade() -> None:
    raise NotImplementedError("migrations only go forward; restore a backup instead")
