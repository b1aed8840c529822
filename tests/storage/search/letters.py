"""Messages for the tests of search, stored as an import would."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from core.clock import SHANGHAI, FixedClock
from core.vocabulary import Channel
from storage import messages, sources
from storage.database import Database
from storage.search.indexer import Indexer
from storage.search.port import Filters, Order, SearchIndex
from storage.search.query import parse
from tests.factories import make_record

FIRST = datetime(2026, 11, 1, 9, tzinfo=SHANGHAI)


def store(
    database: Database,
    clock: FixedClock,
    texts: Sequence[str],
    *,
    channel: Channel = Channel.LEADER_MAILBOX,
    first: datetime = FIRST,
    apart: timedelta = timedelta(minutes=1),
) -> list[int]:
    """One message for each text, received one after the other; their numbers."""
    with database.write() as connection:
        source = sources.ensure(connection, channel.value, channel, clock.now())
        records = [
            make_record((first + n * apart).isoformat(), channel=channel, title="", body=text)
            for n, text in enumerate(texts)
        ]
        stored = messages.insert(connection, source.id, records, import_id=None, now=clock.now())
        return [one.id for one in stored]


def index_all(database: Database, index: SearchIndex, clock: FixedClock) -> None:
    """Bring the index up to date."""
    with Indexer(database, index, clock).running() as indexer:
        indexer.drain()


def found(index: SearchIndex, text: str, filters: Filters | None = None, *, limit: int = 10_000) -> list[int]:
    """The numbers of everything a query finds, in order of number."""
    hits = index.find(parse(text), filters or Filters(), Order.NEWEST, limit)
    assert hits.total == len(hits.ids)
    return sorted(hits.ids)
