"""Uploaded files on their way into the messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.errors import Conflict, NotFound
from storage.database import allocate_ids, insert_many
from storage.tables import imports, uploads

UPLOADED, PREVIEWED, WAITING, RUNNING = "uploaded", "previewed", "waiting", "running"
DONE, REFUSED, DISCARDED = "done", "refused", "discarded"
TO_DO = (UPLOADED, WAITING, RUNNING)


def add(connection: Connection, row: dict[str, Any], now: datetime) -> int:
    """Remember an uploaded file; its number."""
    (upload_id,) = allocate_ids(connection, uploads, 1)
    fixed = {"id": upload_id, "state": UPLOADED, "created_at": now, "changed_at": now}
    insert_many(connection, uploads, [{**fixed, **row}])
    return upload_id


def get(connection: Connection, upload_id: int) -> RowMapping:
    """One upload with the counts and the state of its import (NULL before it began).

    Raises:
        NotFound: there is none with that number.
    """
    row = connection.execute(_with_import().where(uploads.c.id == upload_id)).mappings().first()
    if row is None:
        raise NotFound(f"没有编号为 {upload_id} 的上传。", mend="请检查编号。", code="upload.not_found")
    return row


def newest(connection: Connection, limit: int) -> Sequence[RowMapping]:
    """The last uploads, newest first."""
    return connection.execute(_with_import().order_by(uploads.c.id.desc()).limit(limit)).mappings().all()


def to_do(connection: Connection) -> list[int]:
    """The uploads that wait to be looked through or imported, oldest first."""
    query = sa.select(uploads.c.id).where(uploads.c.state.in_(TO_DO)).order_by(uploads.c.id)
    return list(connection.execute(query).scalars())


def left_since(connection: Connection, before: datetime) -> Sequence[RowMapping]:
    """Uploads that nobody has confirmed since `before`."""
    query = sa.select(uploads).where(uploads.c.state == PREVIEWED, uploads.c.changed_at < before)
    return connection.execute(query).mappings().all()


def change(connection: Connection, upload_id: int, now: datetime, **values: Any) -> None:
    """Change columns of one upload."""
    connection.execute(uploads.update().where(uploads.c.id == upload_id).values(changed_at=now, **values))


def settle(connection: Connection, upload_id: int, state: str, now: datetime) -> None:
    """Say what becomes of an upload that was looked through: `waiting` (import it) or `discarded`.

    Raises:
        NotFound: there is none with that number.
        Conflict: somebody has said so already, or it was not looked through yet.
    """
    done = connection.execute(
        uploads.update()
        .where(uploads.c.id == upload_id, uploads.c.state == PREVIEWED)
        .values(state=state, changed_at=now, is_confirmed=state == WAITING)
    )
    if done.rowcount != 1:
        get(connection, upload_id)
        raise Conflict(
            "这份文件已经有人确认或放弃，或还没有看完。", mend="请刷新页面查看。", code="upload.not_waiting"
        )


def _with_import() -> sa.Select[Any]:
    counted = ("read", "stored", "revised", "duplicate", "quarantined", "ignored", "warnings")
    return sa.select(
        uploads,
        imports.c.resume_position,
        imports.c.state.label("import_state"),
        *(imports.c[name] for name in counted),
    ).outerjoin(imports, imports.c.id == uploads.c.import_id)
