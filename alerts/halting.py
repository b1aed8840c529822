"""Stopping every engine until a person has decided: the time is implausible, or an old backup was restored.

The decision stands in the database, so it holds for all processes. While it is stopped nothing fires and
nothing but the alarm is sent; everything that is due keeps its planned moment.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from alerts.alarms import raise_alarm
from alerts.ladders import Delivery
from core.clock import iso, parse_instant, shanghai
from core.errors import Conflict
from core.vocabulary import Tag
from storage import engine_state, events, outbox, planned_actions
from storage.database import Connection
from storage.events import OFFICE_STREAM, Draft

# The kind of the alarm: the one notice that goes out while everything stands still.
ALARM = "halted"
_HALTED = "halted"
_RESUMED = "resumed"


@dataclass(frozen=True, slots=True)
class Halt:
    """Why everything stands still.

    Attributes:
        gap_from, gap_until: after an old backup was restored: the time the database knows nothing of.
    """

    reason: str
    at: datetime
    gap_from: datetime | None = None
    gap_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Resumed:
    """What a resumption did: notices given up and reminders passed over, because they may have gone out."""

    cancelled: int
    skipped: int


def halted(connection: Connection) -> Halt | None:
    """Why everything stands still, or None when it runs."""
    text = engine_state.find(connection, _HALTED)
    if not text:
        return None
    facts = json.loads(text)
    return Halt(
        facts["reason"],
        parse_instant(facts["at"]),
        parse_instant(facts["gap_from"]) if facts.get("gap_from") else None,
        parse_instant(facts["gap_until"]) if facts.get("gap_until") else None,
    )


def resumptions(connection: Connection) -> str:
    """A mark that changes with each resumption: a process then measures the time anew."""
    return engine_state.find(connection, _RESUMED) or ""


def halt(connection: Connection, delivery: Delivery, given: Halt) -> bool:
    """Stop every engine and alarm the administrators; False when all is stopped already."""
    if halted(connection) is not None:
        return False
    facts = {
        "reason": given.reason,
        "at": iso(given.at),
        "gap_from": iso(given.gap_from),
        "gap_until": iso(given.gap_until),
    }
    engine_state.put(connection, _HALTED, json.dumps(facts, ensure_ascii=False))
    draft = Draft(OFFICE_STREAM, Tag.ENGINE_HALTED, "system", "engine", given.at, facts)
    events.append(connection, [draft], given.at)
    words = {"reason": given.reason, "at": f"{shanghai(given.at):%m月%d日%H:%M:%S}"}
    raise_alarm(connection, delivery, ALARM, words, str(iso(given.at)), given.at)
    return True


def resume(connection: Connection, *, actor: str, now: datetime, send_again: bool) -> Resumed:
    """Let the engines go on, as a person has decided; the gap is stated in the audit.

    Args:
        send_again: also send what may have gone out in the time an old backup knows nothing of. Otherwise
            what waited is given up and reminders of that time are passed over; what is due or overdue is
            always told.

    Raises:
        Conflict: nothing is stopped.
    """
    stopped = halted(connection)
    if stopped is None:
        raise Conflict("提醒引擎没有停下。", mend="不需要恢复。", code="engine.not_halted")
    done = Resumed(0, 0)
    if stopped.gap_until is not None and not send_again:
        done = Resumed(
            outbox.cancel_waiting(connection, stopped.gap_until, "恢复备份之前可能已经发出"),
            planned_actions.skip_reminders(connection, stopped.gap_until, now),
        )
    facts = {
        "reason": stopped.reason,
        "gap_from": iso(stopped.gap_from),
        "gap_until": iso(stopped.gap_until),
        "send_again": send_again,
        "cancelled": done.cancelled,
        "skipped": done.skipped,
    }
    events.append(connection, [Draft(OFFICE_STREAM, Tag.ENGINE_RESUMED, "human", actor, now, facts)], now)
    engine_state.put(connection, _HALTED, "")
    # From here on the time counts that a person has found to be right.
    engine_state.put(connection, _RESUMED, str(iso(now)))
    engine_state.put(connection, engine_state.LAST_TICK_AT, str(iso(now)))
    return done
