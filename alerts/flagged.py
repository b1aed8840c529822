"""Petitions that their source flags (扬言, 集体访, 紧急): a person looks at once, whatever the text says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from core.clock import local_day
from core.flags import flags_in
from core.model import MessageRecord
from core.vocabulary import AlertKind, Tag
from storage import alerts, cases, events
from storage.database import Connection
from storage.events import OFFICE_STREAM, Draft
from storage.messages import Stored


def raise_flagged(
    connection: Connection, stored: Iterable[Stored], *, go_live_on: date, now: datetime
) -> int:
    """Raise an alert for each flagged message; how many. The same flags of a message raise one only once.

    What came before the office went live is history and wakes nobody.
    """
    flagged = [(one, flags_in(one.record.extra)) for one in stored]
    return sum(
        _raise(connection, one.id, one.record, flags, now)
        for one, flags in flagged
        if flags and local_day(one.record.received_at) >= go_live_on
    )


def _raise(
    connection: Connection, message_id: int, record: MessageRecord, flags: tuple[str, ...], now: datetime
) -> bool:
    said = "、".join(flags)
    case_id = next(iter(cases.ids_of_messages(connection, [message_id])), None)
    raised = alerts.raise_once(
        connection,
        kind=AlertKind.MESSAGE_RISK,
        case_id=case_id,
        title=record.title,
        reasons=[f"来源标明：{said}。"],
        dedupe_key=f"flags:{message_id}:{said}",
        now=now,
    )
    if raised is None:
        return False
    facts = {"alert": raised, "kind": AlertKind.MESSAGE_RISK.value, "messages": [message_id]}
    stream = OFFICE_STREAM if case_id is None else case_id
    events.append(connection, [Draft(stream, Tag.ALERT_RAISED, "import", "信访标志", now, facts)], now)
    return True
