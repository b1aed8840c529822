"""Opening the database, and the two ways of using it: a write transaction and a snapshot for reading.

The same code runs on SQLite (WAL, `BEGIN IMMEDIATE`) and PostgreSQL. Measured (specs of the response half): a
SQLite transaction that reads and then writes fails at once unless it began IMMEDIATE.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pydantic_core import to_json
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, Engine, RowMapping, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from core.errors import StorageError

# The names the other packages use, so that only this one imports the library.
__all__ = [
    "CONNECTIONS",
    "Connection",
    "Database",
    "Row",
    "allocate_ids",
    "among",
    "in_chunks",
    "insert_if_new",
    "insert_many",
    "insert_unless_known",
    "open_database",
]
Row = RowMapping

# SQLite copies the log back into the file after so many pages: a few batches of an import, not each of them.
_LOG_PAGES = 8192
_BUSY_SECONDS = 30
# Of one process on PostgreSQL: four processes fit into the 100 that a server gives by default. More than the
# web has threads (api.app), since a request may need a second one while it holds the first.
CONNECTIONS = 24
_CONNECTIONS_KEPT = 8
# What the driver says where a pooler told it of the end of a connection in the middle of an answer.
_CUT_BEHIND_A_POOLER = "results from command"
_WRITE = "huiying_write"


@dataclass(frozen=True)
class Database:
    """An open database; cheap to pass around, safe to share between threads.

    Attributes:
        aside: on PostgreSQL, one more connection beside the pool.
    """

    engine: Engine
    aside: Engine | None = None

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded default."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One write transaction: committed when the block ends, rolled back when it raises."""
        with (
            _clear_errors(),
            self.engine.connect() as connection,
            connection.execution_options(**{_WRITE: True}).begin(),
        ):
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent snapshot: every query in the block sees the same instant."""
        level: dict[str, Any] = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with (
            _clear_errors(),
            self.engine.connect() as connection,
            connection.execution_options(**level).begin(),
        ):
            yield connection

    @contextmanager
    def ask(self) -> Iterator[Connection]:
        """For one short question: never waits for the pool, so that who holds a connection may ask it."""
        with _clear_errors(), (self.aside or self.engine).connect() as connection:
            yield connection

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()
        if self.aside is not None:
            self.aside.dispose()


def open_database(url: str) -> Database:
    """Open the database at `url`; a SQLite file's folder is made, readable by its owner alone.

    Raises:
        StorageError: the address cannot be understood or is of another product.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StorageError("看不懂数据库地址。", mend="请检查 database.url。") from error
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        raise StorageError(
            f"不支持的数据库 {parsed.get_backend_name()}。", mend="请用 SQLite 或 PostgreSQL。"
        )
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        engine = sa.create_engine(
            parsed, json_serializer=_json, connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False}
        )
        _speak_sqlite(engine)
    else:
        parsed, how = _behind(parsed)
        engine = sa.create_engine(
            parsed,
            connect_args=how,
            json_serializer=_json,
            pool_pre_ping=True,
            pool_size=_CONNECTIONS_KEPT,
            max_overflow=CONNECTIONS - _CONNECTIONS_KEPT,
        )
        aside = sa.create_engine(parsed, connect_args=how, pool_pre_ping=True, pool_size=1)
        return Database(engine, aside)
    return Database(engine)


def _behind(url: sa.URL) -> tuple[sa.URL, dict[str, Any]]:
    """The address without our own `pooler=transaction`, and what the driver does differently behind one.

    Such a pooler gives each transaction another connection, which does not know what was prepared before.

    Raises:
        StorageError: another word stands there.
    """
    wanted = url.query.get("pooler")
    if wanted is None:
        return url, {}
    if wanted != "transaction":
        raise StorageError(f"不认识的 pooler={wanted}。", mend="事务级连接池写 pooler=transaction。")
    return url.difference_update_query(["pooler"]), {"prepare_threshold": None}


def allocate_ids(connection: Connection, table: sa.Table, count: int) -> Sequence[int]:
    """`count` fresh ids of `table`, for rows that refer to each other before they are inserted.

    On SQLite the write transaction is the only writer, so the next free numbers are ours; on PostgreSQL they
    come from the table's sequence and are never given twice.
    """
    if count == 0:
        return []
    if connection.dialect.name == "sqlite":
        last = connection.execute(sa.select(sa.func.max(table.c.id))).scalar() or 0
        return range(last + 1, last + 1 + count)
    sequence = sa.func.pg_get_serial_sequence(table.name, "id")
    numbers = sa.select(sa.func.nextval(sequence)).select_from(sa.func.generate_series(1, count))
    return list(connection.execute(numbers).scalars())


