"""Looking after the watched folder and the uploads beside the web, in a thread of its own."""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from apscheduler.schedulers.background import BackgroundScheduler

from core.errors import HuiyingError
from core.jobs import Job, JobName, JobRunner
from huiying.intake.inbox import Inbox
from huiying.intake.uploads import Uploads
from huiying.office import Office

_log = logging.getLogger(__name__)
_EVERY_SECONDS = 2
_LOCK = ".inbox-lock"


@contextmanager
def alone(path: Path) -> Iterator[bool]:
    """Whether no other process is in such a block of the same file; the lock of one that dies is freed."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(lock)


class IntakeLoop:
    """Finds what comes in until it is stopped.

    An upload is a row: a job has it brought in by any worker that reaches the data folder. The watched folder
    is looked after by one process of those that share it.
    """

    def __init__(self, office: Office) -> None:
        self._inbox = Inbox(office)
        self._uploads = Uploads(office)
        self._folder = office.settings.data_dir
        self._scheduler = BackgroundScheduler(timezone="UTC")

    def bring_in(self, upload_id: int) -> None:
        """Take an upload as far as it goes without a person."""
        self._uploads.bring_in(upload_id)

    def once(self, jobs: JobRunner) -> None:
        """Add a job for every upload that waits, and look at the watched folder."""
        for upload_id in self._uploads.to_do():
            name = f"upload {upload_id}"
            jobs.add(Job(JobName.IMPORT, {"upload": upload_id}, lock=name, key=name))
        with alone(self._folder / _LOCK) as is_mine:
            if is_mine:
                self._inbox.once()

    def start(self, jobs: JobRunner) -> None:
        """Begin and return."""
        self._scheduler.add_job(
            lambda: self._job(jobs),
            "interval",
            seconds=_EVERY_SECONDS,
            id="intake",
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
        self._scheduler.start()

    def stop(self) -> None:
        """End after the file in hand."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def _job(self, jobs: JobRunner) -> None:
        try:
            self.once(jobs)
        except HuiyingError as error:
            _log.warning("intake.failed %s", error.code)
        except Exception:  # noqa: BLE001 - an edge of the process: the next look must come
            _log.exception("intake.failed")
