"""A small bureau around one database: its people, its messages, and the verbs in short."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from alerts.actors import Actor
from alerts.casework import Law, Origin, Registrar
from alerts.incident_rules import load_incident_rules
from alerts.incidents import NewIncident, open_incident
from alerts.instants import Instants
from alerts.publishing import Publication
from alerts.steps import Act, Outcome
from core.clock import FixedClock, iso, parse_instant
from core.model import MessageRecord
from core.rule_files import rules_folder
from core.vocabulary import Channel, Level, Role
from storage import deadlines, events, messages, people, sections, sources
from storage.database import Connection, Database, Row
from storage.saved_copies import SavedCopy
from storage.tables import assessments, cases, planned_actions
from storage.tables import deadlines as deadlines_table
from tests.factories import make_record

INCIDENT_RULES = load_incident_rules(rules_folder() / "incidents.yml")
ROADS, WATER = "市政科", "水务科"


class Bureau:
    """The office of the tests; `clock` stands until a test moves it."""

    def __init__(self, database: Database, law: Law, clock: FixedClock) -> None:
        self.database, self.law, self.clock = database, law, clock
        with database.write() as connection:
            sections.ensure(connection, [ROADS, WATER], clock.now())
            self.press = self._person(connection, "li", "李宣传", Role.PRESS)
            self.duty = self._person(connection, "sun", "孙值班", Role.DUTY)
            self.leader = self._person(connection, "zhou", "周局长", Role.MANAGER)
            self.roads = self._person(connection, "wang", "王承办", Role.HANDLER, ROADS)
            self.water = self._person(connection, "zhao", "赵承办", Role.HANDLER, WATER)
            self.admin = self._person(connection, "he", "何管理", Role.ADMIN)

    def _person(self, connection: Connection, login: str, name: str, role: Role, section: str = "") -> Actor:
        number = people.add(
            connection,
            login=login,
            name=name,
            role=role,
            section=section,
            password_hash="x",
            must_change_password=False,
            now=self.clock.now(),
        )
        return Actor(number, login, name, role, section)

    def act(self, actor: Actor, *, seq: int | None = None, key: str | None = None) -> Act:
        """A command of `actor` at the clock's time."""
        return Act(actor, self.clock.now(), seq, key)

    def do(
        self, verb: Any, case_id: int, actor: Actor, *args: Any, seq: int | None = None, **kwargs: Any
    ) -> Outcome:
        """Give a verb in a transaction of its own."""
        key = kwargs.pop("key", None)
        with self.database.write() as connection:
            outcome: Outcome = verb(connection, case_id, self.act(actor, seq=seq, key=key), *args, **kwargs)
        return outcome

    def receive(self, *records: MessageRecord, import_id: int | None = None) -> list[int]:
        """Store messages as an import does and open their cases; the messages' numbers."""
        with self.database.write() as connection:
            now = self.clock.now()
            source = sources.ensure(connection, records[0].channel.value, records[0].channel, now)
            stored = messages.insert(connection, source.id, records, import_id=None, now=now)
            Registrar(self.law, Origin(import_id, "测试")).register(connection, stored, now)
        return [one.id for one in stored]

    def letter(self, record: MessageRecord) -> int:
        """Store one message; the number of its case."""
        (message_id,) = self.receive(record)
        with self.database.read() as connection:
            query = sa.select(cases.c.id).where(cases.c.message_id == message_id)
            return int(connection.execute(query).scalar_one())

    def assess(self, message_id: int, *, topic: str, risk: str = "low", raw: float = 0.5) -> None:
        """Write what the analysis would say of a message."""
        with self.database.write() as connection:
            connection.execute(
                assessments.insert().values(
                    message_id=message_id,
                    revision=1,
                    model="test",
                    sentiment_raw=raw,
                    sentiment_words=[],
                    polarity="negative" if raw < 0.5 else "positive",
                    kind="complaint",
                    is_simple=False,
                    topic=topic,
                    suggested_section="",
                    keywords=[],
                    risk_level=risk,
                    risk_score=0.0,
                    reasons={"risk": ["提到有人受伤。"]} if risk == "high" else {},
                    assessed_at=self.clock.now(),
                )
            )

    def incident(
        self,
        *,
        seen: str,
        level: Level | None = None,
        message_ids: Sequence[int] = (),
        occurred: str | None = None,
        actor: Actor | None = None,
    ) -> int:
        """Open an incident first seen at `seen`; the number of its case."""
        instants = Instants(parse_instant(occurred) if occurred else None, None, parse_instant(seen))
        new = NewIncident(
            "柳河路水管爆裂", message_ids=tuple(message_ids), instants=instants, suggested_level=level
        )
        with self.database.write() as connection:
            return open_incident(
                connection, self.act(actor or self.press), self.law, INCIDENT_RULES, new
            ).case_id

    def case(self, case_id: int) -> Row:
        """The case as it stands."""
        with self.database.read() as connection:
            return connection.execute(sa.select(cases).where(cases.c.id == case_id)).mappings().one()

    def clocks(self, case_id: int, state: str | None = None) -> list[Row]:
        """Every clock of a case, superseded and cancelled ones too, in order of id, with `status` now."""
        query = (
            sa.select(deadlines_table, deadlines.status(self.clock.now()).label("status"))
            .where(deadlines_table.c.case_id == case_id)
            .order_by(deadlines_table.c.id)
        )
        with self.database.read() as connection:
            rows = connection.execute(query).mappings().all()
        return [row for row in rows if state is None or row["state"] == state]

    def states(self, case_id: int) -> dict[str, str]:
        """Rule → state of its newest clock."""
        return {row["rule_key"]: row["state"] for row in self.clocks(case_id)}

    def planned(self, case_id: int) -> int:
        """How many steps of ladders are still ahead of a case."""
        query = sa.select(sa.func.count()).where(
            planned_actions.c.case_id == case_id, planned_actions.c.state == "planned"
        )
        with self.database.read() as connection:
            return connection.execute(query).scalar_one()

    def trail(self, case_id: int) -> list[dict[str, Any]]:
        """The events of a case but for the planner's, oldest first; the trail is verified on the way."""
        with self.database.read() as connection:
            assert events.verify(connection).first_bad is None
            rows = events.of_stream(connection, case_id)
        return [row for row in rows if not row["tag"].startswith("action:")]

    def tags(self, case_id: int) -> list[str]:
        """What happened to a case, in order."""
        return [row["tag"] for row in self.trail(case_id)]


def publication(at: str, **given: Any) -> Publication:
    """A complete publication at `at`."""
    values: dict[str, Any] = {
        "url": "https://news.example.cn/1",
        "publisher": "示范市政府新闻办",
        "title": "关于柳河路水管爆裂的情况通报",
        "copy": a_copy(),
    }
    return Publication(parse_instant(at), **{**values, **given})


def a_copy(url: str | None = "https://news.example.cn/1") -> SavedCopy:
    """A saved copy as `alerts.evidence` returns it."""
    saved_at = parse_instant("2026-03-02T09:00")
    return SavedCopy("a" * 64, url, "text/html", 10, "copies/" + "a" * 64, "情况通报", saved_at)


def local(instant: datetime | None) -> str | None:
    """An instant as the office's wall clock shows it, to the minute."""
    shown = iso(instant)
    return shown[:16] if shown else None


def public_post(received: str, title: str = "柳河路淹了") -> MessageRecord:
    """A post everybody can read."""
    return make_record(received, channel=Channel.WEIBO, title=title)._replace(area="柳河路")
