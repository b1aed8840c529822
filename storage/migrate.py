"""Bringing a database to the schema this version of the code needs."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from core.clock import iso
from core.errors import Conflict, StorageError
from storage import engine_state
from storage.database import Database

# Any number, the same for all processes that might migrate one PostgreSQL database at once.
_LOCK = 5_202_310


def migrate(database: Database, now: datetime) -> bool:
    """Apply every migration that is missing; True when there was one.

    Safe when several processes start at once: the second waits and finds nothing to do. A database that is
    already current is only read.

    Raises:
        StorageError: the database was made by a newer version.
    """
    script = ScriptDirectory.from_config(_config())
    with database.read() as connection:
        if _current(connection, script) == script.get_current_head():
            return False
    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        if _current(connection, script) == script.get_current_head():
            return False
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        engine_state.set_once(connection, engine_state.CREATED_AT, iso(now) or "")
    return True


def require_current(connection: Connection) -> None:
    """Refuse to go on over a database that a newer version has changed meanwhile.

    Raises:
        Conflict: its schema is not the one this code was written for.
    """
    current = MigrationContext.configure(connection).get_current_revision()
    if current != _head():
        raise Conflict(
            "数据库已由更新版本的程序升级。", mend="请用新版本重新启动。", code="storage.superseded"
        )


@cache
def _head() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def _current(connection: Connection, script: ScriptDirectory) -> str | None:
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in {revision.revision for revision in script.walk_revisions()}:
        raise StorageError(
            "这个数据库由更新版本的程序建立，当前版本不能使用。",
            mend="请升级程序后再试。",
            code="storage.newer",
        )
    return current


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
