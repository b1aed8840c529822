"""Matters and their messages; what is found of them never costs more the more there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from storage.database import in_chunks, insert_many
from storage.tables import (
    assessments,
    cases,
    duplicate_groups,
    matter_messages,
    matter_terms,
    matters,
    messages,
    sources,
    term_statistics,
)
from storage.types import Instant

# So many matters under one word; a word of more of them names none.
_CROWDED = 200
# A matter silent for so long gives its place under a word to a newer one.
_SILENT = timedelta(days=180)
_READ_AT_MOST = 2000


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A message to be given its matter; `first` is the first message of its group of near-repeats."""

    message_id: int
    revision: int
    title: str
    body: str
    area: str
    place: str
    received_at: datetime
    first: int


@dataclass(frozen=True, slots=True)
class Member:
    """A message of a matter, as far as heat and signals look at it."""

    matter_id: int
    message_id: int
    title: str
    body: str
    channel: str
    received_at: datetime
    precision: str
    author_hash: str | None
    risk_level: str
    extra: Mapping[str, str] | None


def waiting(connection: Connection, *, limit: int) -> list[Unplaced]:
    """Assessed and grouped messages whose present revision has no matter, the oldest first."""
    query = (
        sa.select(
            messages.c.id,
            messages.c.revision,
            messages.c.title,
            messages.c.body,
            messages.c.area,
            assessments.c.place,
            messages.c.received_at,
            duplicate_groups.c.group_id,
        )
        .join(assessments, assessments.c.message_id == messages.c.id)
        .join(duplicate_groups, duplicate_groups.c.message_id == messages.c.id)
        .where(messages.c.withdrawn_at.is_(None), ~_placed())
        .order_by(messages.c.id)
        .limit(limit)
    )
    rows = connection.execute(query).all()
    found = [Unplaced(*row) for row in rows]
    return sorted(found, key=lambda one: (one.received_at, one.message_id))


def still_waiting(connection: Connection, message_ids: Sequence[int]) -> set[int]:
    """Those of these messages whose present revision has no matter yet."""
    found: set[int] = set()
    for some in in_chunks(message_ids):
        query = sa.select(messages.c.id).where(messages.c.id.in_(some), ~_placed())
        found |= set(connection.execute(query).scalars())
    return found


def _placed() -> sa.ColumnElement[bool]:
    same = matter_messages.c.message_id == messages.c.id
    known = sa.or_(matter_messages.c.revision == messages.c.revision, matter_messages.c.by_person)
    return sa.exists().where(same, known)


def matters_of(connection: Connection, message_ids: Iterable[int]) -> dict[int, int]:
    """Message → the number of its matter."""
    found: dict[int, int] = {}
    for some in in_chunks(sorted(set(message_ids))):
        query = sa.select(matter_messages.c.message_id, matter_messages.c.matter_id).where(
            matter_messages.c.message_id.in_(some)
        )
        found.update({row.message_id: row.matter_id for row in connection.execute(query)})
    return found


def found_by(connection: Connection, terms: Iterable[str]) -> dict[str, list[int]]:
    """Word → the matters it names, at most some 200."""
    found: dict[str, list[int]] = {}
    for some in in_chunks(sorted(set(terms))):
        query = sa.select(matter_terms.c.term, matter_terms.c.matter_id).where(matter_terms.c.term.in_(some))
        for row in connection.execute(query):
            found.setdefault(row.term, []).append(row.matter_id)
    return found


def read(connection: Connection, numbers: Iterable[int]) -> list[RowMapping]:
    """These matters, in order of number."""
    found: list[RowMapping] = []
    for some in in_chunks(sorted(set(numbers))):
        query = sa.select(matters).where(matters.c.id.in_(some)).order_by(matters.c.id)
        found += connection.execute(query).mappings().all()
    return found


def members(connection: Connection, sizes: Mapping[int, int]) -> dict[int, list[Member]]:
    """Matter → its messages, oldest first, withdrawn ones left out; of a large one the newest 2,000.

    Args:
        sizes: matter → how many messages it has.
    """
    found: dict[int, list[Member]] = {number: [] for number in sizes}
    small = [number for number, size in sizes.items() if size <= _READ_AT_MOST]
    for some in in_chunks(small):
        for row in connection.execute(_members().where(matter_messages.c.matter_id.in_(some))):
            found[row.matter_id].append(Member(*row))
    for number in sizes.keys() - set(small):
        query = _members().where(matter_messages.c.matter_id == number).limit(_READ_AT_MOST)
        found[number] = [Member(*row) for row in connection.execute(query)]
    return {number: rows[::-1] for number, rows in found.items()}


