"""A small office at night: people, channels, incidents with running clocks, an engine and a dispatcher."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from alerts.casework import Law
from alerts.channels import Channel, Outcome, Payload
from alerts.dispatcher import Dispatcher
from alerts.engine import Engine, Ticked
from alerts.planning import plan_for
from core.clock import FixedClock
from core.errors import DeliveryError
from core.rulebook import rules_folder
from core.vocabulary import ChannelKind, DeliveryOutcome, Role
from core.working_days import load_calendar
from storage import cases, channels, deadlines, events
from storage.database import Database, allocate_ids
from storage.events import GENESIS
from storage.keys import DataKey
from storage.tables import cases as cases_table
from storage.tables import deadlines as deadlines_table
from storage.tables import notices, outbox, people, planned_actions
from tests.three_engines import several

FIRST_RESPONSE = "incident.first_response"
KEY = DataKey(bytes(32))
CALENDAR = load_calendar(rules_folder() / "calendar")


@dataclass
class Recorder:
    """A channel that keeps what reached people and answers as it is told, `accepted` when not told."""

    sent: list[Payload] = field(default_factory=list)
    answers: list[Outcome] = field(default_factory=list)

    def send(self, payload: Payload) -> Outcome:
        self.sent.append(payload)
        return self.answers.pop(0) if self.answers else Outcome(DeliveryOutcome.ACCEPTED)


@dataclass
class Watchroom:
    """The office around one database."""

    database: Database
    law: Law
    clock: FixedClock
    recorder: Recorder = field(default_factory=Recorder)

    def __post_init__(self) -> None:
        with self.database.write() as connection:
            self.channel_id = channels.add(
                connection, "recorder", ChannelKind.CONSOLE, {}, KEY, self.clock.now()
            )
        self.engine = several(
            Engine(self.database, self.law.ladders, self.law.rulebook, CALENDAR, self.clock)
        )
        self.dispatcher = Dispatcher(self.database, self.channels, self.clock, self.law.ladders.delivery)

    def channels(self) -> Mapping[int, Channel | DeliveryError]:
        return {self.channel_id: self.recorder}

    def hire(self, login: str, role: Role, section: str = "") -> int:
        """A new person; the number."""
        with self.database.write() as connection:
            (number,) = allocate_ids(connection, people, 1)
            connection.execute(
                people.insert().values(
                    id=number,
                    login=login,
                    name=login,
                    role=role.value,
                    section=section,
                    password_hash="",
                    must_change_password=False,
                    created_at=self.clock.now(),
                )
            )
        return number

    def staff(self) -> None:
        """One person of every role."""
        for role in Role:
            self.hire(role.value, role, "一科" if role is Role.HANDLER else "")

    def open_case(
        self,
        rule: str = FIRST_RESPONSE,
        *,
        started_at: datetime | None = None,
        hours: float = 5,
        title: str = "南门路积水",
        section: str = "",
    ) -> int:
        """An incident with one clock and its plan; the number of the clock."""
        return self.open_cases(1, rule, started_at=started_at, hours=hours, title=title, section=section)[0]

    def open_cases(
        self,
        count: int,
        rule: str = FIRST_RESPONSE,
        *,
        started_at: datetime | None = None,
        hours: float = 5,
        title: str = "南门路积水",
        section: str = "",
    ) -> list[int]:
        now = self.clock.now()
        begin = started_at or now
        with self.database.write() as connection:
            ids = allocate_ids(connection, cases_table, count)
            fixed = {"kind": "incident", "message_id": None, "channel": "manual", "state": "new", "cycle": 1}
            opened = {"is_history": False, "received_at": begin, "registered_at": now, "seq": 0}
            case = {**fixed, **opened, "chain_head": GENESIS, "title": title, "section": section}
            cases.insert(connection, [{"id": one, **case} for one in ids])
            clock = {
                "rule_key": rule,
                "rule_version": self.law.rulebook.rule(rule, begin.date()).version,
                "calendar_version": "",
                "cycle": 1,
                "anchor": "first_seen",
                "started_at": begin,
                "due_at": begin + timedelta(hours=hours),
                "is_provisional": False,
                "state": "running",
                "is_time_unknown": False,
                "has_holding_reply": False,
                "registered_at": now,
            }
            rows = deadlines.add(connection, [{"case_id": one, **clock} for one in ids])
            plan_for(connection, self.law.ladders, rows, now)
        return [row["id"] for row in rows]

    def set_clock_state(self, deadline_id: int, state: str) -> None:
        """Stop or pause a clock as a response does, but leave its plan: the engine must see it by itself."""
        with self.database.write() as connection:
            connection.execute(
                deadlines_table.update()
                .where(deadlines_table.c.id == deadline_id)
                .values(state=state, met_at=self.clock.now() if state == "met" else None)
            )

    def tick_at(self, instant: datetime) -> Ticked:
        self.clock.move_to(instant)
        return self.engine.tick()

    def actions(self) -> list[Any]:
        with self.database.read() as connection:
            order = (planned_actions.c.deadline_id, planned_actions.c.plan_no, planned_actions.c.n)
            return list(connection.execute(sa.select(planned_actions).order_by(*order)).all())

    def notices(self) -> list[Any]:
        with self.database.read() as connection:
            query = sa.select(notices, people.c.login).join(people, people.c.id == notices.c.person_id)
            return list(connection.execute(query.order_by(notices.c.id)).all())

    def outbox(self) -> list[Any]:
        with self.database.read() as connection:
            return list(connection.execute(sa.select(outbox).order_by(outbox.c.id)).all())

    def events(self, deadline_id: int) -> list[dict[str, Any]]:
        with self.database.read() as connection:
            case_id = connection.execute(
                sa.select(deadlines_table.c.case_id).where(deadlines_table.c.id == deadline_id)
            ).scalar_one()
            return events.of_stream(connection, case_id)

    def audit_is_whole(self) -> bool:
        with self.database.read() as connection:
            return events.verify(connection).first_bad is None


def log_lines(folder: Path) -> list[str]:
    """The lines of the console channel."""
    return (folder / "notices.log").read_text(encoding="utf-8").splitlines()
