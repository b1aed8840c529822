"""Jobs on one machine: APScheduler's executor, which keeps them in memory.

What waits is lost with the process; every job can be found again from SQL (a source is due, a message has no
assessment), so that whoever added it adds it again.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping
from threading import Lock

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from core.jobs import Job, JobName

_log = logging.getLogger(__name__)


class LocalJobs:
    """Runs jobs in a few threads of this process.

    Args:
        run: does one job; raises where it failed.
        at_once: how many of a name run at once; one where it is not told.
    """

    def __init__(self, run: Callable[[Job], None], at_once: Mapping[JobName, int]) -> None:
        self._run = run
        places = {name.value: ThreadPoolExecutor(at_once.get(name, 1)) for name in JobName}
        self._scheduler = BackgroundScheduler(timezone="UTC", executors=places)
        self._guard = Lock()
        self._waiting: set[str] = set()
        self._locks: dict[str, Lock] = defaultdict(Lock)

    def add(self, job: Job) -> bool:
        """Have a job run as soon as a thread is free."""
        with self._guard:
            if job.key is not None and job.key in self._waiting:
                return False
            if job.key is not None:
                self._waiting.add(job.key)
        self._scheduler.add_job(self._one, args=[job], executor=job.name.value, misfire_grace_time=None)
        return True

    def start(self) -> None:
        """Begin to run jobs."""
        self._scheduler.start()

    def stop(self) -> None:
        """End after the jobs in hand."""
        # First, under its lock: a shutdown in the middle of its round would end its thread with an error.
        self._scheduler.remove_all_jobs()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def _one(self, job: Job) -> None:
        with self._guard:
            if job.key is not None:
                self._waiting.discard(job.key)
            lock = self._locks[job.lock] if job.lock is not None else Lock()
        with lock:
            try:
                self._run(job)
            except Exception:  # noqa: BLE001 - an edge of the process: the next job must run
                _log.exception("job.failed %s", job.name.value)
