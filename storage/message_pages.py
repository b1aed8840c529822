"""Messages page by page, the newest first, as the JSON interface lists them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.vocabulary import Channel, RiskLevel
from storage.counting import bounded_total
from storage.database import in_chunks
from storage.search.port import Filters
from storage.tables import assessments, cases, incident_messages, messages, sources
from storage.types import Instant


@dataclass(frozen=True, slots=True)
class MessageChoice:
    """Which messages are asked for; None means "not told apart by this".

    Attributes:
        channels: any of these; all when empty.
        since, until: received in this period, half-open.
        section: the section that is responsible, or that the source names where no case was opened.
        confined_to: only messages with a case of this section.
    """

    channels: tuple[Channel, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    section: str | None = None
    risk: RiskLevel | None = None
    confined_to: str | None = None


def listed(
    connection: Connection,
    choice: MessageChoice,
    *,
    before: tuple[datetime, int] | None = None,
    limit: int,
) -> Sequence[RowMapping]:
    """At most `limit` messages with their source and case, behind the position `before`."""
    query = (
        _with_case()
        .where(*_conditions(choice))
        .order_by(messages.c.received_at.desc(), messages.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        at, number = _at(before[0]), before[1]
        earlier = sa.and_(messages.c.received_at == at, messages.c.id < number)
        query = query.where(sa.or_(messages.c.received_at < at, earlier))
    return connection.execute(query).mappings().all()


def total(connection: Connection, choice: MessageChoice) -> int | None:
    """How many messages there are in all; None where there are more than anybody pages through."""
    counted = messages.outerjoin(cases, cases.c.message_id == messages.c.id)
    if choice.risk is not None:
        counted = counted.join(assessments, assessments.c.message_id == messages.c.id)
    is_plain = choice.section is None and choice.confined_to is None and choice.risk is None
    rows = sa.select(sa.literal(1)).select_from(messages if is_plain else counted)
    return bounded_total(connection, rows.where(*_conditions(choice)))


def find(connection: Connection, message_id: int) -> RowMapping | None:
    """One message with its source and case; None where there is none or it was withdrawn."""
    query = _with_case().where(messages.c.id == message_id, messages.c.withdrawn_at.is_(None))
    return connection.execute(query).mappings().first()


def filters_of(choice: MessageChoice) -> Filters:
    """The same choice for the search index."""
    values = {
        "channel": tuple(channel.value for channel in choice.channels),
        "section": () if choice.section is None else (choice.section,),
        "risk": () if choice.risk is None else (choice.risk.value,),
        "case_section": () if choice.confined_to is None else (choice.confined_to,),
    }
    return Filters(choice.since, choice.until, {name: some for name, some in values.items() if some})


def of_numbers(
    connection: Connection, message_ids: Sequence[int], *, confined_to: str | None = None
) -> list[RowMapping]:
    """Messages with their source and case, in the order given; those withdrawn or not to be seen left out."""
    found: dict[int, RowMapping] = {}
    seen = MessageChoice(confined_to=confined_to)
    for some in in_chunks(message_ids):
        query = _with_case().where(messages.c.id.in_(some), *_conditions(seen))
        found |= {row["id"]: row for row in connection.execute(query).mappings()}
    return [found[one] for one in message_ids if one in found]


def incidents_of(connection: Connection, message_id: int) -> list[int]:
    """The incidents that this message is a voice of, in order of number."""
    query = (
        sa.select(incident_messages.c.case_id)
        .where(incident_messages.c.message_id == message_id)
        .order_by(incident_messages.c.case_id)
    )
    return list(connection.execute(query).scalars())


def _joined() -> sa.Join:
    return (
        messages.join(sources, sources.c.id == messages.c.source_id)
        .outerjoin(cases, cases.c.message_id == messages.c.id)
        .outerjoin(assessments, assessments.c.message_id == messages.c.id)
    )


def _with_case() -> sa.Select[tuple[object, ...]]:
    return sa.select(
        messages,
        sources.c.key.label("source"),
        cases.c.id.label("case_id"),
        cases.c.section.label("case_section"),
    ).select_from(_joined())


def _conditions(choice: MessageChoice) -> list[sa.ColumnElement[bool]]:
    chosen: list[sa.ColumnElement[bool]] = [messages.c.withdrawn_at.is_(None)]
    if choice.channels:
        chosen.append(messages.c.channel.in_([channel.value for channel in choice.channels]))
    if choice.since is not None:
        chosen.append(messages.c.received_at >= _at(choice.since))
    if choice.until is not None:
        chosen.append(messages.c.received_at < _at(choice.until))
    if choice.section is not None:
        chosen.append(sa.func.coalesce(cases.c.section, messages.c.section) == choice.section)
    if choice.risk is not None:
        chosen.append(assessments.c.risk_level == choice.risk.value)
    if choice.confined_to is not None:
        chosen.append(cases.c.section == choice.confined_to)
    return chosen


def _at(instant: datetime) -> sa.BindParameter[datetime]:
    return sa.bindparam(None, instant, Instant())
