"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer
from sqlalchemy.types import TypeDecorator, TypeEngine

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# An import writes the same few instants of a message into a dozen columns.
_INSTANTS_KEPT = 4096

# SQLite gives automatic numbers only to a column of the exact type INTEGER.
Id = BigInteger().with_variant(Integer(), "sqlite")


class Instant(TypeDecorator[datetime]):
    """An aware instant: `timestamptz` on PostgreSQL, whole microseconds since 1970 in UTC on SQLite.

    What comes back is always aware and in UTC. A naive value is a programming error and is refused.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        return _in_microseconds(value) if dialect.name == "sqlite" else _as_it_is(value)

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        # Without the decorator's two extra calls: an import binds a dozen instants for each row of a file.
        return _in_microseconds if dialect.name == "sqlite" else _as_it_is

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        known: datetime = from_microseconds(value) if dialect.name == "sqlite" else value.astimezone(UTC)
        return known


def _in_microseconds(value: datetime | None) -> int | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("a naive datetime must not reach the database")
    return to_microseconds(value)


def _as_it_is(value: datetime | None) -> datetime | None:
    if value is not None and value.tzinfo is None:
        raise ValueError("a naive datetime must not reach the database")
    return value


@lru_cache(_INSTANTS_KEPT)
def to_microseconds(instant: datetime) -> int:
    """Whole microseconds from 1970-01-01 UTC to an aware instant; exact, unlike `timestamp()`."""
    return (instant - _EPOCH) // _MICROSECOND


def from_microseconds(value: int) -> datetime:
    """The instant, in UTC, that `to_microseconds` came from."""
    return _EPOCH + timedelta(microseconds=value)
