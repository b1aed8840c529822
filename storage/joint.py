"""What several sections say and do on one case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.vocabulary import CommentKind
from storage.database import insert_if_new
from storage.tables import assisting_sections, comment_reads, comments, people, supervision_orders


def join_section(connection: Connection, case_id: int, section: str, now: datetime) -> None:
    """A section assists from now on; nothing changes where it did already."""
    insert_if_new(connection, assisting_sections, {"case_id": case_id, "section": section, "since": now})


def sections_of(connection: Connection, case_id: int) -> list[str]:
    """The sections that assist, in order of their joining."""
    query = (
        sa.select(assisting_sections.c.section)
        .where(assisting_sections.c.case_id == case_id)
        .order_by(assisting_sections.c.since, assisting_sections.c.section)
    )
    return list(connection.execute(query).scalars())


def cases_assisted(connection: Connection, section: str) -> list[int]:
    """The cases that a section assists with, the newest first."""
    query = (
        sa.select(assisting_sections.c.case_id)
        .where(assisting_sections.c.section == section)
        .order_by(assisting_sections.c.case_id.desc())
    )
    return list(connection.execute(query).scalars())


def say(
    connection: Connection, *, case_id: int, kind: CommentKind, author_id: int, text: str, at: datetime
) -> int:
    """Enter a comment, which its author has read; its number."""
    values = {"case_id": case_id, "kind": kind.value, "author_id": author_id, "text": text, "at": at}
    number = int(connection.execute(comments.insert().values(values).returning(comments.c.id)).scalar_one())
    read = {"comment_id": number, "person_id": author_id, "at": at}
    connection.execute(comment_reads.insert().values(read))
    return number


def said(connection: Connection, case_id: int) -> Sequence[RowMapping]:
    """The comments of a case with their authors, oldest first."""
    query = (
        sa.select(comments, people.c.name)
        .join(people, people.c.id == comments.c.author_id)
        .where(comments.c.case_id == case_id)
        .order_by(comments.c.id)
    )
    return connection.execute(query).mappings().all()


def readers(connection: Connection, case_id: int) -> dict[int, list[RowMapping]]:
    """Comment → who has read it and when, its author left out; in order of reading."""
    query = (
        sa.select(comment_reads, people.c.name)
        .join(comments, comments.c.id == comment_reads.c.comment_id)
        .join(people, people.c.id == comment_reads.c.person_id)
        .where(comments.c.case_id == case_id, comment_reads.c.person_id != comments.c.author_id)
        .order_by(comment_reads.c.at, people.c.name)
    )
    found: dict[int, list[RowMapping]] = {}
    for row in connection.execute(query).mappings():
        found.setdefault(row["comment_id"], []).append(row)
    return found


def unread(connection: Connection, case_id: int, person_id: int) -> list[int]:
    """The comments of a case that a person has not read, in order."""
    seen = sa.select(comment_reads.c.comment_id).where(comment_reads.c.person_id == person_id)
    query = (
        sa.select(comments.c.id)
        .where(comments.c.case_id == case_id, comments.c.id.not_in(seen))
        .order_by(comments.c.id)
    )
    return list(connection.execute(query).scalars())


def read(connection: Connection, comment_ids: Sequence[int], person_id: int, at: datetime) -> None:
    """A person has read these comments, which were unread."""
    for one in comment_ids:
        values = {"comment_id": one, "person_id": person_id, "at": at}
        connection.execute(comment_reads.insert().values(values))


def order(
    connection: Connection, *, case_id: int, deadline_id: int, demand: str, person_id: int, at: datetime
) -> int:
    """Enter an order of supervision; its number."""
    values = {
        "case_id": case_id,
        "deadline_id": deadline_id,
        "demand": demand,
        "ordered_by": person_id,
        "ordered_at": at,
    }
    statement = supervision_orders.insert().values(values).returning(supervision_orders.c.id)
    return int(connection.execute(statement).scalar_one())


def answer_order(connection: Connection, order_id: int, *, answer: str, person_id: int, at: datetime) -> None:
    """Enter what was done about an order; the caller holds the lock of the case."""
    connection.execute(
        supervision_orders.update()
        .where(supervision_orders.c.id == order_id)
        .values(answer=answer, answered_by=person_id, answered_at=at)
    )


def orders(connection: Connection, case_id: int) -> Sequence[RowMapping]:
    """The orders of a case with who gave them, oldest first."""
    query = (
        sa.select(supervision_orders, people.c.name)
        .join(people, people.c.id == supervision_orders.c.ordered_by)
        .where(supervision_orders.c.case_id == case_id)
        .order_by(supervision_orders.c.id)
    )
    return connection.execute(query).mappings().all()
