"""The audit trail: appending to a chain, and proving that nobody changed it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from pydantic_core import to_json
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Connection, RowMapping

from core.vocabulary import Tag
from storage.database import among, insert_many
from storage.tables import cases, events
from storage.types import to_microseconds

OFFICE_STREAM = 0
# Any number, the same for all processes of one database, other than the migration's.
_OFFICE_LOCK = 5_202_311
GENESIS = "0" * 64
_NESTED = (dict, list, tuple, Mapping)


class Draft(NamedTuple):
    """An event about to be recorded.

    Attributes:
        stream: id of the case, or `OFFICE_STREAM`.
        actor_kind: `human`, `machine` (by token), `system` or `import`.
        occurred_at: when it is claimed to have happened.
        payload: facts; ids and figures, never a citizen's words.
    """

    stream: int
    tag: Tag
    actor_kind: str
    actor: str
    occurred_at: datetime
    payload: Mapping[str, Any]
    idempotency_key: str | None = None


class Head(NamedTuple):
    """The end of a chain: its last sequence number and hash."""

    seq: int
    hash: str


NEW_CHAIN = Head(0, GENESIS)


def chain(drafts: Sequence[Draft], heads: dict[int, Head], recorded_at: datetime) -> list[dict[str, Any]]:
    """The rows for `drafts`, in order; `heads` is moved to the new ends.

    Streams that `heads` does not know begin a new chain.
    """
    rows = []
    recorded = to_microseconds(recorded_at)
    for draft in drafts:
        head = heads.get(draft.stream, NEW_CHAIN)
        payload = _canonical(draft.payload)
        seq = head.seq + 1
        row_hash = _hash(
            head.hash,
            draft.stream,
            seq,
            draft.tag,
            draft.actor_kind,
            draft.actor,
            to_microseconds(draft.occurred_at),
            recorded,
            payload,
        )
        rows.append(
            {
                "stream": draft.stream,
                "seq": seq,
                "tag": draft.tag.value,
                "actor_kind": draft.actor_kind,
                "actor": draft.actor,
                "occurred_at": draft.occurred_at,
                "recorded_at": recorded_at,
                "payload": payload,
                "idempotency_key": draft.idempotency_key,
                "prev_hash": head.hash,
                "hash": row_hash,
            }
        )
        heads[draft.stream] = Head(seq, row_hash)
    return rows


def _canonical(payload: Mapping[str, Any]) -> str:
    """JSON with its keys in order and no blanks; written by the compiled writer, twice as fast as `json`."""
    return to_json(_sorted(payload)).decode()


def _sorted(value: Any) -> Any:
    # Most values are plain; asking here whether one can be sorted is cheaper than a call for each.
    if isinstance(value, dict):
        return {key: _sorted(one) if isinstance(one, _NESTED) else one for key, one in sorted(value.items())}
    if isinstance(value, Mapping):
        return _sorted(dict(value))
    return [_sorted(one) if isinstance(one, _NESTED) else one for one in value]


def append(connection: Connection, drafts: Sequence[Draft], recorded_at: datetime) -> None:
    """Record events of existing cases and of the office, and move the chain heads.

    The case rows are locked by the update of their heads; the office chain by its own last row's key.
    """
    case_ids = sorted({draft.stream for draft in drafts} - {OFFICE_STREAM})
    heads = _case_heads(connection, case_ids)
    if any(draft.stream == OFFICE_STREAM for draft in drafts):
        heads[OFFICE_STREAM] = _office_head(connection)
    insert_many(connection, events, chain(drafts, heads, recorded_at))
    _move_heads(connection, case_ids, heads)


def of_stream(connection: Connection, stream: int) -> list[dict[str, Any]]:
    """The events of one case or of the office, oldest first, payload as an object."""
    rows = connection.execute(sa.select(events).where(events.c.stream == stream).order_by(events.c.seq))
    return [{**row, "payload": json.loads(row["payload"])} for row in rows.mappings()]


def page(connection: Connection, stream: int, after: int, limit: int) -> list[dict[str, Any]]:
    """At most `limit` events of a stream behind number `after`, oldest first, payload as an object."""
    query = (
        sa.select(events)
        .where(events.c.stream == stream, events.c.seq > after)
        .order_by(events.c.seq)
        .limit(limit)
    )
    rows = connection.execute(query).mappings()
    return [{**row, "payload": json.loads(row["payload"])} for row in rows]


def count(connection: Connection, stream: int) -> int:
    """How many events a stream has."""
    query = sa.select(sa.func.count()).select_from(events).where(events.c.stream == stream)
    number: int = connection.execute(query).scalar_one()
    return number


def count_all(connection: Connection) -> int:
    """How many events there are."""
    number: int = connection.execute(sa.select(sa.func.count()).select_from(events)).scalar_one()
    return number


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found.

    Attributes:
        count: events read.
        first_bad: `stream/seq` of the first event that does not fit its chain, or None.
        reason: one Chinese sentence about it, or None.
    """

    count: int
    first_bad: str | None
    reason: str | None


def verify(connection: Connection) -> Verdict:
    """Walk every chain from its beginning; stops at the first event that was changed, removed or added.

    Reads every event once, in order; constant memory.
    """
    with closing(_all_in_order(connection)) as rows:
        verdict = _walk(rows)
    return verdict if verdict.first_bad else _tails(connection, verdict.count)


