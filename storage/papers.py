"""Papers and their versions: none is ever changed, a new version stands beside the old."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.errors import NotFound
from core.vocabulary import PaperKind, PaperState
from storage.database import allocate_ids
from storage.tables import paper_versions, papers, people
from storage.types import Instant


def add(connection: Connection, row: dict[str, Any]) -> int:
    """Store a new paper, still without a version; its id."""
    (paper_id,) = allocate_ids(connection, papers, 1)
    connection.execute(papers.insert().values(id=paper_id, version=0, state=PaperState.DRAFT.value, **row))
    return paper_id


def lock(connection: Connection, paper_id: int) -> RowMapping:
    """One paper, locked until the transaction ends.

    Raises:
        NotFound: no such paper.
    """
    query = sa.select(papers).where(papers.c.id == paper_id).with_for_update()
    row = connection.execute(query).mappings().first()
    if row is None:
        raise _no_such(paper_id)
    return row


def add_version(
    connection: Connection,
    paper_id: int,
    content: dict[str, Any],
    sha256: str,
    *,
    edited_by: int | None,
    now: datetime,
) -> int:
    """Make this content the paper's newest version; its number. The caller holds the paper's lock."""
    query = sa.select(papers.c.version).where(papers.c.id == paper_id)
    version: int = connection.execute(query).scalar_one() + 1
    connection.execute(
        paper_versions.insert().values(
            paper_id=paper_id,
            version=version,
            content=content,
            sha256=sha256,
            edited_by=edited_by,
            edited_at=now,
        )
    )
    update(connection, paper_id, version=version, title=content["title"])
    return version


def update(connection: Connection, paper_id: int, **values: Any) -> None:
    """Change columns of one paper; the caller holds its lock."""
    connection.execute(papers.update().where(papers.c.id == paper_id).values(**values))


def next_issue(connection: Connection, kind: PaperKind, year: int) -> int:
    """The number the next signed paper of a kind gets in a year, from 1."""
    query = sa.select(sa.func.max(papers.c.issue)).where(papers.c.kind == kind.value, papers.c.year == year)
    return (connection.execute(query).scalar() or 0) + 1


def get(connection: Connection, paper_id: int, version: int | None = None) -> RowMapping:
    """One paper with the content of a version, by default the newest.

    Raises:
        NotFound: no such paper, or no such version of it.
    """
    wanted = papers.c.version if version is None else version
    query = (
        sa.select(
            papers, paper_versions.c.content, paper_versions.c.sha256, people.c.name.label("signer_name")
        )
        .join(
            paper_versions,
            sa.and_(paper_versions.c.paper_id == papers.c.id, paper_versions.c.version == wanted),
        )
        .outerjoin(people, people.c.id == papers.c.signed_by)
        .where(papers.c.id == paper_id)
    )
    row = connection.execute(query).mappings().first()
    if row is None:
        raise _no_such(paper_id)
    return row


def versions(connection: Connection, paper_id: int) -> Sequence[RowMapping]:
    """The versions of a paper with who made each, the newest first; without their content."""
    query = (
        sa.select(
            paper_versions.c.version,
            paper_versions.c.sha256,
            paper_versions.c.edited_at,
            people.c.name.label("editor"),
        )
        .outerjoin(people, people.c.id == paper_versions.c.edited_by)
        .where(paper_versions.c.paper_id == paper_id)
        .order_by(paper_versions.c.version.desc())
    )
    return connection.execute(query).mappings().all()


def listed(
    connection: Connection,
    *,
    kind: PaperKind | None = None,
    before: tuple[datetime, int] | None = None,
    limit: int,
) -> Sequence[RowMapping]:
    """At most `limit` papers, the newest first, behind the position `before`."""
    query = (
        sa.select(papers, people.c.name.label("signer_name"))
        .outerjoin(people, people.c.id == papers.c.signed_by)
        .order_by(papers.c.created_at.desc(), papers.c.id.desc())
        .limit(limit)
    )
    if kind is not None:
        query = query.where(papers.c.kind == kind.value)
    if before is not None:
        at, number = sa.bindparam(None, before[0], Instant()), before[1]
        earlier = sa.and_(papers.c.created_at == at, papers.c.id < number)
        query = query.where(sa.or_(papers.c.created_at < at, earlier))
    return connection.execute(query).mappings().all()


def _no_such(paper_id: int) -> NotFound:
    return NotFound(
        f"没有编号为 {paper_id} 的公文，或没有这一版。", mend="请检查编号。", code="paper.not_found"
    )
