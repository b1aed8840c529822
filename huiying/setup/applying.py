"""Brings the installation to what the workbook says: all of it in one transaction, or nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from api.security.accounts import NewPerson, add_person
from api.security.passwords import temporary_password
from core.errors import Conflict
from core.vocabulary import Role, Tag
from huiying.office import Office
from huiying.setup.plan import ChannelStep, PersonStep, Plan, Standing, StandingPerson, make_plan
from huiying.setup.wishes import Wishes
from storage import channels, events, people, sections, sessions
from storage.database import Connection
from storage.events import OFFICE_STREAM, Draft
from storage.keys import DataKey
from storage.tables import channels as channels_table
from storage.tables import people as people_table
from storage.tables import person_channels as addresses_table
from storage.tables import sections as sections_table


@dataclass(frozen=True, slots=True)
class NewLogin:
    """A person who was added, with the temporary password that is shown once and kept nowhere."""

    login: str
    name: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Done:
    """What a run found and did.

    Attributes:
        logins: empty unless the plan was applied.
    """

    plan: Plan
    logins: tuple[NewLogin, ...] = ()


def rehearse(office: Office, wishes: Wishes) -> Done:
    """The plan, with nothing written."""
    with office.database.read() as connection:
        return Done(make_plan(wishes, _standing(connection, office.key), office.settings.office))


def set_up(office: Office, wishes: Wishes, *, actor: str, is_first: bool = False) -> Done:
    """Compare and write under one lock; a plan with problems is given back with nothing written.

    Args:
        is_first: only while the installation has nobody; of two at the same moment one is refused.

    Raises:
        Conflict: somebody is there already, and `is_first`.
        InvalidInput: an account was refused for a reason that the reading did not know; nothing was written.
        Conflict: somebody took a login at the same moment; nothing was written.
    """
    with office.database.write() as connection:
        if is_first:
            require_nobody(connection)
        plan = make_plan(wishes, _standing(connection, office.key), office.settings.office)
        if plan.problems:
            return Done(plan)
        return Done(plan, _Run(connection, office.key, actor, office.clock.now()).follow(plan))


def require_nobody(connection: Connection) -> None:
    """Hold the right to enter the first people until the transaction ends.

    Raises:
        Conflict: somebody is there.
    """
    people.hold_first(connection)
    if people.is_anybody(connection):
        raise Conflict("本单位已经开局。", mend="请由管理员登录后更改。", code="setup.done")


def _standing(connection: Connection, key: DataKey) -> Standing:
    stored = {one.key: one for one in channels.stored(connection, key)}
    keys = {one.id: one.key for one in stored.values()}
    addresses: dict[int, dict[str, str]] = {}
    places: dict[int, dict[str, int]] = {}
    for row in connection.execute(addresses_table.select()):
        addresses.setdefault(row.person_id, {})[keys[row.channel_id]] = row.address
        places.setdefault(row.person_id, {})[keys[row.channel_id]] = row.place
    found = {
        row["login"]: StandingPerson(
            row["id"],
            row["name"],
            Role(row["role"]),
            row["section"],
            row["disabled_at"] is not None,
            addresses.get(row["id"], {}),
            places.get(row["id"], {}),
        )
        for row in people.listed(connection)
    }
    return Standing(sections.names(connection), found, stored)


@dataclass(frozen=True, slots=True)
class _Run:
    """One transaction in which a plan is followed."""

    connection: Connection
    key: DataKey
    actor: str
    now: datetime

    def follow(self, plan: Plan) -> tuple[NewLogin, ...]:
        """Every step with its event; the people who were added, in order of the sheet."""
        for section in plan.new_sections:
            sections.ensure(self.connection, [section.key], self.now)
            self._rename(section.key, section.name)
            self._record(Tag.SECTION_ADDED, {"section": section.key})
        for section in plan.renamed_sections:
            self._rename(section.key, section.name)
            self._record(Tag.SECTION_RENAMED, {"section": section.key, "name": section.name})
        for channel in plan.channels:
            self._channel(channel)
        logins = [self._add(one) for one in plan.people if one.id is None]
        for person in plan.people:
            if person.id is not None:
                self._change(person.id, person)
        self._reach(plan.addresses)
        return tuple(logins)

    def _rename(self, key: str, name: str) -> None:
        chosen = sections_table.update().where(sections_table.c.key == key)
        self.connection.execute(chosen.values(name=name))

    def _channel(self, step: ChannelStep) -> None:
        if step.id is None:
            number = channels.add(self.connection, step.key, step.kind, step.settings, self.key, self.now)
            self._record(Tag.CHANNEL_ADDED, {"channel": number, "kind": step.kind.value})
            return
        sealed = self.key.seal(json.dumps(dict(step.settings), ensure_ascii=False).encode())
        chosen = channels_table.update().where(channels_table.c.id == step.id)
        self.connection.execute(chosen.values(sealed=sealed))
        self._record(Tag.CHANNEL_CHANGED, {"channel": step.id, "fields": list(step.fields)})

    def _add(self, step: PersonStep) -> NewLogin:
        password = temporary_password(step.login)
        new = NewPerson(step.login, step.name, step.role, step.section, password, must_change_password=True)
        add_person(self.connection, new, actor=self.actor, now=self.now)
        return NewLogin(step.login, step.name, password)

    def _change(self, person_id: int, step: PersonStep) -> None:
        values = {"name": step.name, "role": step.role.value, "section": step.section}
        chosen = people_table.update().where(people_table.c.id == person_id)
        self.connection.execute(chosen.values(**values))
        if step.fields != ("姓名",):
            # What is open in a browser was shown under the old role.
            sessions.revoke_of_person(self.connection, person_id, self.now)
        facts = {"person": person_id, "role": step.role.value, "section": step.section}
        self._record(Tag.PERSON_CHANGED, {**facts, "fields": list(step.fields)})

    def _reach(self, addresses: list[tuple[str, str, str, int]]) -> None:
        if not addresses:
            return
        ids = {row["login"]: int(row["id"]) for row in people.listed(self.connection)}
        numbers = {one.key: one.id for one in channels.stored(self.connection, self.key)}
        for login, key, address, place in addresses:
            channels.give_person(self.connection, ids[login], numbers[key], address, place)
            self._record(Tag.PERSON_ADDRESS_SET, {"person": ids[login], "channel": numbers[key]})

    def _record(self, tag: Tag, facts: Mapping[str, Any]) -> None:
        draft = Draft(OFFICE_STREAM, tag, "human", self.actor, self.now, facts)
        events.append(self.connection, [draft], self.now)
