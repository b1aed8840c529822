"""重算: bringing clocks that stand in the database to newer calendar tables, or to a newer rule.

A new calendar is taken over by every clock that was counted with an older one, answered or not; a newer
version of a rule only by order, with a reason, and only by clocks that still run. What was carried out is
not repeated; an overdue that turns out to be none is withdrawn by an event and never erased.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alerts import clocks
from alerts.casework import Law
from alerts.owed import rule_of
from core.clock import iso
from core.errors import InvalidInput
from core.model import DueTime
from core.rulebook import Rule
from core.vocabulary import DeadlineState, Tag
from core.working_days import WorkCalendar
from storage import cases, deadlines, events, explanations
from storage.database import Connection, Database, Row
from storage.events import Draft

_BATCH = 200
_STILL = (DeadlineState.RUNNING.value, DeadlineState.PAUSED.value)


@dataclass(frozen=True, slots=True)
class Order:
    """An ordered migration to another version of a rule.

    Attributes:
        reason: why; stands in every event.
    """

    rule_key: str
    version: str
    reason: str


@dataclass(frozen=True, slots=True)
class Change:
    """What became, or would become, of one clock."""

    case_id: int
    deadline_id: int
    rule_key: str
    was: datetime
    due_at: datetime
    calendar_was: str
    calendar: str
    breach_withdrawn: bool


@dataclass(frozen=True, slots=True)
class _Found:
    clock: Row
    rule: Rule
    due: DueTime


def recompute(
    database: Database,
    law: Law,
    *,
    actor: str,
    now: datetime,
    order: Order | None = None,
    dry_run: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> list[Change]:
    """Count again whatever the tables in use, or the ordered rule, count otherwise.

    Running it twice changes nothing the second time. A few hundred cases are one transaction, so it may be
    stopped at any moment and run again.

    Args:
        actor: who ordered it, for the trail.
        dry_run: only say what would change.
        progress: told the number of cases done and of all.

    Returns:
        Only clocks whose due instant changed; the others quietly take over the name of the new table.

    Raises:
        InvalidInput: the order names no version of the rule, or gives no reason.
    """
    if order is not None:
        _require_version(law, order)
    with database.read() as connection:
        todo = _cases(connection, law, order)
    changes: list[Change] = []
    for start in range(0, len(todo), _BATCH):
        some = todo[start : start + _BATCH]
        with database.read() if dry_run else database.write() as connection:
            for case_id in some:
                changes += _of_case(connection, law, case_id, actor, now, order, dry_run=dry_run)
        progress(start + len(some), len(todo))
    return changes


def _require_version(law: Law, order: Order) -> None:
    if law.rulebook.find(order.rule_key, order.version) is None:
        raise InvalidInput(
            f"规则 {order.rule_key} 没有 {order.version} 这个版本。",
            mend="请在规则页查看版本（施行日期）。",
            field="to",
        )
    if not order.reason.strip():
        raise InvalidInput("没有写明迁移的理由。", mend="请写明理由。", field="reason")


def _cases(connection: Connection, law: Law, order: Order | None) -> list[int]:
    if order is not None:
        return deadlines.cases_under(connection, order.rule_key, but_version=order.version)
    calendar = law.due_times.calendar
    stale = [one for one in deadlines.counted_with(connection) if _is_stale(calendar, one)]
    return deadlines.cases_counted_with(connection, stale) if stale else []


def _is_stale(calendar: WorkCalendar, version: str) -> bool:
    """Whether the tables in use are others than those a clock was counted with; an hour limit has none."""
    if not version:
        return False
    years = (int(one.partition(".")[0]) for one in version.split(","))
    return calendar.version_of(years) != version


def _of_case(
    connection: Connection,
    law: Law,
    case_id: int,
    actor: str,
    now: datetime,
    order: Order | None,
    *,
    dry_run: bool,
) -> list[Change]:
    if not dry_run:
        cases.lock(connection, case_id)
    found = list(_stale(connection, law, case_id, now, order))
    changes = [_change(one, now) for one in found]
    if not dry_run:
        drafts = []
        for one, change in zip(found, changes, strict=True):
            _write(connection, law, one, now)
            if change.was != change.due_at or order is not None:
                drafts += _drafts(law, one, change, actor, now, order)
        if drafts:
            events.append(connection, drafts, now)
    return [change for change in changes if change.was != change.due_at]


def _stale(
    connection: Connection, law: Law, case_id: int, now: datetime, order: Order | None
) -> Iterator[_Found]:
    calendar = law.due_times.calendar
    for clock in deadlines.live(connection, case_id):
        rule = rule_of(law, clock)
        if order is not None:
            chosen = law.rulebook.find(order.rule_key, order.version)
            if chosen is None or clock["rule_key"] != order.rule_key or clock["state"] not in _STILL:
                continue
            rule = chosen
        elif not _is_stale(calendar, clock["calendar_version"]):
            continue
        # Until a paused clock runs again nobody knows its due instant; resuming counts with the new table.
        if clock["state"] != DeadlineState.PAUSED.value or order is not None:
            yield _Found(clock, rule, clocks.recounted(connection, law, clock, now, rule=rule))


def _change(found: _Found, now: datetime) -> Change:
    clock, due = found.clock, found.due
    return Change(
        clock["case_id"],
        clock["id"],
        clock["rule_key"],
        clock["due_at"],
        due.due_at,
        clock["calendar_version"],
        due.calendar_version,
        breach_withdrawn=_was_late(clock, clock["due_at"], now) and not _was_late(clock, due.due_at, now),
    )


def _was_late(clock: Row, due_at: datetime, now: datetime) -> bool:
    """Whether a clock had run out, unanswered, at `due_at`."""
    until = clock["met_at"] if clock["state"] == DeadlineState.MET.value else now
    return until is not None and bool(due_at < until)


def _write(connection: Connection, law: Law, found: _Found, now: datetime) -> None:
    clock, due, rule = found.clock, found.due, found.rule
    if clock["state"] == DeadlineState.RUNNING.value and due.due_at != clock["due_at"]:
        clocks.move_due(connection, law, clock, due, now, rule_version=rule.version)
        return
    deadlines.update(
        connection,
        clock["id"],
        due_at=due.due_at,
        is_provisional=due.provisional,
        calendar_version=due.calendar_version,
        explanation_id=explanations.ensure(connection, due.explanation),
        rule_version=rule.version,
    )


def _drafts(
    law: Law, found: _Found, change: Change, actor: str, now: datetime, order: Order | None
) -> list[Draft]:
    facts: dict[str, Any] = {
        "deadline": change.deadline_id,
        "rule": change.rule_key,
        "version": found.rule.version,
        "was_version": found.clock["rule_version"],
        "was": iso(change.was),
        "due_at": iso(change.due_at),
        "calendar_was": change.calendar_was,
        "calendar": change.calendar,
        "notices": _notices(law.due_times.calendar, change),
        "reason": order.reason.strip() if order else "工作日历更新",
    }
    drafts = [Draft(change.case_id, Tag.DEADLINE_RECALCULATED, "human", actor, now, facts)]
    if change.breach_withdrawn:
        drafts.append(Draft(change.case_id, Tag.DEADLINE_BREACH_WITHDRAWN, "human", actor, now, facts))
    return drafts


def _notices(calendar: WorkCalendar, change: Change) -> list[str]:
    """The official numbers of the tables that are new to the clock."""
    new = set(change.calendar.split(",")) - set(change.calendar_was.split(","))
    return [table.notice.number for table in calendar.tables() if f"{table.year}.{table.number}" in new]


def count_stale(connection: Connection, law: Law) -> int:
    """How many cases wait for a recomputation because a calendar was published or corrected."""
    return len(_cases(connection, law, None))
