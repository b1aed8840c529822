"""Channels of the office, and by which of them each person is reached."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.vocabulary import ChannelKind, OutboxState, Role
from storage.database import insert_if_new
from storage.keys import DataKey
from storage.tables import channels, outbox, people, person_channels

CONSOLE = "console"


@dataclass(frozen=True, slots=True)
class StoredChannel:
    """One channel with its settings in the clear; not to be logged."""

    id: int
    key: str
    kind: ChannelKind
    is_enabled: bool
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reachable:
    """A person who may be told something.

    Attributes:
        section: key of their section; may be empty.
        addresses: channel id and address, one per channel, the one that is tried first at the front; empty
            when no channel is enabled.
    """

    id: int
    name: str
    role: Role
    section: str
    addresses: tuple[tuple[int, str], ...]


def add(
    connection: Connection,
    key: str,
    kind: ChannelKind,
    settings: Mapping[str, Any],
    seal: DataKey,
    now: datetime,
) -> int:
    """Enter a channel unless one with this key stands; its number."""
    sealed = seal.seal(json.dumps(settings, ensure_ascii=False).encode())
    values = {"key": key, "kind": kind.value, "sealed": sealed, "is_enabled": True, "created_at": now}
    insert_if_new(connection, channels, values)
    number: int = connection.execute(sa.select(channels.c.id).where(channels.c.key == key)).scalar_one()
    return number


def ensure_console(connection: Connection, seal: DataKey, now: datetime) -> None:
    """The channel that every office has: lines in the data folder's `notices.log`."""
    add(connection, CONSOLE, ChannelKind.CONSOLE, {}, seal, now)


def set_enabled(connection: Connection, channel_id: int, is_enabled: bool) -> None:
    """Switch a channel on or off."""
    connection.execute(channels.update().where(channels.c.id == channel_id).values(is_enabled=is_enabled))


def give_person(
    connection: Connection, person_id: int, channel_id: int, address: str, place: int = 0
) -> None:
    """Let a person be reached at `address` on a channel, in place of any other address there.

    Args:
        place: 0 for the channel that is tried first; of two at one place the one with the lower number is.
    """
    mine = (person_channels.c.person_id == person_id, person_channels.c.channel_id == channel_id)
    connection.execute(person_channels.delete().where(*mine))
    values = {"person_id": person_id, "channel_id": channel_id, "address": address, "place": place}
    connection.execute(person_channels.insert().values(values))


def address_of(connection: Connection, person_id: int, channel_id: int) -> str | None:
    """A person's own address on a channel, or None."""
    query = sa.select(person_channels.c.address).where(
        person_channels.c.person_id == person_id, person_channels.c.channel_id == channel_id
    )
    found: str | None = connection.execute(query).scalar()
    return found


@dataclass(frozen=True, slots=True)
class Usage:
    """How a channel is used: how many people have an address on it, and how much waits for it."""

    people: int
    waiting: int


def usage(connection: Connection) -> dict[int, Usage]:
    """Channel → its usage; people who have left do not count."""
    by_people = (
        sa.select(person_channels.c.channel_id, sa.func.count())
        .join(people, people.c.id == person_channels.c.person_id)
        .where(people.c.disabled_at.is_(None))
        .group_by(person_channels.c.channel_id)
    )
    reached = {row[0]: row[1] for row in connection.execute(by_people)}
    open_states = [OutboxState.PENDING.value, OutboxState.CLAIMED.value]
    by_rows = (
        sa.select(outbox.c.channel_id, sa.func.count())
        .where(outbox.c.state.in_(open_states))
        .group_by(outbox.c.channel_id)
    )
    waiting = {row[0]: row[1] for row in connection.execute(by_rows)}
    return {one: Usage(reached.get(one, 0), waiting.get(one, 0)) for one in {*reached, *waiting}}


def key_of(connection: Connection, channel_id: int) -> str:
    """The name under which the office knows a channel."""
    query = sa.select(channels.c.key).where(channels.c.id == channel_id)
    key: str = connection.execute(query).scalar_one()
    return key


def stored(connection: Connection, seal: DataKey) -> list[StoredChannel]:
    """Every channel, by number.

    Raises:
        StorageError: sealed with another key.
    """
    rows = connection.execute(sa.select(channels).order_by(channels.c.id)).mappings()
    return [
        StoredChannel(
            row["id"],
            row["key"],
            ChannelKind(row["kind"]),
            row["is_enabled"],
            json.loads(seal.open(row["sealed"])),
        )
        for row in rows
    ]


def numbers(connection: Connection) -> list[int]:
    """The numbers of every channel that is switched on."""
    query = sa.select(channels.c.id).where(channels.c.is_enabled).order_by(channels.c.id)
    return list(connection.execute(query).scalars())


def reachable(connection: Connection) -> list[Reachable]:
    """Everybody who is not disabled, with their addresses on enabled channels, by number.

    Somebody without an address of their own is written to on the console channel, under their login, so that
    no notice is lost for want of an address.
    """
    own: dict[int, list[tuple[int, str]]] = {}
    query = (
        sa.select(person_channels)
        .join(channels, channels.c.id == person_channels.c.channel_id)
        .where(channels.c.is_enabled)
        .order_by(person_channels.c.person_id, person_channels.c.place, person_channels.c.channel_id)
    )
    for row in connection.execute(query):
        own.setdefault(row.person_id, []).append((row.channel_id, row.address))
    console = _console_ids(connection)
    everybody = sa.select(people).where(people.c.disabled_at.is_(None)).order_by(people.c.id)
    return [
        Reachable(
            row.id,
            row.name,
            Role(row.role),
            row.section,
            tuple(own.get(row.id) or [(channel, row.login) for channel in console]),
        )
        for row in connection.execute(everybody)
    ]


def _console_ids(connection: Connection) -> Sequence[int]:
    query = sa.select(channels.c.id).where(
        channels.c.kind == ChannelKind.CONSOLE.value, channels.c.is_enabled
    )
    return connection.execute(query.order_by(channels.c.id)).scalars().all()
