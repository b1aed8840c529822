"""The engine of one process: a ticker that says "claim what is due" every second, and holds no truth.

APScheduler keeps its jobs in memory and calls two functions; everything that must survive stands in the
database. Its thread is watched, because a scheduler whose thread has died still says that it runs.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event, Thread

from apscheduler.schedulers.background import BackgroundScheduler

from alerts.calendar_watch import alarm_missing_year
from alerts.channels.opening import open_all
from alerts.dispatcher import Dispatched, Dispatcher
from alerts.duty import alarm_gaps
from alerts.engine import Engine, Ticked
from core.clock import iso
from core.errors import Conflict, HuiyingError
from huiying.engine_right import EngineRight
from huiying.office import Office
from storage import channels, engine_state

_log = logging.getLogger(__name__)
_EVERY_SECONDS = 1
_HOURLY_SECONDS = 3600
_WATCH_SECONDS = 5.0
_SIGN_EVERY = timedelta(seconds=5)


class EngineLoop:
    """Ticks and sends until it is stopped.

    Args:
        show: what the console channel does with each line beside writing it to the file.
    """

    def __init__(self, office: Office, show: Callable[[str], None] | None = None) -> None:
        self._office = office
        self._show = show
        self._right: EngineRight | None = None
        self._scheduler: BackgroundScheduler | None = None
        self._signed_at: datetime | None = None
        self._stopped = Event()
        self._watcher: Thread | None = None
        law = office.law
        self._engine = Engine(office.database, law.ladders, law.rulebook, office.calendar, office.clock)
        self._dispatcher = Dispatcher(
            office.database,
            lambda: open_all(
                office.database, office.key, office.settings.data_dir, office.channel_limits, show
            ),
            office.clock,
            law.ladders.delivery,
        )

    def start(self) -> None:
        """Become an engine and return; the work goes on in threads of its own.

        Raises:
            Conflict: SQLite, and another process is the engine.
            StorageError: the database cannot be used.
        """
        self._prepare()
        self._scheduler = self._schedule()
        self._watcher = Thread(target=self._watch, name="engine-watch", daemon=True)
        self._watcher.start()

    def once(self) -> tuple[Ticked, Dispatched]:
        """Do what is due now, send what is ready, and give the right to be the engine back.

        Raises:
            Conflict: SQLite, and another process is the engine.
            StorageError: the database cannot be used.
        """
        self._prepare()
        try:
            self._hourly_job()
            return self._tick(), self._dispatcher.drain()
        finally:
            self._release()

    def stop(self) -> None:
        """End after the work in hand; what was not done is done by the next engine."""
        self._stopped.set()
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=True)
        if self._watcher is not None:
            self._watcher.join()
        self._release()

    @property
    def has_ended(self) -> bool:
        """Whether it was stopped, or another engine took over."""
        return self._stopped.is_set()

    def is_alive(self) -> bool:
        """Whether the ticking thread itself lives, whatever the scheduler says of itself."""
        # The thread is not public; `running` stays true after it has died (measured).
        thread = getattr(self._scheduler, "_thread", None)
        return thread is not None and thread.is_alive()

    def _prepare(self) -> None:
        office = self._office
        if office.database.is_sqlite:
            self._right = EngineRight.acquire(office.database, office.clock.now())
        with office.database.write() as connection:
            channels.ensure_console(connection, office.key, office.clock.now())

    def _release(self) -> None:
        if self._right is not None:
            self._right.release()
            self._right = None

    def _schedule(self) -> BackgroundScheduler:
        scheduler = BackgroundScheduler(timezone="UTC")
        for name, job, seconds in (
            ("tick", self._tick_job, _EVERY_SECONDS),
            ("dispatch", self._dispatch_job, _EVERY_SECONDS),
            ("hourly", self._hourly_job, _HOURLY_SECONDS),
        ):
            scheduler.add_job(
                job,
                "interval",
                seconds=seconds,
                id=name,
                max_instances=1,
                coalesce=True,
                misfire_grace_time=None,
            )
        # A tick that outlasts its second is ordinary and catches up; the library would warn each time.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        scheduler.start()
        return scheduler

    def _watch(self) -> None:
        while not self._stopped.wait(_WATCH_SECONDS):
            if not self.is_alive():
                _log.error("engine.thread_died")
                self._scheduler = self._schedule()

    def _tick(self) -> Ticked:
        self._sign_of_life()
        return self._engine.tick()

    def _sign_of_life(self) -> None:
        """Every few seconds: hold the right longer, and say when the last tick was begun."""
        now = self._office.clock.now()
        if self._signed_at is not None and now - self._signed_at < _SIGN_EVERY:
            return
        if self._right is not None:
            self._right.renew(now)
        with self._office.database.write() as connection:
            engine_state.put(connection, engine_state.LAST_TICK_AT, iso(now) or "")
        self._signed_at = now

    def _tick_job(self) -> None:
        try:
            done = self._tick()
        except Conflict as error:
            _log.error("engine.superseded %s", error.code)
            self._stopped.set()
        except HuiyingError as error:
            _log.warning("tick.failed %s", error.code)
        except Exception:  # noqa: BLE001 - an edge of the process: the next tick must come
            _log.exception("tick.failed")
        else:
            if done.failed:
                _log.error("tick.actions_failed failed=%d quarantined=%d", done.failed, done.quarantined)

    def _hourly_job(self) -> None:
        """Look ahead: next year's calendar, the gaps of the roster."""
        office = self._office
        ladders, now = office.law.ladders, office.clock.now()
        try:
            alarm_missing_year(office.database, ladders, office.calendar, now)
            with office.database.write() as connection:
                alarm_gaps(connection, ladders.delivery, office.calendar, now)
        except HuiyingError as error:
            _log.warning("hourly.failed %s", error.code)

    def _dispatch_job(self) -> None:
        if self._stopped.is_set():
            return
        try:
            self._dispatcher.drain()
        except HuiyingError as error:
            _log.warning("dispatch.failed %s", error.code)
        except Exception:  # noqa: BLE001 - an edge of the process: the next run must come
            _log.exception("dispatch.failed")
