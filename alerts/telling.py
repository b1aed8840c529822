"""Telling an audience about something that no ladder plans: an instruction, a section that joins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from alerts import notices as text
from alerts.duty import load
from alerts.ladders import Delivery
from alerts.letters import Letter
from alerts.recipients import resolve
from core.vocabulary import Audience
from storage import channels, notices, outbox
from storage.database import Connection

# Behind a major incident, before a reminder.
_PROMPT = 1


def tell(
    connection: Connection,
    delivery: Delivery,
    audience: Audience,
    section: str,
    kind: str,
    facts: Mapping[str, str],
    key: str,
    now: datetime,
    *,
    case_id: int,
) -> int:
    """Write to whoever the audience is now, once under this key; how many were written to.

    Args:
        kind: the template of the words.
    """
    everybody = channels.reachable(connection)
    who = resolve(audience, section, everybody, delivery.fallback, load(connection, now), now)
    words = text.words(kind, facts)
    resolved = [{"audience": who.asked.value, "reached": who.reached.value if who.reached else None}]
    letters = [
        Letter.to(
            person,
            words,
            f"{kind}/{key}/{person.id}",
            kind,
            now,
            case_id=case_id,
            resolved=resolved,
            priority=_PROMPT,
        )
        for person in who.people
    ]
    new = notices.insert_new(connection, [letter.row for letter in letters])
    outbox.queue(connection, [row for one in letters for row in one.outbox_rows(new)])
    return len(new)
