"""A watchroom whose channels are real: what is stored leads to providers on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alerts.channels import Channel
from alerts.channels.limits import load_limits
from alerts.channels.opening import open_all
from alerts.dispatcher import Dispatcher
from core.errors import DeliveryError
from core.rulebook import rules_folder
from core.vocabulary import ChannelKind, Role
from storage import channels, outbox
from storage.database import Database
from tests.alerts.watchroom import KEY, Watchroom
from tests.providers import Provider

LIMITS = load_limits(rules_folder())
DUTY = "13900000001"


class Channels(Watchroom):
    """The watchroom with its real channels: what is stored is what sends."""

    def opened(self, database: Database) -> Mapping[int, Channel | DeliveryError]:
        found = dict(open_all(database, KEY, Path("/nowhere"), LIMITS))
        return {**found, self.channel_id: self.recorder}

    def install(self, key: str, kind: ChannelKind, provider: Provider, **more: Any) -> int:
        """A channel that leads to a provider; its number."""
        settings = {"url": provider.url, "allow_private": True, "seconds": 0.5, **more}
        with self.database.write() as connection:
            return channels.add(connection, key, kind, settings, KEY, self.clock.now())

    def reach(self, person: int, *ways: tuple[int, str]) -> None:
        with self.database.write() as connection:
            for place, (channel, address) in enumerate(ways):
                channels.give_person(connection, person, channel, address, place)

    def sender(self) -> Dispatcher:
        return Dispatcher(
            self.database, lambda: self.opened(self.database), self.clock, self.law.ladders.delivery
        )

    def attempts(self, row: int) -> list[str]:
        with self.database.read() as connection:
            return [one["outcome"] for one in outbox.attempts_of(connection, row)]


def one_on_duty(room: Channels, channel: int) -> int:
    """Somebody on duty with one channel, and an incident that has just been opened; one notice waits."""
    person = room.hire("值班", Role.DUTY)
    room.reach(person, (channel, DUTY))
    for role in (Role.PRESS, Role.ADMIN):
        room.hire(role.value, role)
    room.open_case()
    room.engine.tick()
    return person
