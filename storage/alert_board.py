"""Alerts as a desk shows them: one line a matter, however many times it grew."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.vocabulary import AlertState, Level, Tag
from storage.events import OFFICE_STREAM
from storage.tables import alerts, cases, events, incidents, people
from storage.types import Instant


def board(connection: Connection, *, state: AlertState | None, limit: int) -> Sequence[RowMapping]:
    """The newest `limit` alerts with kind and grade of their case, the newest first.

    Args:
        state: only those that stand so; None for all.
    """
    query = (
        sa.select(
            alerts,
            cases.c.kind.label("case_kind"),
            sa.func.coalesce(incidents.c.level, incidents.c.suggested_level).label("level"),
            people.c.name.label("settled_by_name"),
        )
        .outerjoin(cases, cases.c.id == alerts.c.case_id)
        .outerjoin(incidents, incidents.c.case_id == alerts.c.case_id)
        .outerjoin(people, people.c.id == alerts.c.settled_by)
        .order_by(alerts.c.raised_at.desc(), alerts.c.id.desc())
        .limit(limit)
    )
    if state is not None:
        query = query.where(alerts.c.state == state.value)
    return connection.execute(query).mappings().all()


def open_incidents_of(connection: Connection, levels: Collection[Level]) -> list[int]:
    """The incidents of these grades, given or suggested, about which an alert is open; in order of number."""
    level = sa.func.coalesce(incidents.c.level, incidents.c.suggested_level)
    query = (
        sa.select(alerts.c.case_id)
        .join(incidents, incidents.c.case_id == alerts.c.case_id)
        .where(alerts.c.state == AlertState.OPEN.value, level.in_([one.value for one in levels]))
        .distinct()
        .order_by(alerts.c.case_id)
    )
    return list(connection.execute(query).scalars())


def open_of_matter(connection: Connection, alert_id: int, until: datetime) -> list[int]:
    """This alert and the older open ones about the same case, in order of id: what one line stands for.

    What was raised, or told anew, after `until` was not on the page that showed it, and is left out.
    """
    case_id = sa.select(alerts.c.case_id).where(alerts.c.id == alert_id).scalar_subquery()
    query = (
        sa.select(alerts.c.id)
        .where(
            alerts.c.state == AlertState.OPEN.value,
            alerts.c.id <= alert_id,
            alerts.c.raised_at <= sa.bindparam(None, until, Instant()),
            sa.or_(alerts.c.id == alert_id, alerts.c.case_id == case_id),
        )
        .order_by(alerts.c.id)
    )
    return list(connection.execute(query).scalars())


def messages_of(connection: Connection, alert_id: int) -> list[int]:
    """The messages an alert was raised for, as the audit trail tells; may be empty."""
    case_id = connection.execute(sa.select(alerts.c.case_id).where(alerts.c.id == alert_id)).scalar()
    query = sa.select(events.c.payload).where(
        events.c.stream == (case_id or OFFICE_STREAM), events.c.tag == Tag.ALERT_RAISED.value
    )
    payloads = (json.loads(text) for text in connection.execute(query).scalars())
    return next((list(facts["messages"]) for facts in payloads if facts.get("alert") == alert_id), [])
