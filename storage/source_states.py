"""What is remembered of each source: approval, credential, how far it came, how it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, RowMapping

from storage.database import in_chunks, insert_if_new
from storage.tables import crawl_rows, hot_words, source_states


def ensure(connection: Connection, source_key: str) -> dict[str, Any]:
    """The state of a source; made when it is new."""
    insert_if_new(connection, source_states, {"source_key": source_key, "watermark": {}, "failures": 0})
    query = sa.select(source_states).where(source_states.c.source_key == source_key)
    return dict(connection.execute(query).mappings().one())


def all_states(connection: Connection) -> dict[str, dict[str, Any]]:
    """The state of every source that has one, by key."""
    rows = connection.execute(sa.select(source_states)).mappings()
    return {row["source_key"]: dict(row) for row in rows}


def change(connection: Connection, source_key: str, **values: Any) -> None:
    """Write facts of a source that has a state."""
    connection.execute(
        source_states.update().where(source_states.c.source_key == source_key).values(**values)
    )


def known_rows(connection: Connection, source_key: str, since: datetime) -> Sequence[RowMapping]:
    """The rows of a source first seen since then: the ones that are looked at again."""
    query = sa.select(crawl_rows).where(
        crawl_rows.c.source_key == source_key, crawl_rows.c.first_seen_at >= since
    )
    return connection.execute(query).mappings().all()


def remember_rows(
    connection: Connection, source_key: str, rows: Iterable[tuple[str, str, str]], now: datetime
) -> None:
    """Write down rows that were just looked at: native id, address, signature."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    fixed = {"source_key": source_key, "first_seen_at": now, "checked_at": now}
    names = ("native_id", "url", "signature")
    values = [{**fixed, **dict(zip(names, row, strict=True))} for row in rows]
    for some in in_chunks(list({one["native_id"]: one for one in values}.values()), 100):
        statement = dialect.insert(crawl_rows).values(list(some))
        fresh = {name: statement.excluded[name] for name in ("url", "signature", "checked_at")}
        connection.execute(
            statement.on_conflict_do_update(index_elements=["source_key", "native_id"], set_=fresh)
        )


def put_hot_words(
    connection: Connection, source_key: str, words: Sequence[dict[str, Any]], now: datetime
) -> tuple[int, int]:
    """Take over one look at a hot list; how many words are new, and how many were known.

    Args:
        words: each with `word`, `rank` (None where the list gives none), `heat` and `mark`; no word twice.
    """
    known: dict[str, RowMapping] = {}
    for some in in_chunks([one["word"] for one in words]):
        query = sa.select(hot_words).where(hot_words.c.source_key == source_key, hot_words.c.word.in_(some))
        known.update({row["word"]: row for row in connection.execute(query).mappings()})
    for one in words:
        before = known.get(one["word"])
        if before is None:
            connection.execute(hot_words.insert().values(**_first_look(source_key, one, now)))
            continue
        here = (hot_words.c.source_key == source_key) & (hot_words.c.word == one["word"])
        connection.execute(hot_words.update().where(here).values(**_next_look(before, one, now)))
    return len(words) - len(known), len(known)


def newest_hot_words(connection: Connection, source_key: str, limit: int) -> Sequence[RowMapping]:
    """The words of the last look, best rank first."""
    last = sa.select(sa.func.max(hot_words.c.last_seen_at)).where(hot_words.c.source_key == source_key)
    query = (
        sa.select(hot_words)
        .where(hot_words.c.source_key == source_key, hot_words.c.last_seen_at == last.scalar_subquery())
        .order_by(hot_words.c.rank.is_(None), hot_words.c.rank, hot_words.c.heat.desc())
        .limit(limit)
    )
    return connection.execute(query).mappings().all()


def _first_look(source_key: str, one: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {
        "source_key": source_key,
        **one,
        "best_rank": one["rank"],
        "peak_heat": one["heat"],
        "peak_at": now,
        "first_seen_at": now,
        "last_seen_at": now,
    }


def _next_look(before: RowMapping, one: dict[str, Any], now: datetime) -> dict[str, Any]:
    ranks = [rank for rank in (before["best_rank"], one["rank"]) if rank is not None]
    values = {**one, "last_seen_at": now, "best_rank": min(ranks, default=None)}
    if one["heat"] > before["peak_heat"]:
        values |= {"peak_heat": one["heat"], "peak_at": now}
    return values
