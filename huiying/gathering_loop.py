"""Gathering beside the web: what is due is asked for, what waits is claimed and run, what is wrong is told.

APScheduler only triggers; runs are rows, and a job for each has it carried out by whoever claims it first.
Each run is a process of its own, watched by a thread of the process that does the job.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event

from apscheduler.schedulers.background import BackgroundScheduler

from alerts.alarms import raise_alarm
from core.errors import Conflict, HuiyingError
from core.jobs import Job, JobName, JobRunner
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
_MOST_ADDED = 100


class GatheringLoop:
    """Gathers until it is stopped."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._scheduler = BackgroundScheduler(timezone="UTC")
        self._stopping = Event()

    def start(self, jobs: JobRunner) -> None:
        """Begin to look for what is due, and return; the runs are carried out by `jobs`."""
        self._jobs = jobs
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

    def run_waiting(self, jobs: JobRunner) -> int:
        """Have what waits carried out; for how many runs a job was added.

        A run is claimed by who begins it, so that one whose job came twice is carried out once.
        """
        with self._office.database.read() as connection:
            waiting = crawl_runs.claimable(connection, self._office.clock.now(), _MOST_ADDED)
        names = [f"crawl {run_id}" for run_id in waiting]
        return sum(
            jobs.add(Job(JobName.CRAWL, {"run": run_id}, lock=name, key=name))
            for run_id, name in zip(waiting, names, strict=True)
        )

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

    def carry_out(self, run_id: int) -> None:
        """Carry out a run to its end, unless another process has it.

        Raises:
            HuiyingError: it could not be, or this process is to end.
        """
        claim = claim_run(self._office, run_id)
        if claim is not None:
            row = carry_out(self._office, catalog_of(self._office).get(claim.source_key), claim, self._go_on)
            _log.info("crawl.finished source=%s verdict=%s", claim.source_key, row["verdict"])

    def _go_on(self, _read: int = 0) -> None:
        if self._stopping.is_set():
            raise Conflict("服务正在停止。", mend="重新启动后接着采集。", code="crawl.stopped")

    def _standings(self, catalog: Catalog) -> list[Standing]:
        office = self._office
        with office.database.read() as connection:
            return standings(connection, catalog, office.settings.crawl.contact, office.clock.now())

    def _gather_job(self) -> None:
        self._safely(lambda: (self.plan(), self.run_waiting(self._jobs)), "crawl.plan_failed")

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
