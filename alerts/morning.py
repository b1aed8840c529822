"""早报: at the opening of each working day, what waits for each person: unsigned, due today, overdue.

One notice a person and day; whoever has nothing to do gets none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts import notices as text
from alerts.duty import load
from alerts.ladders import Ladders
from alerts.letters import Letter
from core.clock import day_end, local_day, shanghai
from core.vocabulary import Role
from core.working_days import WorkCalendar
from storage import channels, mornings, notices, outbox
from storage.channels import Reachable
from storage.database import Connection, Row

_ROUTINE = 2
_WHOLE_OFFICE = frozenset({Role.PRESS, Role.DUTY, Role.MANAGER})


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for somebody: numbers of cases, each counted once a kind."""

    unsigned: int
    due_today: int
    overdue: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing does."""
        return not (self.unsigned or self.due_today or self.overdue)


def send_morning_digests(
    connection: Connection, ladders: Ladders, calendar: WorkCalendar, now: datetime
) -> int:
    """Write today's digests once the office is open; how many were written just now."""
    hours, today = ladders.delivery.office_hours, local_day(now)
    if not calendar.is_working_day(today) or shanghai(now).time() < hours.opens:
        return 0
    rows = mornings.open_cases(connection)
    roster = load(connection, now)
    letters = [
        _letter(person, waiting, now)
        for person in channels.reachable(connection)
        if roster.delegate_of(person.id, now) == person.id
        and not (waiting := waiting_for(person, rows, now)).is_empty
    ]
    new = notices.insert_new(connection, [letter.row for letter in letters])
    outbox.queue(connection, [row for one in letters for row in one.outbox_rows(new)])
    return len(new)


def waiting_for(person: Reachable, rows: Sequence[Row], now: datetime) -> Waiting:
    """What waits for a person: the own section's cases, or all of the office's for the desk and leaders."""
    if person.role is Role.HANDLER:
        mine = [row for row in rows if person.section and row["section"] == person.section]
    elif person.role in _WHOLE_OFFICE:
        mine = list(rows)
    else:
        mine = []
    tonight = day_end(local_day(now))
    unsigned = {row["case_id"] for row in mine if not row["is_signed"]}
    due_today = {row["case_id"] for row in mine if now <= row["due_at"] <= tonight}
    overdue = {row["case_id"] for row in mine if row["due_at"] < now}
    return Waiting(len(unsigned), len(due_today), len(overdue))


def _letter(person: Reachable, waiting: Waiting, now: datetime) -> Letter:
    facts = {
        "day": f"{shanghai(now).month}月{shanghai(now).day}日",
        "unsigned": str(waiting.unsigned),
        "due_today": str(waiting.due_today),
        "overdue": str(waiting.overdue),
    }
    key = f"morning/{local_day(now).isoformat()}/{person.id}"
    return Letter.to(person, text.words("morning", facts), key, "morning", now, priority=_ROUTINE)
