"""Alerts: "look at this", each with its reasons; and what the triage reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.errors import NotFound
from core.vocabulary import AlertKind, AlertState
from storage.database import insert_if_new
from storage.tables import alerts, assessments, cases, messages, people
from storage.types import Instant


def raise_once(
    connection: Connection,
    *,
    kind: AlertKind,
    case_id: int | None,
    title: str,
    reasons: Sequence[str],
    dedupe_key: str,
    now: datetime,
) -> int | None:
    """Raise an alert; None, and nothing changed, where the same matter has raised one before."""
    known = sa.select(alerts.c.id).where(alerts.c.dedupe_key == dedupe_key)
    if connection.execute(known).scalar() is not None:
        return None
    insert_if_new(
        connection,
        alerts,
        {
            "case_id": case_id,
            "kind": kind.value,
            "title": title,
            "reasons": list(reasons),
            "dedupe_key": dedupe_key,
            "raised_at": now,
            "state": AlertState.OPEN.value,
        },
    )
    raised: int = connection.execute(known).scalar_one()
    return raised


def fold(
    connection: Connection,
    kind: AlertKind,
    case_id: int | None,
    title: str,
    reasons: Sequence[str],
    dedupe_key: str,
    now: datetime,
) -> int | None:
    """Tell the news in the open alert that the same incident grows, if there is one; its number, or None."""
    if kind is not AlertKind.INCIDENT_GROWING or case_id is None:
        return None
    standing = (
        alerts.c.case_id == case_id,
        alerts.c.kind == kind.value,
        alerts.c.state == AlertState.OPEN.value,
    )
    number: int | None = connection.execute(sa.select(sa.func.max(alerts.c.id)).where(*standing)).scalar()
    if number is not None:
        connection.execute(
            alerts.update()
            .where(alerts.c.id == number)
            .values(title=title, reasons=list(reasons), dedupe_key=dedupe_key, raised_at=now)
        )
    return number


def known_keys(connection: Connection, keys: Sequence[str]) -> set[str]:
    """Which of these matters have raised an alert before."""
    query = sa.select(alerts.c.dedupe_key).where(alerts.c.dedupe_key.in_(keys))
    return set(connection.execute(query).scalars())


def lock(connection: Connection, alert_id: int) -> RowMapping:
    """One alert, locked until the transaction ends.

    Raises:
        NotFound: no such alert.
    """
    query = sa.select(alerts).where(alerts.c.id == alert_id).with_for_update()
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound(f"没有编号为 {alert_id} 的告警。", mend="请检查编号。", code="alert.not_found")
    return row


def get(connection: Connection, alert_id: int) -> RowMapping:
    """One alert that stands, with the name of who settled it, or None for the name."""
    query = (
        sa.select(alerts, people.c.name.label("settled_by_name"))
        .outerjoin(people, people.c.id == alerts.c.settled_by)
        .where(alerts.c.id == alert_id)
    )
    return connection.execute(query).mappings().one()


def settle(
    connection: Connection,
    alert_id: int,
    *,
    state: AlertState,
    person_id: int,
    reason: str | None,
    now: datetime,
) -> bool:
    """Say that somebody has seen or dismissed an alert; False where somebody was first."""
    done = connection.execute(
        alerts.update()
        .where(alerts.c.id == alert_id, alerts.c.state == AlertState.OPEN.value)
        .values(state=state.value, settled_at=now, settled_by=person_id, settled_reason=reason)
    )
    return done.rowcount == 1


def listed(
    connection: Connection,
    *,
    state: AlertState | None = None,
    section: str | None = None,
    before: tuple[datetime, int] | None = None,
    limit: int | None = None,
) -> Sequence[RowMapping]:
    """Alerts, the newest first, with the name of who settled them.

    Args:
        section: only those about a case of this section.
        before: only those that stand behind this instant and number in the list.
    """
    query = (
        sa.select(alerts, people.c.name.label("settled_by_name"))
        .outerjoin(people, people.c.id == alerts.c.settled_by)
        .order_by(alerts.c.raised_at.desc(), alerts.c.id.desc())
        .limit(limit)
    )
    if state is not None:
        query = query.where(alerts.c.state == state.value)
    if section is not None:
        query = query.join(cases, cases.c.id == alerts.c.case_id).where(cases.c.section == section)
    if before is not None:
        at, number = sa.bindparam(None, before[0], Instant()), before[1]
        earlier = sa.and_(alerts.c.raised_at == at, alerts.c.id < number)
        query = query.where(sa.or_(alerts.c.raised_at < at, earlier))
    return connection.execute(query).mappings().all()


def assessed(connection: Connection, *, since: datetime, until: datetime) -> Sequence[RowMapping]:
    """Assessed messages received in a half-open period, oldest first, withdrawn ones left out."""
    columns: list[Any] = [
        messages.c.id,
        messages.c.channel,
        messages.c.title,
        messages.c.area,
        messages.c.received_at,
        assessments.c.topic,
        assessments.c.risk_level,
        assessments.c.risk_score,
        assessments.c.polarity,
        assessments.c.sentiment_raw,
        assessments.c.reasons,
    ]
    query = (
        sa.select(*columns)
        .join(assessments, assessments.c.message_id == messages.c.id)
        .where(
            messages.c.received_at >= since,
            messages.c.received_at < until,
            messages.c.withdrawn_at.is_(None),
        )
        .order_by(messages.c.received_at, messages.c.id)
    )
    return connection.execute(query).mappings().all()
