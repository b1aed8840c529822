"""The register of policy documents: who drafted each, and which cases ask about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.errors import NotFound
from storage.database import allocate_ids, insert_if_new, insert_many
from storage.tables import case_documents, cases, policy_documents

# A shorter title is said without the document being meant.
_TELLING_TITLE = 6


def add(connection: Connection, row: dict[str, Any]) -> int:
    """Enter a document; its number."""
    (number,) = allocate_ids(connection, policy_documents, 1)
    insert_many(connection, policy_documents, [{"id": number, "repealed_at": None, **row}])
    return number


def get(connection: Connection, document_id: int) -> RowMapping:
    """One document.

    Raises:
        NotFound: there is none with this number.
    """
    query = sa.select(policy_documents).where(policy_documents.c.id == document_id)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound("没有这份政策文件。", mend="请从政策文件表中选择。", code="document.not_found")
    return row


def find(connection: Connection, title: str) -> RowMapping | None:
    """The document of this title, or None."""
    query = sa.select(policy_documents).where(policy_documents.c.title == title)
    return connection.execute(query).mappings().first()


def listed(connection: Connection) -> Sequence[RowMapping]:
    """Every document with `asked`, how many cases ask about it; in force first, newest first."""
    query = (
        sa.select(policy_documents, sa.func.count(case_documents.c.case_id).label("asked"))
        .select_from(policy_documents.join(case_documents, isouter=True))
        .group_by(*policy_documents.c)
        .order_by(policy_documents.c.repealed_at.is_not(None), policy_documents.c.id.desc())
    )
    return connection.execute(query).mappings().all()


def in_force(connection: Connection) -> Sequence[RowMapping]:
    """The documents whose drafting section answers for them."""
    query = sa.select(policy_documents).where(policy_documents.c.repealed_at.is_(None))
    return connection.execute(query).mappings().all()


def named_in(rows: Sequence[RowMapping], text: str) -> RowMapping | None:
    """The document that a text names by number or title; of several the one with the longest title. Pure."""
    named = [
        row
        for row in rows
        if (row["number"] and row["number"] in text)
        or (len(row["title"]) >= _TELLING_TITLE and row["title"] in text)
    ]
    return max(named, key=lambda row: len(row["title"]), default=None)


def link(connection: Connection, case_id: int, document_id: int, now: datetime) -> None:
    """Say that a case asks about a document; nothing changes where that was said before."""
    row = {"case_id": case_id, "document_id": document_id, "at": now}
    insert_if_new(connection, case_documents, row)


def of_case(connection: Connection, case_id: int) -> Sequence[RowMapping]:
    """The documents a case asks about, in the order they were linked."""
    query = (
        sa.select(policy_documents)
        .join(case_documents)
        .where(case_documents.c.case_id == case_id)
        .order_by(case_documents.c.at, policy_documents.c.id)
    )
    return connection.execute(query).mappings().all()


def questions(connection: Connection, document_id: int, *, limit: int) -> Sequence[RowMapping]:
    """The cases that ask about a document, newest first."""
    query = (
        sa.select(cases)
        .join(case_documents, case_documents.c.case_id == cases.c.id)
        .where(case_documents.c.document_id == document_id)
        .order_by(cases.c.id.desc())
        .limit(limit)
    )
    return connection.execute(query).mappings().all()


def repeal(connection: Connection, document_id: int, now: datetime) -> None:
    """From now on no question goes to its drafting section by itself."""
    connection.execute(
        policy_documents.update().where(policy_documents.c.id == document_id).values(repealed_at=now)
    )
