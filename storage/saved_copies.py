"""The copies kept as evidence of what was published; the bytes lie in the data folder under their SHA-256."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from storage.database import insert_if_new
from storage.tables import saved_copies


@dataclass(frozen=True, slots=True)
class SavedCopy:
    """A copy whose bytes are already on disk.

    Attributes:
        url: where it was fetched from; None for an uploaded one.
        path: relative to the data folder.
        text: what a reader sees of it; empty where it is no text.
    """

    sha256: str
    url: str | None
    media_type: str
    size_bytes: int
    path: str
    text: str
    saved_at: datetime


def ensure(connection: Connection, copy: SavedCopy) -> None:
    """Record a copy; the same bytes a second time keep what was recorded first."""
    insert_if_new(connection, saved_copies, asdict(copy))


def find(connection: Connection, sha256: str) -> RowMapping | None:
    """The record of a copy, or None."""
    query = sa.select(saved_copies).where(saved_copies.c.sha256 == sha256)
    return connection.execute(query).mappings().first()
