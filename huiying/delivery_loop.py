"""定时报送 beside the web: every half minute papers that are due are drafted, and what may go is mailed."""

from __future__ import annotations

import logging

from apscheduler.schedulers.background import BackgroundScheduler

from alerts.channels import Channel
from alerts.channels.opening import open_channel
from core.errors import HuiyingError
from core.vocabulary import ChannelKind
from huiying.office import Office
from reports.papers.delivering import Delivered, deliver
from reports.papers.scope import Desk
from storage import channels

_log = logging.getLogger(__name__)
_EVERY_SECONDS = 30


class DeliveryLoop:
    """Drafts and sends until it is stopped; any number of processes may."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._scheduler = BackgroundScheduler(timezone="UTC")

    def once(self) -> Delivered:
        """Everything that is due now."""
        office = self._office
        labels = {one.key: one.label for one in office.rulebook.rules()}
        desk = Desk(office.settings.office.name, office.clock.now(), office.calendar, labels)
        return deliver(office.database, desk, self._open_mail)

    def start(self) -> None:
        """Begin and return; the work goes on in a thread of its own."""
        self._scheduler.add_job(
            self._job,
            "interval",
            seconds=_EVERY_SECONDS,
            id="deliver",
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
        self._scheduler.start()

    def stop(self) -> None:
        """End after the mail in hand."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def _open_mail(self, key: str) -> Channel | None:
        office = self._office
        with office.database.read() as connection:
            stored = channels.stored(connection, office.key)
        found = [one for one in stored if one.key == key and one.kind is ChannelKind.SMTP and one.is_enabled]
        return open_channel(found[0], office.settings.data_dir) if found else None

    def _job(self) -> None:
        try:
            done = self.once()
        except HuiyingError as error:
            _log.warning("papers.delivery_failed %s", error.code)
        except Exception:  # noqa: BLE001 - an edge of the process: the next run must come
            _log.exception("papers.delivery_failed")
        else:
            if done.failed:
                _log.error("papers.undelivered count=%d", done.failed)
