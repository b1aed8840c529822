"""How Alembic runs our migrations: always on a connection that `storage.migrate` hands over."""

from __future__ import annotations

from typing import Any

from alembic import context

from storage.tables import METADATA
from storage.triggers import Triggers

connection = context.config.attributes["connection"]
triggers = Triggers(connection)


def put_back(*_told: Any, **_named: Any) -> None:
    """After each step: what it lost by making a table anew."""
    triggers.put_back()


context.configure(
    connection=connection, target_metadata=METADATA, render_as_batch=True, on_version_apply=put_back
)
with context.begin_transaction():
    context.run_migrations()
