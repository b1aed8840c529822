"""Drafts of replies and statements, and who has reviewed them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.vocabulary import DraftKind, DraftState, ReviewVerdict
from storage.tables import draft_reviews, drafts, people


def write(
    connection: Connection,
    *,
    case_id: int,
    cycle: int,
    kind: DraftKind,
    title: str,
    text: str,
    author_id: int,
    steps: Sequence[dict[str, Any]],
    state: DraftState,
    at: datetime,
) -> int:
    """Enter a draft in place of those of this kind that wait; its number."""
    connection.execute(
        drafts.update()
        .where(
            drafts.c.case_id == case_id,
            drafts.c.kind == kind.value,
            drafts.c.state.in_([DraftState.IN_REVIEW.value, DraftState.APPROVED.value]),
        )
        .values(state=DraftState.REPLACED.value)
    )
    values = {
        "case_id": case_id,
        "cycle": cycle,
        "kind": kind.value,
        "title": title,
        "text": text,
        "author_id": author_id,
        "at": at,
        "state": state.value,
        "steps": list(steps),
    }
    return int(connection.execute(drafts.insert().values(values).returning(drafts.c.id)).scalar_one())


def of_case(connection: Connection, case_id: int) -> Sequence[RowMapping]:
    """The drafts of a case with their authors, oldest first."""
    query = (
        sa.select(drafts, people.c.name)
        .join(people, people.c.id == drafts.c.author_id)
        .where(drafts.c.case_id == case_id)
        .order_by(drafts.c.id)
    )
    return connection.execute(query).mappings().all()


def reviews(connection: Connection, draft_id: int) -> Sequence[RowMapping]:
    """The reviews of a draft with who gave them, in order of step."""
    query = (
        sa.select(draft_reviews, people.c.name)
        .join(people, people.c.id == draft_reviews.c.person_id)
        .where(draft_reviews.c.draft_id == draft_id)
        .order_by(draft_reviews.c.n)
    )
    return connection.execute(query).mappings().all()


def review(
    connection: Connection,
    draft_id: int,
    *,
    n: int,
    person_id: int,
    verdict: ReviewVerdict,
    note: str,
    state: DraftState,
    at: datetime,
) -> None:
    """Enter the review of one step and where the draft stands after it; the caller holds the case's lock."""
    values = {
        "draft_id": draft_id,
        "n": n,
        "person_id": person_id,
        "verdict": verdict.value,
        "note": note,
        "at": at,
    }
    connection.execute(draft_reviews.insert().values(values))
    connection.execute(drafts.update().where(drafts.c.id == draft_id).values(state=state.value))
