"""What the ledger 台账 and the write-back of replies list: cases with what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.vocabulary import Confirmation, ResponseKind
from storage.database import in_chunks
from storage.tables import cases, messages, responses, sources
from storage.types import Instant

_ANSWERS = (ResponseKind.SUBSTANTIVE.value, ResponseKind.STATEMENT.value, ResponseKind.PRESS_CONFERENCE.value)


def cases_received(connection: Connection, since: datetime, until: datetime) -> Sequence[RowMapping]:
    """Every case received in a half-open period with its message, in order of receipt."""
    query = (
        sa.select(cases, messages.c.native_id, messages.c.url, sources.c.key.label("source"))
        .outerjoin(messages, messages.c.id == cases.c.message_id)
        .outerjoin(sources, sources.c.id == messages.c.source_id)
        .where(cases.c.received_at >= _at(since), cases.c.received_at < _at(until))
        .order_by(cases.c.received_at, cases.c.id)
    )
    return connection.execute(query).mappings().all()


def answers_of(connection: Connection, case_ids: Sequence[int]) -> dict[int, RowMapping]:
    """The first answer that stands of each of these cases: a substantive reply, or what was published."""
    found: dict[int, RowMapping] = {}
    for some in in_chunks(case_ids):
        query = (
            sa.select(responses)
            .where(responses.c.case_id.in_(some), responses.c.kind.in_(_ANSWERS), *_standing())
            .order_by(responses.c.case_id, responses.c.occurred_at, responses.c.id)
        )
        for row in connection.execute(query).mappings():
            found.setdefault(row["case_id"], row)
    return found


def replies_given(
    connection: Connection, channel: str, since: datetime, until: datetime
) -> Sequence[RowMapping]:
    """The substantive replies that people recorded here in a half-open period, in order of recording.

    What came with an import stands in the platform already and is left out.
    """
    query = (
        sa.select(
            responses.c.text,
            responses.c.occurred_at,
            responses.c.recorded_at,
            responses.c.org,
            cases.c.section,
            cases.c.title,
            messages.c.native_id,
            messages.c.native_id_is_derived,
        )
        .join(cases, cases.c.id == responses.c.case_id)
        .join(messages, messages.c.id == cases.c.message_id)
        .where(
            cases.c.channel == channel,
            responses.c.kind == ResponseKind.SUBSTANTIVE.value,
            responses.c.import_id.is_(None),
            responses.c.recorded_by.is_not(None),
            responses.c.recorded_at >= _at(since),
            responses.c.recorded_at < _at(until),
            *_standing(),
        )
        .order_by(responses.c.recorded_at, responses.c.id)
    )
    return connection.execute(query).mappings().all()


def _standing() -> tuple[sa.ColumnElement[bool], ...]:
    confirmed = sa.or_(
        responses.c.confirmation.is_(None), responses.c.confirmation == Confirmation.CONFIRMED.value
    )
    return responses.c.withdrawn_at.is_(None), confirmed


def _at(instant: datetime) -> sa.BindParameter[datetime]:
    return sa.bindparam(None, instant, Instant())
