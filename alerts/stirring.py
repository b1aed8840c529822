"""Reads the matters that stir, with everything a grade is suggested by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from alerts.grade_suggestion import Circumstances
from alerts.triage import Stirring, TriageRules
from core.clock import local_day, parse_instant
from core.platform_counts import acts_of
from core.vocabulary import CaseState
from storage import dismissals, incidents, matters, mutes, nearest_due
from storage.database import Connection, Row

_SLOW_BURN = "slow_burn"


@dataclass(frozen=True)
class _Standing:
    """One matter as it is read, and the window it is looked at in."""

    row: Row
    heard: Sequence[Row]
    assessed: Mapping[int, Row]
    window: timedelta
    now: datetime


def stirring(
    connection: Connection, assessed: Mapping[int, Row], rules: TriageRules, now: datetime
) -> tuple[list[Stirring], set[int]]:
    """The matters that stirred within the window, and those of open incidents that were heard of in it.

    What a person dismissed stirs again only when it has truly grown since.

    Args:
        assessed: message → what the analysis says of it, of everything received within the window.

    Returns:
        The matters, the hottest first, and the messages of those that stay dismissed.
    """
    rows = matters.heard_since(connection, now - rules.window)
    voices = matters.told_of(connection, [row["id"] for row in rows])
    told = [one["message_id"] for some in voices.values() for one in some]
    muted = mutes.hidden(connection, told, now)
    gone = [row["case_id"] for row in rows if row["case_state"] == CaseState.DISMISSED.value]
    dismissed = dismissals.dismissed_at(connection, gone)
    found: list[Stirring] = []
    silenced: set[int] = set()
    for row in rows:
        heard = [
            one for one in voices[row["id"]] if one["received_at"] < now and one["message_id"] not in muted
        ]
        state = CaseState(row["case_state"]) if row["case_state"] else None
        if state is CaseState.MERGED or not heard:
            continue
        standing = _Standing(row, heard, assessed, rules.window, now)
        if state is CaseState.DISMISSED:
            grown = _grown(standing, dismissed.get(row["case_id"]), rules)
            if grown:
                found.append(_told(connection, standing, None, grown))
            else:
                silenced.update(one["message_id"] for one in heard)
        else:
            case_id = None if state is CaseState.CLOSED else row["case_id"]
            found.append(_told(connection, standing, case_id, ()))
    return found, silenced


def _grown(standing: _Standing, at: datetime | None, rules: TriageRules) -> tuple[str, ...]:
    """Why a dismissed matter is looked at anew; empty where it is not."""
    if at is None:
        return ()
    since = sum(one["received_at"] > at for one in standing.heard)
    before = len(standing.heard) - since
    if not rules.has_grown(before, since):
        return ()
    return (f"{local_day(at).isoformat()}排除时{before}条，此后又有{since}条，重新提请查看。",)


def _told(
    connection: Connection, standing: _Standing, case_id: int | None, grown: tuple[str, ...]
) -> Stirring:
    row, assessed = standing.row, standing.assessed
    since = standing.now - standing.window
    joined = frozenset(incidents.message_ids_of(connection, case_id)) if case_id else frozenset()
    numbers = joined.union(one["message_id"] for one in standing.heard)
    recent = sorted(number for number in numbers if number in assessed)
    signals = [one for one in row["signals"] if parse_instant(one["at"]) >= since]
    stirred = row["stirred_at"]
    reasons = (*grown, *(one["reason"] for one in signals), *_risks(assessed[number] for number in recent))
    return Stirring(
        matter=row["id"],
        name=row["name"],
        stirred_at=stirred if stirred is not None and since <= stirred < standing.now else None,
        reasons=(*reasons, *row["heat_reasons"]),
        message_ids=tuple(one["message_id"] for one in standing.heard),
        circumstances=_circumstances(connection, standing, recent, signals, len(numbers)),
        case_id=case_id,
        joined=joined,
        again_after=row["case_id"] if grown else None,
    )


def _circumstances(
    connection: Connection,
    standing: _Standing,
    recent: Sequence[int],
    signals: Sequence[Mapping[str, str]],
    total: int,
) -> Circumstances:
    heard, now, window = standing.heard, standing.now, standing.window
    due = nearest_due.of_messages(connection, [one["message_id"] for one in heard])
    nearest = min(due.values(), default=None)
    return Circumstances(
        recent=len(recent),
        total=total,
        before=sum(now - 2 * window <= one["received_at"] < now - window for one in heard),
        risks=frozenset(standing.assessed[number]["risk_level"] for number in recent),
        channels=len({one["channel"] for one in heard}),
        reach=acts_of(one["extra"] for one in heard),
        due_in_hours=(nearest - now) / timedelta(hours=1) if nearest is not None else None,
        is_slow_burn=any(one["kind"] == _SLOW_BURN for one in signals),
    )


def _risks(rows: Iterable[Row]) -> list[str]:
    """The first five different ones."""
    told = (reason for row in rows for reason in (row["reasons"] or {}).get("risk", ()))
    return list(islice(dict.fromkeys(told), 5))
