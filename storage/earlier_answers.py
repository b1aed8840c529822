"""What was answered before to letters like this one."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.vocabulary import Confirmation, ResponseKind
from storage.tables import assessments, cases, duplicate_groups, messages, responses, sources


def like(connection: Connection, message_id: int, *, section: str | None, limit: int) -> Sequence[RowMapping]:
    """Substantive replies to letters that say nearly the same, then to those of the same topic, newest first.

    Each has `case_id`, `title`, `body` (of the letter), `source` (its key), `text` (of the reply),
    `occurred_at` and `is_same` (nearly the same words).

    Args:
        section: only cases of this section; None for all.
    """
    own = (
        sa.select(assessments.c.topic, duplicate_groups.c.group_id)
        .select_from(
            messages.outerjoin(assessments, assessments.c.message_id == messages.c.id).outerjoin(
                duplicate_groups, duplicate_groups.c.message_id == messages.c.id
            )
        )
        .where(messages.c.id == message_id)
    )
    topic, group_id = connection.execute(own).one()
    is_same = duplicate_groups.c.group_id == group_id if group_id is not None else sa.false()
    is_alike = sa.or_(is_same, assessments.c.topic == topic) if topic else is_same
    letters = messages.alias("letters")
    order = sa.case((is_same, 0), else_=1)
    query = (
        sa.select(
            cases.c.id.label("case_id"),
            cases.c.title,
            letters.c.body,
            sources.c.key.label("source"),
            responses.c.text,
            responses.c.occurred_at,
            (order == 0).label("is_same"),
        )
        .join(responses, responses.c.case_id == cases.c.id)
        .join(letters, letters.c.id == cases.c.message_id)
        .join(sources, sources.c.id == letters.c.source_id)
        .outerjoin(assessments, assessments.c.message_id == cases.c.message_id)
        .outerjoin(duplicate_groups, duplicate_groups.c.message_id == cases.c.message_id)
        .where(
            cases.c.message_id != message_id,
            responses.c.kind == ResponseKind.SUBSTANTIVE.value,
            responses.c.withdrawn_at.is_(None),
            sa.or_(
                responses.c.confirmation.is_(None),
                responses.c.confirmation == Confirmation.CONFIRMED.value,
            ),
            responses.c.text != "",
            is_alike,
        )
        .order_by(order, responses.c.occurred_at.desc(), responses.c.id.desc())
        .limit(limit)
    )
    if section is not None:
        query = query.where(cases.c.section == section)
    return connection.execute(query).mappings().all()
