"""Storing an opened file batch by batch, each with its resume point, so that a kill is harmless.

A batch is one transaction: messages, their cases (through `Intake`), quarantined rows and the moved resume
point stand or fall together. Run again, the import goes on after the last committed row.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from core.clock import Clock
from core.model import MessageRecord
from core.vocabulary import Channel, Tag
from crawlers.imports.ahead import ahead
from crawlers.imports.opening import Accepted, Ignored, OpenedFile, Rejected
from storage import events, imports, messages, ratings
from storage.database import Connection, Database
from storage.events import OFFICE_STREAM, Draft
from storage.imports import Counts, Run
from storage.keys import DataKey

Outcome = Accepted | Rejected | Ignored


class Intake(Protocol):
    """What happens to messages in the transaction that stores them; given by the composition root."""

    def register(self, connection: Connection, stored: list[messages.Stored], now: datetime) -> None:
        """Messages the source did not have before."""
        ...

    def revise(self, connection: Connection, message_id: int, record: MessageRecord, now: datetime) -> None:
        """A message whose content changed; storing the new content is the callee's part."""
        ...

    def rate(self, connection: Connection, records: list[MessageRecord], now: datetime) -> None:
        """Ratings without text the source did not have before; they are no messages."""
        ...


@dataclass(frozen=True, slots=True)
class Ceiling:
    """From how many unreadable rows on an import stops and asks.

    Attributes:
        share: 0–1 of the rows read so far.
        rows: so many unreadable rows at least; a few in a small file stop nothing.
    """

    share: float
    rows: int

    def is_broken(self, read: int, quarantined: int) -> bool:
        """Whether so many of the rows read could not be read."""
        return quarantined >= self.rows and quarantined > self.share * read


class TooManyRejected(Exception):
    """The next batch would break the ceiling; nothing of it was stored.

    Attributes:
        run: the import as far as it was committed.
        read: rows read, those of the next batch among them; `rejected` of them cannot be read.
        first: the first unreadable row of the batch.
    """

    def __init__(self, run: Run, read: int, rejected: int, first: Rejected) -> None:
        super().__init__(f"import {run.id}: {rejected} of {read} rows cannot be read")
        self.run, self.read, self.rejected, self.first = run, read, rejected, first