def is_whole(connection: Connection, stream: int) -> bool:
    """Whether no event of one chain was changed, removed or added; reads that chain alone."""
    rows = connection.execute(sa.select(events).where(events.c.stream == stream).order_by(events.c.seq))
    found = rows.mappings().all()
    if _walk(found).first_bad is not None:
        return False
    head = connection.execute(sa.select(cases.c.seq).where(cases.c.id == stream)).scalar()
    return head is None or head == len(found)


def _walk(rows: Iterable[RowMapping]) -> Verdict:
    count = 0
    walked, head = OFFICE_STREAM, NEW_CHAIN
    for row in rows:
        count += 1
        stream, seq = row["stream"], row["seq"]
        if stream != walked:
            walked, head = stream, NEW_CHAIN
        if seq != head.seq + 1:
            return Verdict(count, f"{stream}/{seq}", f"第 {head.seq + 1} 条记录缺失。")
        if row["prev_hash"] != head.hash or row["hash"] != _expected(head, row):
            return Verdict(count, f"{stream}/{seq}", "记录内容与校验值不符，被改动过。")
        head = Head(seq, row["hash"])
    return Verdict(count, None, None)


def _expected(head: Head, row: RowMapping) -> str:
    return _hash(
        head.hash,
        row["stream"],
        row["seq"],
        row["tag"],
        row["actor_kind"],
        row["actor"],
        to_microseconds(row["occurred_at"]),
        to_microseconds(row["recorded_at"]),
        row["payload"],
    )


def _tails(connection: Connection, count: int) -> Verdict:
    """A chain whose last events were cut off is whole in itself; the case row remembers its head."""
    last = (
        sa.select(events.c.stream, sa.func.max(events.c.seq).label("seq"))
        .group_by(events.c.stream)
        .subquery()
    )
    cut = connection.execute(
        sa.select(cases.c.id, cases.c.seq)
        .outerjoin(last, last.c.stream == cases.c.id)
        .where(sa.func.coalesce(last.c.seq, 0) != cases.c.seq)
        .order_by(cases.c.id)
        .limit(1)
    ).first()
    if cut is None:
        return Verdict(count, None, None)
    return Verdict(count, f"{cut.id}/{cut.seq}", "末尾的记录缺失。")


def _all_in_order(connection: Connection) -> Generator[RowMapping, None, None]:
    query = sa.select(events).order_by(events.c.stream, events.c.seq)
    with connection.execution_options(yield_per=5000).execute(query) as result:
        yield from result.mappings()


def _hash(
    prev: str,
    stream: int,
    seq: int,
    tag: str,
    actor_kind: str,
    actor: str,
    occurred: int,
    recorded: int,
    payload: str,
) -> str:
    """SHA-256 over all columns. Only the actor and the payload are free text: the one carries its length, the
    other stands last, so that no two different events give the same bytes."""
    text = f"{prev}|{stream}|{seq}|{tag}|{actor_kind}|{len(actor)}:{actor}|{occurred}|{recorded}|{payload}"
    return hashlib.sha256(text.encode()).hexdigest()


def _case_heads(connection: Connection, case_ids: Sequence[int]) -> dict[int, Head]:
    query = sa.select(cases.c.id, cases.c.seq, cases.c.chain_head).where(
        among(connection, cases.c.id, case_ids)
    )
    if connection.dialect.name == "postgresql":
        query = query.order_by(cases.c.id).with_for_update()
    return {row.id: Head(row.seq, row.chain_head) for row in connection.execute(query)}


def _move_heads(connection: Connection, case_ids: Sequence[int], heads: Mapping[int, Head]) -> None:
    """Let the case rows remember the new ends; on PostgreSQL in one statement, however many they are."""
    if not case_ids:
        return
    if connection.dialect.name == "postgresql":
        moved = (
            sa.func.unnest(
                sa.cast(case_ids, postgresql.ARRAY(sa.BigInteger)),
                sa.cast([heads[one].seq for one in case_ids], postgresql.ARRAY(sa.Integer)),
                sa.cast([heads[one].hash for one in case_ids], postgresql.ARRAY(sa.Text)),
            )
            .table_valued("case_id", "seq", "hash")
            .render_derived(name="moved")
        )
        connection.execute(
            cases.update()
            .where(cases.c.id == moved.c.case_id)
            .values(seq=moved.c.seq, chain_head=moved.c.hash)
        )
        return
    connection.execute(
        cases.update()
        .where(cases.c.id == sa.bindparam("the_id"))
        .values(seq=sa.bindparam("the_seq"), chain_head=sa.bindparam("the_hash")),
        [{"the_id": one, "the_seq": heads[one].seq, "the_hash": heads[one].hash} for one in case_ids],
    )


def _office_head(connection: Connection) -> Head:
    """The end of the office's chain, which no row locks: on PostgreSQL writers queue at an advisory lock that
    ends with their transaction; on SQLite a write transaction is alone anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_OFFICE_LOCK)))
    query = (
        sa.select(events.c.seq, events.c.hash)
        .where(events.c.stream == OFFICE_STREAM)
        .order_by(events.c.seq.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return Head(row.seq, row.hash) if row else NEW_CHAIN
