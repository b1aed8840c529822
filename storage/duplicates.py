"""Groups of messages that say the same in (nearly) the same words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.database import in_chunks, insert_many
from storage.tables import duplicate_groups, duplicate_keys, messages


@dataclass(frozen=True, slots=True)
class Ungrouped:
    """A message to be grouped; `revision` is the one whose words these are."""

    message_id: int
    revision: int
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Found:
    """A grouped message that shares a key with others; `keys` holds the shared ones alone."""

    message_id: int
    group_id: int
    title: str
    body: str
    keys: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """Where a message belongs, and under which keys it is found."""

    message_id: int
    revision: int
    group_id: int
    similarity: float
    keys: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A group of two or more.

    Attributes:
        group_id: number of its first message.
        size: messages that were not withdrawn.
        authors: how many different ones are known; messages without a known author count as one each.
    """

    group_id: int
    size: int
    authors: int


def waiting(connection: Connection, *, limit: int) -> list[Ungrouped]:
    """Messages whose present revision was not compared yet, in order of id, withdrawn ones left out."""
    query = (
        sa.select(messages.c.id, messages.c.revision, messages.c.title, messages.c.body)
        .where(messages.c.withdrawn_at.is_(None), ~_compared())
        .order_by(messages.c.id)
        .limit(limit)
    )
    return [Ungrouped(row.id, row.revision, row.title, row.body) for row in connection.execute(query)]


def still_waiting(connection: Connection, message_ids: Sequence[int]) -> list[int]:
    """Those of these messages whose present revision was not compared yet."""
    found: list[int] = []
    for some in in_chunks(message_ids):
        query = sa.select(messages.c.id).where(messages.c.id.in_(some), ~_compared())
        found += connection.execute(query).scalars()
    return found


def _compared() -> sa.Exists:
    return sa.exists().where(
        duplicate_groups.c.message_id == messages.c.id, duplicate_groups.c.revision == messages.c.revision
    )


def firsts_of_groups(connection: Connection, message_ids: Sequence[int]) -> set[int]:
    """Those of these messages that name a group with others in it."""
    found: set[int] = set()
    for some in in_chunks(message_ids):
        query = sa.select(duplicate_groups.c.group_id).where(
            duplicate_groups.c.group_id.in_(some),
            duplicate_groups.c.message_id != duplicate_groups.c.group_id,
        )
        found |= set(connection.execute(query).scalars())
    return found


def found_by(connection: Connection, keys: Iterable[int]) -> list[Found]:
    """Every indexed message that has one of these keys, in order of id."""
    shared: dict[int, list[int]] = {}
    for some in in_chunks(sorted(set(keys))):
        query = sa.select(duplicate_keys.c.key, duplicate_keys.c.message_id).where(
            duplicate_keys.c.key.in_(some)
        )
        for row in connection.execute(query):
            shared.setdefault(row.message_id, []).append(row.key)
    found = []
    for some in in_chunks(sorted(shared)):
        about = (
            sa.select(messages.c.id, messages.c.title, messages.c.body, duplicate_groups.c.group_id)
            .join(duplicate_groups, duplicate_groups.c.message_id == messages.c.id)
            .where(messages.c.id.in_(some))
            .order_by(messages.c.id)
        )
        found += [
            Found(row.id, row.group_id, row.title, row.body, tuple(shared[row.id]))
            for row in connection.execute(about)
        ]
    return found


def forget_keys(connection: Connection, message_ids: Sequence[int]) -> None:
    """These messages are found by nothing any more: their words have changed."""
    for some in in_chunks(message_ids):
        connection.execute(duplicate_keys.delete().where(duplicate_keys.c.message_id.in_(some)))


def save(connection: Connection, placed: Sequence[PlacedRow], now: datetime) -> None:
    """Store the places of messages, instead of former ones."""
    for some in in_chunks([one.message_id for one in placed]):
        connection.execute(duplicate_groups.delete().where(duplicate_groups.c.message_id.in_(some)))
    rows = [
        {
            "message_id": one.message_id,
            "revision": one.revision,
            "group_id": one.group_id,
            "similarity": one.similarity,
            "grouped_at": now,
        }
        for one in placed
    ]
    insert_many(connection, duplicate_groups, rows)
    keys = [{"key": key, "message_id": one.message_id} for one in placed for key in sorted(set(one.keys))]
    insert_many(connection, duplicate_keys, keys)


def groups_of(connection: Connection, message_ids: Sequence[int]) -> dict[int, Group]:
    """Message → its group, for those that are not alone in it."""
    group_of: dict[int, int] = {}
    for some in in_chunks(message_ids):
        query = sa.select(duplicate_groups.c.message_id, duplicate_groups.c.group_id).where(
            duplicate_groups.c.message_id.in_(some)
        )
        group_of.update({row.message_id: row.group_id for row in connection.execute(query)})
    sizes = _sizes(connection, sorted(set(group_of.values())))
    return {one: sizes[group] for one, group in group_of.items() if group in sizes}


def _sizes(connection: Connection, group_ids: Sequence[int]) -> dict[int, Group]:
    found: dict[int, Group] = {}
    known = sa.func.count(sa.distinct(messages.c.author_hash))
    unknown = sa.func.count() - sa.func.count(messages.c.author_hash)
    for some in in_chunks(group_ids):
        query = (
            sa.select(
                duplicate_groups.c.group_id, sa.func.count().label("size"), (known + unknown).label("authors")
            )
            .join(messages, messages.c.id == duplicate_groups.c.message_id)
            .where(duplicate_groups.c.group_id.in_(some), messages.c.withdrawn_at.is_(None))
            .group_by(duplicate_groups.c.group_id)
            .having(sa.func.count() > 1)
        )
        for row in connection.execute(query):
            found[row.group_id] = Group(row.group_id, row.size, row.authors)
    return found
