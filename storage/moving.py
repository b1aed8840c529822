"""Carrying an office from one database to another, whole and proved row by row.

One transaction on the target: it holds everything or nothing. Each table is compared by the number of rows
and by a digest that does not depend on their order. What is rebuilt or held for a while is left behind.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.errors import Conflict, StorageError
from storage.database import Database, insert_many
from storage.tables import METADATA, engine_state, leases, search_changes

_BATCH = 1_000
_LEFT_BEHIND = {leases.name, search_changes.name}
_DIGEST_BITS = 256


@dataclass(frozen=True, slots=True)
class Carried:
    """One table, the same on both sides.

    Attributes:
        digest: of its rows, in any order; 64 hexadecimal digits.
    """

    table: str
    rows: int
    digest: str


def carry(
    source: Database, target: Database, progress: Callable[[str, int], None] | None = None
) -> tuple[list[Carried], bool]:
    """Copy everything into a migrated, empty target; what stands there already is only compared.

    Args:
        progress: told the table and how many of its rows are over.

    Returns:
        Every table as it now stands on both sides, and whether something was copied.

    Raises:
        Conflict: the target holds other data.
        StorageError: what arrived is not what was sent; nothing was kept.
    """
    with source.read() as here, target.write() as there:
        copies = not _holds_data(there)
        carried = []
        for table in _tables():
            if copies:
                _copy(here, there, table, progress)
            sent, arrived = _standing(here, table), _standing(there, table)
            if sent != arrived:
                raise _differs(sent, arrived, copies=copies)
            carried.append(sent)
        if copies:
            there.execute(search_changes.delete())
            _go_on_counting(there)
    return carried, copies


def _tables() -> list[sa.Table]:
    """In an order in which every row finds what it refers to."""
    return [table for table in METADATA.sorted_tables if table.name not in _LEFT_BEHIND]


def _holds_data(there: Connection) -> bool:
    # Making the database wrote its own day of birth, which the source's replaces.
    others = [table for table in _tables() if table is not engine_state]
    return any(there.execute(sa.select(sa.literal(1)).select_from(one).limit(1)).first() for one in others)


def _copy(
    here: Connection, there: Connection, table: sa.Table, progress: Callable[[str, int], None] | None
) -> None:
    if table is engine_state:
        there.execute(table.delete())
    done = 0
    for rows in _batches(here, table):
        insert_many(there, table, [dict(row) for row in rows])
        done += len(rows)
        if progress is not None:
            progress(table.name, done)


def _standing(connection: Connection, table: sa.Table) -> Carried:
    count, total = 0, 0
    for rows in _batches(connection, table):
        count += len(rows)
        for row in rows:
            total += int.from_bytes(
                hashlib.sha256(repr(sorted(_plain(row).items())).encode()).digest(), "big"
            )
    return Carried(table.name, count, f"{total % (1 << _DIGEST_BITS):064x}")


def _plain(row: sa.RowMapping) -> dict[str, Any]:
    """Values that two drivers give back in two kinds, in one."""
    kinds = {memoryview: bytes}
    return {name: kinds.get(type(value), lambda same: same)(value) for name, value in row.items()}


def _batches(connection: Connection, table: sa.Table) -> Iterator[list[sa.RowMapping]]:
    query = sa.select(table).order_by(*table.primary_key.columns).execution_options(yield_per=_BATCH)
    for partition in connection.execute(query).mappings().partitions(_BATCH):
        yield list(partition)


def _go_on_counting(there: Connection) -> None:
    """New rows get numbers above those that were carried."""
    if there.dialect.name != "postgresql":
        return
    for table in _tables():
        (key, *more) = table.primary_key.columns
        named = sa.func.pg_get_serial_sequence(table.name, key.name)
        if more or not isinstance(key.type, sa.Integer | sa.BigInteger | sa.types.TypeDecorator):
            continue
        if there.execute(sa.select(named)).scalar() is not None:
            last = sa.select(sa.func.max(key)).scalar_subquery()
            there.execute(sa.select(sa.func.setval(named, sa.func.coalesce(last, 1), last.is_not(None))))


def _differs(sent: Carried, arrived: Carried, *, copies: bool) -> Exception:
    if copies:
        return StorageError(
            f"表 {sent.table} 搬过去以后与原来不一致，已全部撤销。",
            mend="原数据库没有改动，请把这句话告知维护人员。",
            code="move.differs",
        )
    return Conflict(
        f"目标数据库里已有数据，且表 {sent.table} 与本单位的不同（{arrived.rows:,} 行对 {sent.rows:,} 行）。",
        mend="请换一个空的数据库，或清空它以后再试。",
        code="move.occupied",
    )
