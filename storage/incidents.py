"""Incidents: the details of a case of that kind, and the messages that are its voices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.vocabulary import CaseState
from storage.database import in_chunks, insert_if_new
from storage.tables import assessments, cases, incident_messages, incidents, messages, sources
from storage.types import Instant

_OVER = (CaseState.CLOSED.value, CaseState.DISMISSED.value, CaseState.MERGED.value)


def insert(connection: Connection, row: dict[str, Any]) -> None:
    """Store the details of a new incident."""
    connection.execute(incidents.insert().values(row))


def get(connection: Connection, case_id: int) -> RowMapping:
    """The details of an incident whose case stands."""
    query = sa.select(incidents).where(incidents.c.case_id == case_id)
    return connection.execute(query).mappings().one()


def update(connection: Connection, case_id: int, **values: Any) -> None:
    """Change details of one incident; the caller holds the lock of its case."""
    connection.execute(incidents.update().where(incidents.c.case_id == case_id).values(**values))


def add_messages(
    connection: Connection, case_id: int, message_ids: Sequence[int], now: datetime
) -> list[int]:
    """Join messages to an incident; those that were new to it, in order of id."""
    known = set(message_ids_of(connection, case_id))
    fresh = sorted(set(message_ids) - known)
    for one in fresh:
        values = {"case_id": case_id, "message_id": one, "added_at": now}
        insert_if_new(connection, incident_messages, values)
    return fresh


def remove_messages(connection: Connection, case_id: int, message_ids: Sequence[int]) -> list[int]:
    """Take messages out of an incident; those that had been in it, in order of id."""
    gone = sorted(set(message_ids) & set(message_ids_of(connection, case_id)))
    for some in in_chunks(gone):
        connection.execute(
            incident_messages.delete().where(
                incident_messages.c.case_id == case_id, incident_messages.c.message_id.in_(some)
            )
        )
    return gone


def message_ids_of(connection: Connection, case_id: int) -> list[int]:
    """The messages of an incident, in order of id."""
    query = (
        sa.select(incident_messages.c.message_id)
        .where(incident_messages.c.case_id == case_id)
        .order_by(incident_messages.c.message_id)
    )
    return list(connection.execute(query).scalars())


def standing_messages(connection: Connection, message_ids: Sequence[int]) -> list[RowMapping]:
    """The messages among these that exist and were not withdrawn, in order of id."""
    found: list[RowMapping] = []
    for some in in_chunks(sorted(set(message_ids))):
        query = (
            sa.select(messages)
            .where(messages.c.id.in_(some), messages.c.withdrawn_at.is_(None))
            .order_by(messages.c.id)
        )
        found += connection.execute(query).mappings().all()
    return found


def voices(connection: Connection, case_ids: Sequence[int]) -> dict[int, list[RowMapping]]:
    """The messages of each of these incidents, oldest first."""
    by_case: dict[int, list[RowMapping]] = {one: [] for one in case_ids}
    for some in in_chunks(case_ids):
        query = (
            sa.select(
                incident_messages.c.case_id,
                messages.c.id.label("message_id"),
                messages.c.native_id,
                messages.c.channel,
                messages.c.title,
                messages.c.area,
                messages.c.received_at,
                sources.c.key.label("source"),
                assessments.c.topic,
            )
            .join(messages, messages.c.id == incident_messages.c.message_id)
            .join(sources, sources.c.id == messages.c.source_id)
            .outerjoin(assessments, assessments.c.message_id == messages.c.id)
            .where(incident_messages.c.case_id.in_(some))
            .order_by(messages.c.received_at, messages.c.id)
        )
        for row in connection.execute(query).mappings():
            by_case[row["case_id"]].append(row)
    return by_case


def listed(
    connection: Connection,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    candidates: bool | None = None,
    is_open: bool | None = None,
    section: str | None = None,
    before: tuple[datetime, int] | None = None,
    limit: int | None = None,
) -> Sequence[RowMapping]:
    """Incidents with their case, newest first seen first.

    Args:
        since, until: first seen in this period, half-open.
        candidates: only those nobody has graded (True), only graded ones (False), or both.
        is_open: only those neither closed, dismissed nor merged (True), only the others (False), or both.
        section: only those this section is responsible for.
        before: only those that stand behind this first sight and number in the list.
    """
    query = (
        sa.select(
            incidents,
            cases.c.title,
            cases.c.state,
            cases.c.section,
            cases.c.cycle,
            cases.c.seq,
            cases.c.is_history,
        )
        .join(cases, cases.c.id == incidents.c.case_id)
        .order_by(incidents.c.first_seen_at.desc(), incidents.c.case_id.desc())
        .limit(limit)
    )
    if since is not None:
        query = query.where(incidents.c.first_seen_at >= since)
    if until is not None:
        query = query.where(incidents.c.first_seen_at < until)
    if candidates is not None:
        query = query.where(incidents.c.level.is_(None) if candidates else incidents.c.level.is_not(None))
    if is_open is not None:
        query = query.where(cases.c.state.not_in(_OVER) if is_open else cases.c.state.in_(_OVER))
    if section is not None:
        query = query.where(cases.c.section == section)
    if before is not None:
        at, number = sa.bindparam(None, before[0], Instant()), before[1]
        earlier = sa.and_(incidents.c.first_seen_at == at, incidents.c.case_id < number)
        query = query.where(sa.or_(incidents.c.first_seen_at < at, earlier))
    return connection.execute(query).mappings().all()