def _members() -> sa.Select[Any]:
    """The newest first."""
    return (
        sa.select(
            matter_messages.c.matter_id,
            messages.c.id,
            messages.c.title,
            messages.c.body,
            messages.c.channel,
            messages.c.received_at,
            messages.c.received_precision,
            messages.c.author_hash,
            assessments.c.risk_level,
            messages.c.extra,
        )
        .join(messages, messages.c.id == matter_messages.c.message_id)
        .join(assessments, assessments.c.message_id == messages.c.id)
        .where(messages.c.withdrawn_at.is_(None))
        .order_by(messages.c.received_at.desc(), messages.c.id.desc())
    )


def add_missing(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Store those of these matters that are not there yet; they belong to no incident."""
    known = {row["id"] for row in read(connection, [row["id"] for row in rows])}
    insert_many(connection, matters, [{"case_id": None, **row} for row in rows if row["id"] not in known])


def save(
    connection: Connection, rows: Sequence[Mapping[str, Any]], keys: Mapping[int, Sequence[str]]
) -> None:
    """Store what matters are now, and the words they are found by; their incident is left as it is."""
    if rows:
        changed: dict[str, Any] = {name: sa.bindparam(f"_{name}") for name in rows[0] if name != "id"}
        statement = matters.update().where(matters.c.id == sa.bindparam("_id")).values(changed)
        connection.execute(statement, [{f"_{name}": value for name, value in row.items()} for row in rows])
    _save_keys(connection, keys)


def _save_keys(connection: Connection, keys: Mapping[int, Sequence[str]]) -> None:
    numbers = sorted(keys)
    had: dict[int, set[str]] = {number: set() for number in numbers}
    for some in in_chunks(numbers):
        query = sa.select(matter_terms.c.matter_id, matter_terms.c.term).where(
            matter_terms.c.matter_id.in_(some)
        )
        for row in connection.execute(query):
            had[row.matter_id].add(row.term)
    fresh = [(term[:200], number) for number in numbers for term in keys[number] if term not in had[number]]
    for number in numbers:
        gone = had[number] - set(keys[number])
        if gone:
            connection.execute(
                matter_terms.delete().where(matter_terms.c.matter_id == number, matter_terms.c.term.in_(gone))
            )
    full = _make_room(connection, {term for term, _ in fresh})
    rows = [{"term": term, "matter_id": number} for term, number in dict.fromkeys(fresh) if term not in full]
    insert_many(connection, matter_terms, rows)


def _make_room(connection: Connection, terms: set[str]) -> set[str]:
    """The words that name too many matters still, once silent ones have given way."""
    full: set[str] = set()
    for some in in_chunks(sorted(terms)):
        query = (
            sa.select(matter_terms.c.term, sa.func.max(matters.c.last_at))
            .join(matters, matters.c.id == matter_terms.c.matter_id)
            .where(matter_terms.c.term.in_(some))
            .group_by(matter_terms.c.term)
            .having(sa.func.count() >= _CROWDED)
        )
        for term, newest in connection.execute(query).all():
            silent = sa.select(matters.c.id).where(matters.c.last_at < _bound(newest - _SILENT))
            gone = connection.execute(
                matter_terms.delete().where(matter_terms.c.term == term, matter_terms.c.matter_id.in_(silent))
            )
            if not gone.rowcount:
                full.add(term)
    return full


def _bound(at: datetime) -> sa.BindParameter[datetime]:
    return sa.bindparam(None, at, Instant())


def put(
    connection: Connection,
    placed: Sequence[tuple[int, int, int]],
    now: datetime,
    *,
    by_person: bool = False,
) -> None:
    """Say which matter messages belong to (message, revision, matter), instead of what stood."""
    for some in in_chunks([one[0] for one in placed]):
        connection.execute(matter_messages.delete().where(matter_messages.c.message_id.in_(some)))
    rows = [
        {
            "message_id": message_id,
            "revision": revision,
            "matter_id": number,
            "by_person": by_person,
            "joined_at": now,
        }
        for message_id, revision, number in placed
    ]
    insert_many(connection, matter_messages, rows)


def absorb(connection: Connection, number: int, into: int) -> None:
    """Two matters turned out the same: the messages of one go over, and it is no more."""
    connection.execute(
        matter_messages.update().where(matter_messages.c.matter_id == number).values(matter_id=into)
    )
    connection.execute(matter_terms.delete().where(matter_terms.c.matter_id == number))
    connection.execute(matters.delete().where(matters.c.id == number))


def statistics(connection: Connection) -> RowMapping | None:
    """The statistics of words as they were taken last, or None."""
    return connection.execute(sa.select(term_statistics)).mappings().first()


def message_count(connection: Connection) -> int:
    """The highest number of a message: how many there are, or were."""
    return connection.execute(sa.select(sa.func.max(messages.c.id))).scalar() or 0


def newest_texts(connection: Connection, limit: int) -> list[tuple[str, str]]:
    """Title and body of the newest messages."""
    query = sa.select(messages.c.title, messages.c.body).order_by(messages.c.id.desc()).limit(limit)
    return [(row.title, row.body) for row in connection.execute(query)]


def save_statistics(connection: Connection, *, texts: int, count: int, packed: bytes, now: datetime) -> None:
    """Keep the statistics of words, instead of the former ones."""
    connection.execute(term_statistics.delete())
    connection.execute(
        term_statistics.insert().values(id=1, texts=texts, messages=count, packed=packed, taken_at=now)
    )


def stirring(
    connection: Connection, *, since: datetime | None = None, until: datetime | None = None
) -> Sequence[RowMapping]:
    """Matters that stirred in a half-open period, the hottest first."""
    query = sa.select(matters).where(matters.c.stirred_at.is_not(None))
    if since is not None:
        query = query.where(matters.c.stirred_at >= _bound(since))
    if until is not None:
        query = query.where(matters.c.stirred_at < _bound(until))
    return connection.execute(query.order_by(matters.c.heat.desc(), matters.c.id)).mappings().all()


def heard_since(connection: Connection, since: datetime) -> Sequence[RowMapping]:
    """Matters heard of since, which stirred or belong to an incident, with its state; the hottest first."""
    query = (
        sa.select(matters, cases.c.state.label("case_state"))
        .outerjoin(cases, cases.c.id == matters.c.case_id)
        .where(
            matters.c.last_at >= _bound(since),
            sa.or_(matters.c.stirred_at >= _bound(since), matters.c.case_id.is_not(None)),
        )
        .order_by(matters.c.heat.desc(), matters.c.id)
    )
    return connection.execute(query).mappings().all()


def told_of(connection: Connection, numbers: Sequence[int]) -> dict[int, list[RowMapping]]:
    """Matter → source, own number and so on of its messages, oldest first, withdrawn ones left out."""
    found: dict[int, list[RowMapping]] = {number: [] for number in numbers}
    for some in in_chunks(numbers):
        query = (
            sa.select(
                matter_messages.c.matter_id,
                messages.c.id.label("message_id"),
                messages.c.native_id,
                messages.c.channel,
                messages.c.received_at,
                messages.c.author_hash,
                messages.c.extra,
                sources.c.key.label("source"),
            )
            .join(messages, messages.c.id == matter_messages.c.message_id)
            .join(sources, sources.c.id == messages.c.source_id)
            .where(matter_messages.c.matter_id.in_(some), messages.c.withdrawn_at.is_(None))
            .order_by(messages.c.received_at, messages.c.id)
        )
        for row in connection.execute(query).mappings():
            found[row["matter_id"]].append(row)
    return found


def belong_to(connection: Connection, numbers: Sequence[int], case_id: int) -> None:
    """These matters' messages belong to this incident from now on."""
    for some in in_chunks(numbers):
        connection.execute(matters.update().where(matters.c.id.in_(some)).values(case_id=case_id))


def heats(connection: Connection, case_ids: Sequence[int]) -> dict[int, tuple[float, list[str]]]:
    """Incident → heat of its matters together, and the reasons of the hottest; those without are left out."""
    found: dict[int, tuple[float, list[str]]] = {}
    for some in in_chunks(case_ids):
        query = (
            sa.select(matters.c.case_id, matters.c.heat, matters.c.heat_reasons)
            .where(matters.c.case_id.in_(some))
            .order_by(matters.c.heat.desc(), matters.c.id)
        )
        for row in connection.execute(query):
            heat, reasons = found.get(row.case_id, (0.0, list(row.heat_reasons)))
            found[row.case_id] = (round(heat + row.heat, 2), reasons)
    return found


def hand_over(connection: Connection, case_id: int, into: int) -> None:
    """A person merged one incident into another: what joins its matters later joins the other."""
    connection.execute(matters.update().where(matters.c.case_id == case_id).values(case_id=into))


def split_off(
    connection: Connection, message_ids: Sequence[int], case_id: int, name: str, now: datetime
) -> None:
    """A person took messages out of an incident: they are a matter of their own, and stay one.

    What the new matter is found by is the words of the matters its messages came from: later messages go
    where they are more alike, and a matter whose every message was taken out goes along whole.
    """
    former = matters_of(connection, message_ids)
    rows = {row["id"]: row for row in read(connection, former.values())}
    if not rows:
        return
    counted = {number: list(former.values()).count(number) for number in rows}
    whole = [number for number, row in rows.items() if counted[number] >= row["size"]]
    belong_to(connection, whole, case_id)
    moved = sorted(one for one, number in former.items() if number not in whole)
    if not moved:
        return
    source = rows[former[moved[0]]]
    share = len(moved) / source["size"]
    row = {
        **source,
        "id": -moved[0],
        "name": name,
        "size": len(moved),
        "terms": {term: weight * share for term, weight in source["terms"].items()},
        "case_id": case_id,
        "updated_at": now,
    }
    insert_many(connection, matters, [row])
    query = sa.select(matter_messages.c.message_id, matter_messages.c.revision)
    chosen = connection.execute(query.where(matter_messages.c.message_id.in_(moved))).all()
    put(connection, [(one.message_id, one.revision, -moved[0]) for one in chosen], now, by_person=True)
