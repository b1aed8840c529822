"""Gathering beside the web: what is due is asked for, what waits is claimed and run, what is wrong is told.

APScheduler only triggers; runs are rows, and a row is carried out by whoever claims it. Each run is a process
of its own, watched by a thread here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Event, Lock

from apscheduler.schedulers.background import BackgroundScheduler

from alerts.alarms import raise_alarm
from core.errors import Conflict, HuiyingError
from core.labels import label
from crawlers.catalog import Catalog
from crawlers.health import Standing, standings
from huiying.gathering import ask_for, carry_out, catalog_of, claim_run, may_claim_now
from huiying.office import Office
from storage import crawl_runs

_log = logging.getLogger(__name__)
_EVERY_SECONDS = 5
_HEALTH_SECONDS = 60
_KEPT = timedelta(days=30)


class GatheringLoop:
    """Gathers until it is stopped."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._scheduler = BackgroundScheduler(timezone="UTC")
        self._runners = ThreadPoolExecutor(office.settings.crawl.concurrent_runs, "crawl")
        self._running: set[int] = set()
        self._lock = Lock()
        self._stopping = Event()

    def start(self) -> None:
        """Begin and return."""
        for job, seconds in ((self._gather_job, _EVERY_SECONDS), (self._health_job, _HEALTH_SECONDS)):
            self._scheduler.add_job(
                job,
                "interval",
                seconds=seconds,
                id=job.__name__,
                max_instances=1,
                coalesce=True,
                misfire_grace_time=None,
            )
        self._scheduler.start()

    def stop(self) -> None:
        """End; a run in hand is finished by whoever claims it when its lease has run out."""
        self._stopping.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
        self._runners.shutdown(wait=True, cancel_futures=True)

    def plan(self) -> list[int]:
        """Ask for a run of every source that is on, allowed and due; the numbers of the runs."""
        office, now = self._office, self._office.clock.now()
        return [
            ask_for(office, one.source, crawl_runs.SCHEDULE, "定时")
            for one in self._standings(catalog_of(office))
            if one.is_on
            and one.refusal is None
            and may_claim_now(one.source, one.state, now)
            and _is_due(one, now)
        ]

    def run_waiting(self) -> int:
        """Claim what waits, as many as may run at once; how many were begun."""
        office = self._office
        with self._lock:
            free = office.settings.crawl.concurrent_runs - len(self._running)
        if free <= 0:
            return 0
        with office.database.read() as connection:
            waiting = crawl_runs.claimable(connection, office.clock.now(), free)
        catalog = catalog_of(office)
        for run_id in waiting:
            with self._lock:
                self._running.add(run_id)
            self._runners.submit(self._run, catalog, run_id)
        return len(waiting)

    def tell(self) -> int:
        """Tell the administrators what is wrong, each trouble once; how many were written to."""
        office, now = self._office, self._office.clock.now()
        found = self._standings(catalog_of(office))
        told = 0
        with office.database.write() as connection:
            for one in found:
                for trouble in one.troubles:
                    facts = {
                        "source": one.source.name,
                        "trouble": label(trouble.kind),
                        "message": trouble.message,
                    }
                    key = f"{one.source.key}/{trouble.kind.value}/{trouble.since}"
                    told += raise_alarm(
                        connection, office.ladders.delivery, "source_trouble", facts, key, now
                    )
            crawl_runs.drop_kept_before(connection, now - _KEPT)
        return told

    def _run(self, catalog: Catalog, run_id: int) -> None:
        try:
            claim = claim_run(self._office, run_id)
            if claim is not None:
                row = carry_out(self._office, catalog.get(claim.source_key), claim, self._go_on)
                _log.info("crawl.finished source=%s verdict=%s", claim.source_key, row["verdict"])
        except HuiyingError as error:
            _log.warning("crawl.failed run=%d %s", run_id, error.code)
        except Exception:  # noqa: BLE001 - an edge of the process: the next run must come
            _log.exception("crawl.failed run=%d", run_id)
        finally:
            with self._lock:
                self._running.discard(run_id)

    def _go_on(self, _read: int = 0) -> None:
        if self._stopping.is_set():
            raise Conflict("服务正在停止。", mend="重新启动后接着采集。", code="crawl.stopped")

    def _standings(self, catalog: Catalog) -> list[Standing]:
        office = self._office
        with office.database.read() as connection:
            return standings(connection, catalog, office.settings.crawl.contact, office.clock.now())

    def _gather_job(self) -> None:
        self._safely(lambda: (self.plan(), self.run_waiting()), "crawl.plan_failed")

    def _health_job(self) -> None:
        self._safely(self.tell, "crawl.health_failed")

    def _safely(self, work: Callable[[], object], said: str) -> None:
        try:
            work()
        except HuiyingError as error:
            _log.warning("%s %s", said, error.code)
        except Exception:  # noqa: BLE001 - an edge of the process: the next run must come
            _log.exception(said)


def _is_due(one: Standing, now: datetime) -> bool:
    next_at = one.state["next_run_at"] if one.state else None
    return next_at is None or next_at <= now
