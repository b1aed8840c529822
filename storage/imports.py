"""Imports of files: their counts, their resume point, and the rows they could not read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.errors import Conflict, NotFound
from storage.database import insert_many
from storage.tables import imports, quarantine, sources

RUNNING, FINISHED, UNDONE = "running", "finished", "undone"
# Too many rows could not be read; goes on when a person says so, and can be undone as it is.
STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Counts:
    """How the rows of one file ended; `read` is always the sum of the four after it."""

    read: int = 0
    stored: int = 0
    revised: int = 0
    duplicate: int = 0
    quarantined: int = 0
    ignored: int = 0
    warnings: int = 0

    def plus(self, other: Counts) -> Counts:
        """Field-wise sum."""
        return Counts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes a second run the continuation of a first: same bytes, read the same way, for one source."""

    source_id: int
    kind: str
    file_sha256: str
    mapping_sha256: str


@dataclass(frozen=True, slots=True)
class Run:
    """One import under way.

    Attributes:
        position: the last row position whose batch was committed; 0 at the start.
        earlier: id of a finished import of the same bytes, or None.
    """

    id: int
    position: int
    counts: Counts
    earlier: int | None


def begin(connection: Connection, identity: Identity, file_name: str, size_bytes: int, now: datetime) -> Run:
    """Take up the interrupted import of this file, or begin a new one."""
    same = (
        sa.select(imports)
        .where(
            imports.c.source_id == identity.source_id,
            imports.c.kind == identity.kind,
            imports.c.file_sha256 == identity.file_sha256,
            imports.c.mapping_sha256 == identity.mapping_sha256,
        )
        .order_by(imports.c.id.desc())
    )
    rows = connection.execute(same).mappings().all()
    earlier = next((row["id"] for row in rows if row["state"] == FINISHED), None)
    for row in rows:
        if row["state"] in {RUNNING, STOPPED}:
            _change_state(connection, row["id"], RUNNING)
            return Run(row["id"], row["resume_position"], _counts(row), earlier)
    values = {
        **asdict(identity),
        **asdict(Counts()),
        "file_name": file_name,
        "size_bytes": size_bytes,
        "state": RUNNING,
        "started_at": now,
        "resume_position": 0,
    }
    new_id = connection.execute(imports.insert().values(values).returning(imports.c.id)).scalar_one()
    return Run(new_id, 0, Counts(), earlier)


def advance(connection: Connection, run: Run, position: int, counts: Counts) -> Run:
    """Move the resume point in the same transaction as the batch it stands for.

    Raises:
        Conflict: another process is importing the same file; this batch must be rolled back.
    """
    moved = connection.execute(
        imports.update()
        .where(
            imports.c.id == run.id,
            imports.c.resume_position == run.position,
            imports.c.state == RUNNING,
        )
        .values(resume_position=position, **asdict(counts))
    )
    if moved.rowcount != 1:
        raise Conflict(
            "另一个程序正在导入同一个文件。",
            mend="请等它完成；已写入的内容不会重复。",
            code="import.running_elsewhere",
        )
    return Run(run.id, position, counts, run.earlier)


def finish(connection: Connection, run: Run, now: datetime) -> None:
    """Mark the import as done."""
    connection.execute(imports.update().where(imports.c.id == run.id).values(state=FINISHED, finished_at=now))


def stop(connection: Connection, run: Run) -> None:
    """Mark the import as stopped before its end; what was committed stays."""
    _change_state(connection, run.id, STOPPED)


def mark_undone(connection: Connection, import_id: int) -> None:
    """Mark the import as taken back."""
    _change_state(connection, import_id, UNDONE)


def _change_state(connection: Connection, import_id: int, state: str) -> None:
    connection.execute(imports.update().where(imports.c.id == import_id).values(state=state))


def get(connection: Connection, import_id: int) -> RowMapping:
    """One import with the key and channel of its source.

    Raises:
        NotFound: there is none with that number.
    """
    query = (
        sa.select(imports, sources.c.key.label("source"), sources.c.channel)
        .join(sources, sources.c.id == imports.c.source_id)
        .where(imports.c.id == import_id)
    )
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound(
            f"没有编号为 {import_id} 的导入。",
            mend="请用 huiying imports 查看编号。",
            code="import.not_found",
        )
    return row


def newest(connection: Connection, limit: int) -> Sequence[RowMapping]:
    """The last imports, newest first."""
    query = (
        sa.select(imports, sources.c.key.label("source"))
        .join(sources, sources.c.id == imports.c.source_id)
        .order_by(imports.c.id.desc())
        .limit(limit)
    )
    return connection.execute(query).mappings().all()


def put_in_quarantine(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Keep rows that could not be read; `sealed` is already encrypted."""
    insert_many(connection, quarantine, rows)


def quarantined_rows(connection: Connection, import_id: int) -> Sequence[RowMapping]:
    """What one import could not read, in the order of the file."""
    query = sa.select(quarantine).where(quarantine.c.import_id == import_id).order_by(quarantine.c.position)
    return connection.execute(query).mappings().all()


def _counts(row: RowMapping) -> Counts:
    return Counts(*(row[f.name] for f in fields(Counts)))