@dataclass(slots=True)
class _Batch:
    """Rows that will be committed together; no native id twice."""

    accepted: list[Accepted] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    ignored: int = 0
    position: int = 0
    native_ids: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class ImportRunner:
    """Everything an import needs beside its file.

    Attributes:
        make_intake: makes the intake of one run from the number of the import.
        progress: called after each batch with the position reached.
        ceiling: when to stop and ask; None where a person has said to go on.
        reads_ahead: the next batch is read in a process of its own while one is stored.
    """

    database: Database
    clock: Clock
    key: DataKey
    batch_rows: int
    make_intake: Callable[[int], Intake]
    progress: Callable[[int], None] = lambda _position: None
    ceiling: Ceiling | None = None
    reads_ahead: bool = False

    def run(self, opened: OpenedFile, run: Run, source_id: int) -> Run:
        """Store the rest of the file and mark the import as finished; the run with its final counts.

        Raises:
            Conflict: another process is importing the same file; what it committed stays.
            TooManyRejected: the ceiling is broken; the batches before are committed.
        """
        intake = self.make_intake(run.id)
        batches = _batches(opened.rows(after=run.position), self.batch_rows)
        with closing(ahead(batches) if self.reads_ahead else batches) as batches:
            for batch in batches:
                self._check(run, batch)
                with self.database.write() as connection:
                    run = self._store(connection, intake, run, source_id, batch)
                self.progress(run.position)
        with self.database.write() as connection:
            self._finish(connection, run)
        return run

    def _check(self, run: Run, batch: _Batch) -> None:
        read = run.counts.read + len(batch.accepted) + len(batch.rejected)
        rejected = run.counts.quarantined + len(batch.rejected)
        if self.ceiling and batch.rejected and self.ceiling.is_broken(read, rejected):
            raise TooManyRejected(run, read, rejected, batch.rejected[0])

    def _store(self, connection: Connection, intake: Intake, run: Run, source_id: int, batch: _Batch) -> Run:
        now = self.clock.now()
        known = messages.find_known(connection, source_id, sorted(batch.native_ids))
        new = [one.record for one in batch.accepted if one.record.native_id not in known]
        fresh = [record for record in new if not ratings.is_bare(record)]
        rated = ratings.compare(connection, source_id, [one for one in new if ratings.is_bare(one)])
        changed = [
            (known[one.record.native_id].id, one.record)
            for one in batch.accepted
            if one.record.native_id in known
            and known[one.record.native_id].content_hash != one.record.content_hash
        ]
        # The resume point goes first: when another process moved it, nothing of this batch is tried.
        stored_count, revised_count = len(fresh) + len(rated.fresh), len(changed) + len(rated.changed)
        counts = run.counts.plus(_counts(batch, stored_count, revised_count))
        run = imports.advance(connection, run, batch.position, counts)
        stored = messages.insert(connection, source_id, fresh, import_id=run.id, now=now)
        intake.register(connection, stored, now)
        for message_id, record in changed:
            intake.revise(connection, message_id, record, now)
        if fresh and fresh[0].channel is Channel.RATING:
            ratings.give_way(connection, source_id, [record.native_id for record in fresh], now)
        ratings.keep(connection, source_id, rated, import_id=run.id)
        intake.rate(connection, rated.fresh, now)
        imports.put_in_quarantine(connection, [self._sealed(run.id, row, now) for row in batch.rejected])
        return run

    def _sealed(self, import_id: int, row: Rejected, now: datetime) -> dict[str, Any]:
        original = json.dumps([row.headers, row.cells], ensure_ascii=False)
        return {
            "import_id": import_id,
            "position": row.position,
            "sheet": row.sheet,
            "row": row.row,
            "column": row.column,
            "reason": row.reason,
            "sealed": self.key.seal(original.encode()),
            "created_at": now,
        }

    def _finish(self, connection: Connection, run: Run) -> None:
        now = self.clock.now()
        imports.finish(connection, run, now)
        facts = {"import": run.id, "read": run.counts.read, "stored": run.counts.stored}
        draft = Draft(OFFICE_STREAM, Tag.IMPORT_FINISHED, "import", f"导入 {run.id}", now, facts)
        events.append(connection, [draft], now)


def _counts(batch: _Batch, stored: int, revised: int) -> Counts:
    return Counts(
        read=len(batch.accepted) + len(batch.rejected),
        stored=stored,
        revised=revised,
        duplicate=len(batch.accepted) - stored - revised,
        quarantined=len(batch.rejected),
        ignored=batch.ignored,
        warnings=sum(len(one.warnings) for one in batch.accepted),
    )


def _batches(outcomes: Iterator[Outcome], size: int) -> Generator[_Batch, None, None]:
    """Cut the rows into batches of at most `size`; a number that comes again opens the next batch, so that
    its second row meets the first one stored and becomes a revision or a duplicate of it."""
    batch = _Batch()
    count = 0
    for outcome in outcomes:
        again = isinstance(outcome, Accepted) and outcome.record.native_id in batch.native_ids
        if count >= size or again:
            yield batch
            batch, count = _Batch(), 0
        _put(batch, outcome)
        count += 1
    if count:
        yield batch


def _put(batch: _Batch, outcome: Outcome) -> None:
    batch.position = outcome.position
    match outcome:
        case Accepted():
            batch.accepted.append(outcome)
            batch.native_ids.add(outcome.record.native_id)
        case Rejected():
            batch.rejected.append(outcome)
        case Ignored():
            batch.ignored += 1
