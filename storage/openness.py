"""Applications for disclosure and what was done with each, for the yearly openness report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.vocabulary import CaseKind, Channel, Confirmation, ResponseKind
from storage.tables import cases, messages, responses
from storage.types import Instant

_APPLICATIONS = (cases.c.kind == CaseKind.REQUEST.value, cases.c.channel == Channel.FOI.value)


def applications(connection: Connection, until: datetime) -> Sequence[RowMapping]:
    """Those received before `until`, in order of receipt.

    Each row has `id`, `title`, `section`, `state`, `received_at` and `native_id`.
    """
    query = (
        sa.select(
            cases.c.id,
            cases.c.title,
            cases.c.section,
            cases.c.state,
            cases.c.received_at,
            messages.c.native_id,
        )
        .outerjoin(messages, messages.c.id == cases.c.message_id)
        .where(*_APPLICATIONS, cases.c.received_at < sa.bindparam(None, until, Instant()))
        .order_by(cases.c.received_at, cases.c.id)
    )
    return connection.execute(query).mappings().all()


def done(connection: Connection, until: datetime) -> Sequence[RowMapping]:
    """Every standing step and substantive reply before `until`, by time.

    Each row has `case_id`, `step`, `result`, `title` and `at`: when it was recorded where nobody knows when
    it happened. What was withdrawn, or waits for a second person's word, does not stand.
    """
    at = sa.func.coalesce(responses.c.occurred_at, responses.c.recorded_at, type_=Instant()).label("at")
    confirmed = responses.c.confirmation == Confirmation.CONFIRMED.value
    query = (
        sa.select(
            responses.c.case_id,
            responses.c.step,
            responses.c.result,
            responses.c.title,
            at,
        )
        .join(cases, cases.c.id == responses.c.case_id)
        .where(
            *_APPLICATIONS,
            responses.c.kind.in_([ResponseKind.STEP.value, ResponseKind.SUBSTANTIVE.value]),
            responses.c.withdrawn_at.is_(None),
            sa.or_(responses.c.confirmation.is_(None), confirmed),
            at < sa.bindparam(None, until, Instant()),
        )
        .order_by(at, responses.c.id)
    )
    return connection.execute(query).mappings().all()
