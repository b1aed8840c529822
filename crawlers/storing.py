"""Storing what a run reads, batch by batch: messages with their cases, unreadable rows, and how far it came.

A batch is one transaction. The watermark moves only with the last one, after everything is stored, and only
when the run was whole; a run that was taken over by another process can store nothing more.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from core.clock import Clock
from core.model import MessageRecord
from core.vocabulary import Verdict
from crawlers.catalog import Source
from crawlers.imports.runner import Intake
from crawlers.run_log import GOOD
from crawlers.wire import record_from_json
from storage import crawl_runs, messages, source_states, sources
from storage.crawl_runs import Claim
from storage.database import Connection, Database
from storage.keys import DataKey

LEASE = timedelta(minutes=2)
COUNTS = ("read", "stored", "revised", "duplicate", "quarantined")
# A record that is read is stored soon, however slowly the site is asked.
_OLDEST_SECONDS = 2.0
_RATE_PAUSE = timedelta(minutes=30)
_LONGEST_PAUSE = timedelta(days=1)


@dataclass(slots=True)
class _Batch:
    records: list[MessageRecord] = field(default_factory=list)
    rejected: list[dict[str, Any]] = field(default_factory=list)
    pages: list[dict[str, Any]] = field(default_factory=list)
    rows: list[tuple[str, str, str]] = field(default_factory=list)
    unchanged: int = 0
    since: float = 0.0
    native_ids: set[str] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.records) + len(self.rejected) + len(self.pages) + self.unchanged


@dataclass
class RunKeeper:
    """Keeps one claimed run.

    Attributes:
        intake: what happens to messages beside being stored: cases and clocks.
        batch_rows: at most so many rows in one transaction.
    """

    database: Database
    clock: Clock
    key: DataKey
    source: Source
    claim: Claim
    intake: Intake
    batch_rows: int
    counts: Counter[str] = field(default_factory=Counter)
    _batch: _Batch = field(default_factory=_Batch)
    _held: float = field(default_factory=time.monotonic)

    def take(self, line: Mapping[str, Any]) -> None:
        """One line of the run but its last.

        Raises:
            Conflict: another process has taken the run over.
        """
        batch = self._batch
        match line["t"]:
            case "record":
                record = record_from_json(line["r"])
                if record.native_id in batch.native_ids:
                    self.flush()
                    batch = self._batch
                batch.records.append(record)
                batch.native_ids.add(record.native_id)
                self._row(line["row"])
            case "unchanged":
                batch.unchanged += 1
                self._row(line["row"])
            case "rejected":
                batch.rejected.append(dict(line))
            case "page":
                batch.pages.append(dict(line))
            case "words":
                self._keep_words(line["words"])
        now = time.monotonic()
        batch.since = batch.since or now
        if len(batch) >= self.batch_rows or now - batch.since > _OLDEST_SECONDS:
            self.flush()

    def hold(self) -> None:
        """Keep the lease while nothing comes; store what has waited."""
        if len(self._batch):
            self.flush()
        elif time.monotonic() - self._held > LEASE.total_seconds() / 4:
            with self.database.write() as connection:
                crawl_runs.hold(connection, self.claim, self.clock.now() + LEASE)
            self._held = time.monotonic()

    def flush(self) -> None:
        """Store the batch in hand."""
        batch, self._batch = self._batch, _Batch()
        if not len(batch):
            return
        with self.database.write() as connection:
            self.counts += self._store(connection, batch)
        self._held = time.monotonic()

    def finish(self, end: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        """Store the rest, write down how the run ended and how far it came; the run's row."""
        self.flush()
        now = self.clock.now()
        verdict = Verdict(end["verdict"])
        with self.database.write() as connection:
            source_states.ensure(connection, self.source.key)
            crawl_runs.finish(
                connection,
                self.claim,
                {
                    "ended_at": now,
                    "verdict": verdict.value,
                    "message": end["message"],
                    "pages": end.get("pages", 0),
                    "fetched": end.get("fetched", 0),
                    "verdicts": end.get("verdicts", {}),
                    "robots_txt": end.get("robots"),
                    "seconds": round(seconds, 3),
                    "watermark_after": end.get("watermark") if verdict in GOOD else None,
                },
            )
            source_states.change(connection, self.source.key, **self._standing(connection, verdict, end, now))
            return dict(crawl_runs.get(connection, self.claim.run_id))

    def _row(self, row: list[str]) -> None:
        native_id, url, signature = row
        if signature:
            self._batch.rows.append((native_id, url, signature))

    def _store(self, connection: Connection, batch: _Batch) -> Counter[str]:
        now = self.clock.now()
        source = sources.ensure(connection, self.source.key, self.source.channel, now)
        known = messages.find_known(connection, source.id, sorted(batch.native_ids))
        fresh = [one for one in batch.records if one.native_id not in known]
        changed = [
            (known[one.native_id].id, one)
            for one in batch.records
            if one.native_id in known and known[one.native_id].content_hash != one.content_hash
        ]
        counts = Counter(
            read=len(batch.records) + len(batch.rejected) + batch.unchanged,
            stored=len(fresh),
            revised=len(changed),
            duplicate=len(batch.records) - len(fresh) - len(changed) + batch.unchanged,
            quarantined=len(batch.rejected),
        )
        # The lease goes first: when another process has taken over, nothing of this batch is tried.
        crawl_runs.hold(connection, self.claim, now + LEASE, counts)
        stored = messages.insert(connection, source.id, fresh, import_id=None, now=now)
        self.intake.register(connection, stored, now)
        for message_id, record in changed:
            self.intake.revise(connection, message_id, record, now)
        source_states.remember_rows(connection, self.source.key, batch.rows, now)
        crawl_runs.put_in_quarantine(connection, [self._sealed_row(one, now) for one in batch.rejected])
        crawl_runs.keep_pages(connection, [self._sealed_page(one, now) for one in batch.pages])
        return counts

    def _keep_words(self, words: list[dict[str, Any]]) -> None:
        with self.database.write() as connection:
            now = self.clock.now()
            new, known = source_states.put_hot_words(connection, self.source.key, words, now)
            counts = Counter(read=new + known, stored=new, duplicate=known)
            crawl_runs.hold(connection, self.claim, now + LEASE, counts)
            self.counts += counts

    def _sealed_row(self, line: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        raw = json.dumps(line["raw"], ensure_ascii=True)
        return {
            "run_id": self.claim.run_id,
            "url": line["url"],
            "column": line["column"],
            "reason": line["reason"],
            "sealed": self.key.seal(raw.encode()),
            "created_at": now,
        }

    def _sealed_page(self, line: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        return {
            "run_id": self.claim.run_id,
            "url": line["url"],
            "status": line["status"],
            "verdict": line["verdict"],
            "sealed": self.key.seal(line["body"].encode("utf-8", "surrogatepass")),
            "created_at": now,
        }

    def _standing(
        self, connection: Connection, verdict: Verdict, end: Mapping[str, Any], now: datetime
    ) -> dict[str, Any]:
        """What the run changes about its source."""
        state = source_states.ensure(connection, self.source.key)
        every = timedelta(minutes=self.source.cadence.every_minutes)
        values: dict[str, Any] = {"next_run_at": now + every}
        if self.counts["stored"] or self.counts["revised"]:
            values["last_news_at"] = now
        if verdict in GOOD:
            values |= {"last_ok_at": now, "failures": 0, "backoff_until": None}
            values["watermark"] = end.get("watermark", state["watermark"])
            return values
        failures = state["failures"] + 1
        values |= {"failures": failures, "next_run_at": now + min(every * failures, _LONGEST_PAUSE)}
        if verdict is Verdict.BLOCKED_RATE:
            pause = max(_RATE_PAUSE, timedelta(seconds=end.get("retry_after") or 0))
            values |= {"backoff_until": now + pause, "next_run_at": max(values["next_run_at"], now + pause)}
        if verdict is Verdict.BLOCKED_LOGIN and self.source.needs_credential:
            values["credential_refused_at"] = now
        return values
