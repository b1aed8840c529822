"""Jobs on many machines: procrastinate's queue in the office's own PostgreSQL.

A job that was added survives every process. One whose worker died is found by the heart that no longer beats,
and offered to another; one that failed is tried again a few times.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

from core.jobs import Job, JobName

if TYPE_CHECKING:
    # An optional extra, and merely importing it starts a process (`file`, to learn the machine's word size).
    from procrastinate import App

_log = logging.getLogger(__name__)
_TASK = "huiying.job"
_TRIES = 3
_CONNECTIONS = 4
_WAIT_SECONDS = 30


class ClusterJobs:
    """Adds jobs to the queue and, once started, runs them beside the workers of other machines.

    Args:
        address: of the database, in libpq's form.
        run: does one job; raises where it failed.
        at_once: how many of a name run at once in this process; one where it is not told.
        silent_seconds: a worker that was not heard of for so long is dead.
    """

    def __init__(
        self,
        address: str,
        run: Callable[[Job], None],
        at_once: Mapping[JobName, int],
        *,
        silent_seconds: float = 30.0,
    ) -> None:
        self._address, self._run = address, run
        self._at_once, self._silent = at_once, silent_seconds
        self._stopped, self._ready = Event(), Event()
        self._guard = Lock()
        self._adding: App | None = None
        self._thread = Thread(target=lambda: asyncio.run(self._serve()), name="jobs", daemon=True)

    def prepare(self) -> None:
        """Make the queue's tables where they are missing; the caller sees to it that one process does."""
        app = self._app()
        with app.open():
            found = app.connector.get_sync_connector().execute_query_one(
                "SELECT to_regclass('procrastinate_jobs') IS NOT NULL AS made"
            )
            if not found["made"]:
                app.schema_manager.apply_schema()

    def add(self, job: Job) -> bool:
        """Have a job run by whichever worker is free."""
        from procrastinate.exceptions import AlreadyEnqueued

        with self._guard:
            if self._adding is None:
                self._adding = self._app()
                self._adding.open()
            deferred = self._adding.configure_task(
                _TASK, queue=job.name.value, lock=job.lock, queueing_lock=job.key
            )
            try:
                deferred.defer(name=job.name.value, values=dict(job.values), lock=job.lock, key=job.key)
            except AlreadyEnqueued:
                return False
        return True

    def start(self) -> None:
        """Begin to run jobs."""
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """End after the jobs in hand."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()
        with self._guard:
            if self._adding is not None:
                self._adding.close()
                self._adding = None

    def _app(self) -> App:
        from procrastinate import App, PsycopgConnector, RetryStrategy

        app = App(connector=PsycopgConnector(conninfo=self._address, min_size=1, max_size=_CONNECTIONS))
        retry = RetryStrategy(max_attempts=_TRIES, wait=_WAIT_SECONDS)
        app.task(name=_TASK, retry=retry)(self._one)
        return app

    def _one(self, **given: Any) -> None:
        self._run(Job(JobName(given["name"]), given["values"], given["lock"], given["key"]))

    async def _serve(self) -> None:
        app = self._app()
        async with app.open_async():
            workers = [asyncio.create_task(self._worker(app, name)) for name in JobName]
            self._ready.set()
            while not self._stopped.is_set() and not any(worker.done() for worker in workers):
                await self._sweep(app)
                await asyncio.sleep(min(1.0, self._silent / 3))
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    async def _worker(self, app: App, name: JobName) -> None:
        await app.run_worker_async(
            queues=[name.value],
            concurrency=self._at_once.get(name, 1),
            install_signal_handlers=False,
            fetch_job_polling_interval=1.0,
            update_heartbeat_interval=self._silent / 3,
            stalled_worker_timeout=self._silent,
            # A look every few seconds is a row each time; what failed stays to be read.
            delete_jobs="successful",
        )

    async def _sweep(self, app: App) -> None:
        """Offer again what a dead worker had in hand."""
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=self._silent):
            _log.warning("job.stalled %s", job.id)
            await app.job_manager.retry_job(job)
