"""The one indexer: it brings what changed in SQL into the search index, and rebuilds the index from SQL.

1. Read the oldest noted changes, and the messages they name as they are now, in one snapshot.
2. Give them to the engine and wait until it holds them for certain.
3. Only then remove those notes. Killed before, the next indexer does the same again, to the same result.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from core.clock import Clock, iso, parse_instant
from core.errors import Conflict
from storage import engine_state, leases, search_changes
from storage.database import Database
from storage.leases import Lease
from storage.search import documents
from storage.search.documents import Loaded
from storage.search.port import IndexWriter, Rebuild, SearchIndex

CAUGHT_UP_AT = "search_caught_up_at"
BATCH = 1_000
_LEASE = "indexer"
_LENGTH = timedelta(seconds=30)
_RENEW = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Indexed:
    """What one round did.

    Attributes:
        taken: messages the index now holds as they are, or no longer holds.
        refused: message → the engine's reason.
    """

    taken: int
    refused: dict[int, str]


@dataclass(frozen=True, slots=True)
class Behind:
    """How far the index is behind SQL.

    Attributes:
        count: messages that wait.
        since: the index held everything at this instant; None where it never did.
    """

    count: int
    since: datetime | None


class Indexer:
    """Holds the right to write to one index from `start` to `stop`.

    Not to be shared between threads.
    """

    def __init__(self, database: Database, index: SearchIndex, clock: Clock) -> None:
        self._database, self._index, self._clock = database, index, clock
        self._lease: Lease | None = None
        self._renewed_at: datetime | None = None
        self._writer: IndexWriter | None = None

    def start(self, progress: Callable[[int, int], None] | None = None) -> int | None:
        """Take the right to write; an index that is missing or of an older form is built anew first.

        Returns:
            How many documents were built, or None where the index stood.

        Raises:
            Conflict: another process is the indexer.
            SearchUnavailable: the engine does not answer.
        """
        epoch = self._hold()
        built = None
        try:
            if not self._index.exists():
                built = self._rebuild(None, epoch, progress)
            self._writer = self._index.writer(epoch)
        except BaseException:
            self.stop()
            raise
        return built

    def stop(self) -> None:
        """Give the right back."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self._index.release()
        if self._lease is not None:
            with self._database.write() as connection:
                leases.release(connection, self._lease)
            self._lease = None

    @contextmanager
    def running(self) -> Iterator[Indexer]:
        """Started, and stopped when the block ends."""
        self.start()
        with closing(_Stopping(self)):
            yield self

    def drain(self) -> Indexed:
        """Bring everything that waits into the index.

        Raises:
            SearchUnavailable: the engine does not take it; it goes on waiting.
        """
        if self._writer is None:
            raise Conflict("索引程序没有启动。", mend="请先启动。", code="search.stopped")
        taken, refused = 0, dict[int, str]()
        while True:
            self._renew()
            batch = self._round([self._writer])
            if batch is None:
                break
            taken += batch.taken
            refused |= batch.refused
        self._sign()
        return Indexed(taken, refused)

    def rebuild(self, progress: Callable[[int, int], None] | None = None) -> int:
        """Build the index anew while the old one serves and is kept up to date; how many documents it has.

        Args:
            progress: told how many messages of how many are in.
        """
        epoch = self._lease.epoch if self._lease is not None else 0
        old = self._writer
        count = self._rebuild(old, epoch, progress)
        if old is not None:
            old.close()
            self._writer = self._index.writer(epoch)
        return count

    def _rebuild(
        self, old: IndexWriter | None, epoch: int, progress: Callable[[int, int], None] | None
    ) -> int:
        fresh = self._index.rebuild(epoch)
        try:
            count = self._fill(fresh, old, progress)
            fresh.switch()
        finally:
            fresh.close()
        with self._database.write() as connection:
            search_changes.offer_again(connection)
        self._sign()
        return count

    def _fill(
        self, fresh: Rebuild, old: IndexWriter | None, progress: Callable[[int, int], None] | None
    ) -> int:
        with self._database.read() as connection:
            total = documents.count(connection)
        targets = [fresh] if old is None else [old, fresh]
        last, count = 0, 0
        while True:
            self._renew()
            with self._database.read() as connection:
                numbers = documents.every(connection, after=last, limit=BATCH)
                loaded = documents.load(connection, numbers)
            if not numbers:
                break
            self._note_refused(fresh.put(loaded.documents))
            last, count = numbers[-1], count + len(numbers)
            if progress is not None:
                progress(count, max(total, count))
            # What changed meanwhile goes into both, so that the one that serves does not fall behind.
            if old is not None:
                self._round(list(targets))
        fresh.commit()
        while self._round(list(targets)) is not None:
            pass
        return count

    def _note_refused(self, reasons: Mapping[int, str]) -> None:
        if reasons:
            with self._database.write() as connection:
                search_changes.add(connection, list(reasons))

    def _round(self, writers: list[IndexWriter]) -> Indexed | None:
        """One batch into each of the indexes; None where nothing waits."""
        now = self._clock.now()
        with self._database.read() as connection:
            changes = search_changes.waiting(connection, now, limit=BATCH)
            if not changes:
                return None
            loaded = documents.load(connection, [change.message_id for change in changes])
        refused: dict[int, str] = {}
        for writer in writers:
            refused |= _give(writer, loaded)
        for writer in writers:
            writer.commit()
        with self._database.write() as connection:
            taken = [change.id for change in changes if change.message_id not in refused]
            search_changes.done(connection, taken)
            reasons = {c.id: refused[c.message_id] for c in changes if c.message_id in refused}
            search_changes.refused(connection, reasons, now)
        return Indexed(len(loaded.documents) + len(loaded.gone) - len(refused), refused)

    def _hold(self) -> int:
        """The lease of an index that other machines can reach; it counts its holders."""
        if not self._index.is_shared:
            return 0
        now = self._clock.now()
        # No holder is known to be gone before its lease has run out: each has a host of its own.
        host = f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:8]}"
        with self._database.write() as connection:
            lease = leases.acquire(connection, _LEASE, f"{host}/0", now, now + _LENGTH, host=host)
            holder = leases.holder(connection, _LEASE)
        if lease is None:
            raise _taken(holder)
        self._lease, self._renewed_at = lease, now
        return lease.epoch

    def _renew(self) -> None:
        now = self._clock.now()
        if self._lease is None or (self._renewed_at is not None and now - self._renewed_at < _RENEW):
            return
        with self._database.write() as connection:
            if not leases.renew(connection, self._lease, now + _LENGTH):
                raise _taken(None)
        self._renewed_at = now

    def _sign(self) -> None:
        with self._database.write() as connection:
            engine_state.put(connection, CAUGHT_UP_AT, iso(self._clock.now()) or "")


class _Stopping:
    def __init__(self, indexer: Indexer) -> None:
        self.close = indexer.stop


def behind(database: Database) -> Behind:
    """How far the index is behind; two short queries."""
    with database.read() as connection:
        since = engine_state.find(connection, CAUGHT_UP_AT)
        return Behind(search_changes.count(connection), parse_instant(since) if since else None)


def _give(writer: IndexWriter, loaded: Loaded) -> dict[int, str]:
    refused = dict(writer.delete(loaded.gone)) if loaded.gone else {}
    return refused | dict(writer.put(loaded.documents)) if loaded.documents else refused


def _taken(holder: str | None) -> Conflict:
    return Conflict(
        f"已有另一个索引程序{f'({holder})' if holder else ''}在运行。",
        mend="同时只能有一个，请等它结束。",
        code="search.locked",
    )
