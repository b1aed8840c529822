"""The tick: carries out the planned actions whose moment has come.

The case row is the lock for everything under it. Every effect (event, notice, outbox row) follows from what
the conditional update of the action returned, in the same transaction, so a process may be killed at any
statement and several may run at once. The instant is read once per transaction from the clock that is passed
in, and bound as a plain value, which is what lets the database use the index of due actions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from alerts.alarms import raise_alarm
from alerts.duty import load
from alerts.escalation import DueStep, pointless
from alerts.ladders import Ladders
from alerts.letters import Desk, Surroundings, action_draft, action_facts
from core.clock import Clock
from core.rulebook import Rulebook
from core.vocabulary import ActionKind, ActionState, Audience, Tag
from core.working_days import WorkCalendar
from storage import acknowledgements, channels, events, notices, outbox, planned_actions
from storage.database import Connection, Database, Row
from storage.events import Draft

_BATCH = 500
Fault = Callable[[str], None]


def no_fault(_point: str) -> None:
    """The fault of production: none. Tests pass one that kills the process at a named point."""


@dataclass
class Ticked:
    """What one tick did: numbers of actions and of notices."""

    fired: int = 0
    skipped: int = 0
    failed: int = 0
    quarantined: int = 0
    notices: int = 0

    def add(self, other: Ticked) -> None:
        """Count another tick's work in."""
        self.fired += other.fired
        self.skipped += other.skipped
        self.failed += other.failed
        self.quarantined += other.quarantined
        self.notices += other.notices


@dataclass(frozen=True)
class Engine:
    """What the tick needs to know of the office."""

    database: Database
    ladders: Ladders
    rulebook: Rulebook
    calendar: WorkCalendar
    clock: Clock
    fault: Fault = field(default=no_fault)

    def tick(self) -> Ticked:
        """Carry out everything that is due, batch by batch; ends when a batch moved nothing.

        Raises:
            StorageError: the database cannot be used now; nothing of the last batch has happened.
        """
        total = Ticked()
        # Looking costs a read; only work takes the write lock, which SQLite has but one of.
        with self.database.read() as connection:
            if planned_actions.oldest_due(connection, self.clock.now()) is None:
                return total
        while True:
            done = self._batch()
            total.add(done)
            if not done.fired + done.skipped:
                return total

    def _batch(self) -> Ticked:
        now = self.clock.now()
        with self.database.write() as connection:
            case_ids = planned_actions.lock_cases_with_due(connection, now, _BATCH)
            self.fault("locked")
            if not case_ids:
                return Ticked()
            done = self._all_or_one_by_one(connection, case_ids, now)
            self.fault("before commit")
        self.fault("committed")
        return done

    def _all_or_one_by_one(self, connection: Connection, case_ids: Sequence[int], now: datetime) -> Ticked:
        try:
            with connection.begin_nested():
                return self._carry_out(connection, case_ids, now)
        # Whatever is wrong with one case must not hold up the others: it is found, counted and set aside.
        except Exception:
            if connection.invalidated:
                raise  # the connection is gone: no case is to blame, and the whole batch comes again
            total = Ticked()
            for case_id in case_ids:
                total.add(self._one(connection, case_id, now))
            return total

    def _one(self, connection: Connection, case_id: int, now: datetime) -> Ticked:
        try:
            with connection.begin_nested():
                return self._carry_out(connection, [case_id], now)
        except Exception as error:
            if connection.invalidated:
                raise
            # Recorded with the case, and alarmed when it persists.
            return self._set_aside(connection, case_id, error, now)

    def _carry_out(self, connection: Connection, case_ids: Sequence[int], now: datetime) -> Ticked:
        rows = planned_actions.due_of_cases(connection, case_ids, now)
        signed = acknowledgements.of_cases(connection, case_ids)
        desk = Desk(self.ladders, self.rulebook, self.calendar, self._office(connection, signed, now), now)
        reasons: dict[int, str] = {}
        for _, clock in groupby(rows, key=lambda row: row["deadline_id"]):
            group = list(clock)
            reasons |= pointless(
                [_due_step(row, awaits_others=desk.awaits_others(row)) for row in group],
                group[0]["due_at"],
                now,
                acknowledged_until=desk.acknowledged_until(group[0]["case_id"]),
            )
        due = [row for row in rows if row["id"] not in reasons]
        fired = planned_actions.settle(connection, due, ActionState.FIRED, now)
        self.fault("fired")
        pointless_rows = [row for row in rows if row["id"] in reasons]
        skipped = planned_actions.settle(connection, pointless_rows, ActionState.SKIPPED, now)
        left_out = [_skipped(row, reasons[row["id"]], now) for row in rows if row["id"] in skipped]
        told = self._tell(connection, desk, [row for row in rows if row["id"] in fired], left_out, now)
        return Ticked(fired=len(fired), skipped=len(skipped), notices=told)

    def _office(
        self, connection: Connection, signed: Mapping[int, Mapping[int, datetime]], now: datetime
    ) -> Surroundings:
        return Surroundings(channels.reachable(connection), load(connection, now), signed)

    def _tell(
        self, connection: Connection, desk: Desk, rows: Sequence[Row], drafts: list[Draft], now: datetime
    ) -> int:
        """Events and notices of the actions that fired; the number of new notices."""
        for row in rows:
            desk.take(row)
        events.append(connection, drafts + desk.drafts, now)
        self.fault("events")
        letters = desk.letters()
        new = notices.insert_new(connection, [letter.row for letter in letters])
        self.fault("notices")
        outbox.queue(connection, [row for one in letters for row in one.outbox_rows(new)])
        self.fault("outbox")
        return len(new)

    def _set_aside(self, connection: Connection, case_id: int, error: Exception, now: datetime) -> Ticked:
        rows = planned_actions.due_of_cases(connection, [case_id], now)
        ids = [row["id"] for row in rows]
        bad = planned_actions.count_failure(connection, ids, self.ladders.delivery.failures_allowed)
        if bad:
            # The kind of the error only: its text may carry what a citizen wrote.
            facts = {"actions": sorted(bad), "error": type(error).__name__}
            draft = Draft(case_id, Tag.ACTION_QUARANTINED, "system", "engine", now, facts)
            events.append(connection, [draft], now)
            raise_alarm(
                connection,
                self.ladders.delivery,
                "quarantine",
                {"case": str(case_id)},
                str(min(bad)),
                now,
                case_id=case_id,
            )
        return Ticked(failed=len(ids), quarantined=len(bad))


def _due_step(row: Row, *, awaits_others: bool) -> DueStep:
    kind, audience = ActionKind(row["kind"]), Audience(row["audience"])
    return DueStep(row["id"], kind, audience, row["planned_at"], awaits_others)


def _skipped(row: Row, reason: str, now: datetime) -> Draft:
    return action_draft(
        Tag.ACTION_SKIPPED, row, {**action_facts(row, now), "kind": row["kind"], "reason": reason}
    )
