"""Looking after the watched folder and the uploads beside the web, in a thread of its own."""

from __future__ import annotations

import logging

from apscheduler.schedulers.background import BackgroundScheduler

from core.errors import HuiyingError
from huiying.intake.inbox import Inbox
from huiying.intake.uploads import Uploads
from huiying.office import Office

_log = logging.getLogger(__name__)
_EVERY_SECONDS = 2


class IntakeLoop:
    """Imports what comes in until it is stopped; only the process that runs the engine does it."""

    def __init__(self, office: Office) -> None:
        self._inbox = Inbox(office)
        self._uploads = Uploads(office)
        self._scheduler = BackgroundScheduler(timezone="UTC")

    def once(self) -> None:
        """Everything that waits, once."""
        self._uploads.once()
        self._inbox.once()

    def start(self) -> None:
        """Begin and return."""
        self._scheduler.add_job(
            self._job,
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
        self._scheduler.shutdown(wait=True)

    def _job(self) -> None:
        try:
            self.once()
        except HuiyingError as error:
            _log.warning("intake.failed %s", error.code)
        except Exception:  # noqa: BLE001 - an edge of the process: the next look must come
            _log.exception("intake.failed")
