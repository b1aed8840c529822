"""Telling the administrators that the service itself needs somebody's hand; each trouble once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from alerts import notices as text
from alerts.ladders import Delivery
from alerts.letters import Letter
from alerts.recipients import resolve
from core.vocabulary import Audience
from storage import channels, notices, outbox
from storage.database import Connection


def raise_alarm(
    connection: Connection,
    delivery: Delivery,
    kind: str,
    facts: Mapping[str, str],
    key: str,
    now: datetime,
    *,
    case_id: int | None = None,
) -> int:
    """Write to every administrator, or to who stands in for them, unless that was done under this key.

    Args:
        kind: the template of the words.
        key: names the trouble, so that it is told once however often it is noticed.

    Returns:
        How many were written to just now.
    """
    who = resolve(Audience.ADMIN, "", channels.reachable(connection), delivery.fallback)
    words = text.words(kind, facts)
    letters = [
        Letter.to(person, words, f"{kind}/{key}/{person.id}", kind, now, case_id=case_id)
        for person in who.people
    ]
    new = notices.insert_new(connection, [letter.row for letter in letters])
    outbox.queue(connection, [row for one in letters for row in one.outbox_rows(new)])
    return len(new)
