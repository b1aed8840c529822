"""演练: an incident played through with the people, the roster and the ladders as they are, sent nowhere.

The drill runs in a database of its own that vanishes with it: nothing of the office is touched, no channel
is opened, and every line says that it is a drill.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from alerts.actors import Actor
from alerts.casework import Law
from alerts.channels import Channel, Outcome, Payload
from alerts.dispatcher import Dispatcher
from alerts.engine import Engine
from alerts.handling import acknowledge
from alerts.incident_rules import IncidentRules
from alerts.incidents import NewIncident, open_incident
from alerts.steps import Act
from core.clock import FixedClock
from core.errors import DeliveryError, NotFound
from core.rule_files import RuleFileModel, read_rule_file
from core.vocabulary import DeliveryOutcome, Level, Role
from core.working_days import WorkCalendar
from storage import channels, people
from storage.database import Connection, Database

MARK = "【演练】"
_STEP = timedelta(minutes=1)


class DrillAct(RuleFileModel):
    """Something that somebody does in the drill, so long after its beginning."""

    after_minutes: int = Field(ge=0)
    act: Literal["acknowledge"]
    by: Role


class Drill(RuleFileModel):
    """A scenario: an incident of a level, how long it is followed, and what people do meanwhile."""

    label: str = Field(min_length=1)
    title: str = Field(min_length=1)
    level: Level
    hours: int = Field(ge=1, le=72)
    acts: tuple[DrillAct, ...] = ()

    @model_validator(mode="after")
    def _within(self) -> Drill:
        if any(one.after_minutes > self.hours * 60 for one in self.acts):
            raise ValueError("演练中的动作应在演练时长之内")
        return self


@dataclass(frozen=True, slots=True)
class Told:
    """What would have reached somebody, and when."""

    at: datetime
    address: str
    subject: str
    body: str


@dataclass
class _Nowhere:
    """A channel that keeps what it is given and sends it nowhere."""

    told: list[Told] = field(default_factory=list)

    def send(self, payload: Payload) -> Outcome:
        self.told.append(Told(payload.at, payload.address, MARK + payload.subject, payload.body))
        return Outcome(DeliveryOutcome.ACCEPTED)


def load_drill(folder: Path, name: str) -> Drill:
    """The scenario `name` of a folder, usually `rules/drills`.

    Raises:
        NotFound: there is none of this name; the ones there are, are named.
        RuleError: it has not the right shape.
    """
    known = {path.stem: path for path in sorted(folder.glob("*.yml"))}
    if name not in known:
        raise NotFound(
            f"没有名为“{name}”的演练。", mend=f"可用的有：{'、'.join(known)}。", code="drill.not_found"
        )
    return read_rule_file(known[name], Drill)


def play(
    database: Database,
    law: Law,
    rules: IncidentRules,
    calendar: WorkCalendar,
    drill: Drill,
    start: datetime,
) -> Sequence[Told]:
    """Play a drill in a database that holds the office's people and roster and nothing else of it.

    Returns:
        What would have been sent, in order of time.
    """
    clock, nowhere = FixedClock(start), _Nowhere()
    engine = Engine(database, law.ladders, law.rulebook, calendar, clock)
    dispatcher = Dispatcher(database, lambda: _everywhere(database, nowhere), clock, law.ladders.delivery)
    with database.write() as connection:
        press = _somebody(connection, Role.PRESS) or _somebody(connection, Role.MANAGER)
        if press is None:
            raise NotFound("没有可以立项的人员。", mend="请先新增新闻宣传或领导人员。", code="drill.nobody")
        new = NewIncident(MARK + drill.title, suggested_level=drill.level)
        case_id = open_incident(connection, Act(press, start), law, rules, new).case_id
    end = start + timedelta(hours=drill.hours)
    while clock.now() <= end:
        _carry_out(database, drill, case_id, start, clock.now())
        engine.tick()
        dispatcher.drain()
        clock.move_to(clock.now() + _STEP)
    return nowhere.told


def _carry_out(database: Database, drill: Drill, case_id: int, start: datetime, now: datetime) -> None:
    for one in drill.acts:
        if start + timedelta(minutes=one.after_minutes) == now:
            with database.write() as connection:
                actor = _somebody(connection, one.by)
                if actor is not None:
                    acknowledge(connection, case_id, Act(actor, now))


def _everywhere(database: Database, nowhere: _Nowhere) -> dict[int, Channel | DeliveryError]:
    with database.read() as connection:
        return dict.fromkeys(channels.numbers(connection), nowhere)


def _somebody(connection: Connection, role: Role) -> Actor | None:
    for row in people.listed(connection):
        if row["role"] == role.value and row["disabled_at"] is None:
            return Actor(row["id"], row["login"], row["name"], role, row["section"])
    return None