def insert_many(connection: Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all have the same keys; nothing happens for an empty list.

    The statement is compiled once per table and set of columns, and the rows go straight to the driver: an
    import writes six rows for each row of a file, and SQLAlchemy's handling of each would cost twice as much
    as the database itself.
    """
    if not rows:
        return
    columns = tuple(rows[0])
    statement, converters = _bulk_insert(table, columns, connection.dialect)
    batch = []
    for row in rows:
        values = list(row.values())
        for place, convert in converters:
            values[place] = convert(values[place])
        batch.append(tuple(values))
    connection.exec_driver_sql(statement, batch)


@lru_cache(maxsize=256)
def _bulk_insert(
    table: sa.Table, columns: tuple[str, ...], dialect: Dialect
) -> tuple[str, tuple[tuple[int, Callable[[Any], Any]], ...]]:
    """The driver's INSERT for these columns, and at which places a value must be turned into the driver's."""
    mark = "?" if dialect.name == "sqlite" else "%s"
    quote = dialect.identifier_preparer.quote
    names = ", ".join(quote(name) for name in columns)
    marks = ", ".join([mark] * len(columns))
    statement = f"INSERT INTO {quote(table.name)} ({names}) VALUES ({marks})"  # noqa: S608 - our own names
    processors = [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in columns]
    return statement, tuple((place, turn) for place, turn in enumerate(processors) if turn is not None)


def insert_if_new(connection: Connection, table: sa.Table, values: dict[str, Any]) -> None:
    """Insert a row unless one with the same unique key stands, also when another process is as quick."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    connection.execute(dialect.insert(table).values(values).on_conflict_do_nothing())


def among(connection: Connection, column: sa.Column[Any], values: Iterable[Any]) -> sa.ColumnElement[bool]:
    """Whether a column is one of `values`; on PostgreSQL one parameter, however many they are.

    A list of hundreds of parameters is parsed anew by the driver each time.
    """
    if connection.dialect.name == "postgresql":
        return column == sa.any_(sa.cast(list(values), postgresql.ARRAY(column.type)))
    return column.in_(list(values))


def insert_unless_known(
    connection: Connection, table: sa.Table, rows: Sequence[dict[str, Any]], key: sa.Column[Any]
) -> dict[Any, int]:
    """Insert rows that all have the same keys, but not those that clash with a unique key.

    Returns:
        For each row that was stored now, its value of `key` and its id.
    """
    if not rows:
        return {}
    returned = (key, table.c.id)
    if connection.dialect.name != "postgresql":
        lite = sqlite.insert(table).on_conflict_do_nothing().returning(*returned)
        return {row[0]: row[1] for row in connection.execute(lite, rows)}
    # One array for each column: a statement with a parameter for each value takes longer to parse than to do.
    names = list(rows[0])
    arrays = [
        sa.cast([row[name] for row in rows], postgresql.ARRAY(table.c[name].type, dimensions=1))
        for name in names
    ]
    source = sa.func.unnest(*arrays).table_valued(*names).render_derived(name="new")
    chosen = sa.select(*(source.c[name] for name in names))
    statement = postgresql.insert(table).from_select(names, chosen).on_conflict_do_nothing()
    return {row[0]: row[1] for row in connection.execute(statement.returning(*returned))}


def in_chunks(values: Sequence[Any], size: int = 500) -> Iterator[Sequence[Any]]:
    """`values` in slices small enough for one `IN (…)` on every SQLite."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _json(value: Any) -> str:
    """A JSON column's text, by the compiled writer: an import writes one for each row of a file."""
    return to_json(value).decode()


def _speak_sqlite(engine: Engine) -> None:
    @sa.event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        # The driver's own transaction control begins too late and cannot begin IMMEDIATE.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "cache_size=-65536",
            f"wal_autocheckpoint={_LOG_PAGES}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITE, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _clear_errors() -> Iterator[None]:
    """Turn what an operator must mend (no server, locked, full, no file) into one sentence."""
    try:
        yield
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise StorageError(
            f"数据库暂时不能用：{reason}。",
            mend="请确认数据库正在运行、磁盘未满、没有别的程序占用，然后再试。",
            code="storage.unavailable",
        ) from error
    except DatabaseError as error:
        if _CUT_BEHIND_A_POOLER in str(error.orig):
            raise StorageError(
                "数据库连接在提交时断开。", mend="请稍后再试；已写入的不会重复。", code="storage.unavailable"
            ) from error
        if "not a database" in str(error.orig) or "malformed" in str(error.orig):
            raise StorageError(
                "数据库文件已损坏，或不是本系统的数据库。",
                mend="请从备份恢复。",
                code="storage.damaged",
            ) from error
        raise
