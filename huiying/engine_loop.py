"""The engine of one process: a ticker that says "claim what is due" every second, and holds no truth.

APScheduler keeps its jobs in memory and calls two functions; everything that must survive stands in the
database. Its thread is watched, because a scheduler whose thread has died still says that it runs.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event, Thread

from apscheduler.schedulers.background import BackgroundScheduler

from alerts.calendar_watch import alarm_missing_year
from alerts.channels.opening import open_all
from alerts.dispatcher import Dispatched, Dispatcher
from alerts.duty import alarm_gaps
from alerts.engine import Engine, Ticked
from alerts.halting import ALARM
from alerts.morning import send_morning_digests
from alerts.watch import audit_plans, look
from core.errors import Conflict, HuiyingError
from huiying.deadman import ping
from huiying.engine_guard import EngineGuard
from huiying.engine_right import EngineRight
from huiying.office import Office
from storage import channels, engine_state
from storage.migrate import require_current

_log = logging.getLogger(__name__)
_EVERY_SECONDS = 1
_AHEAD_SECONDS = 300
_WATCH_SECONDS = 5.0
_AUDIT_SECONDS = 60
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
        self._tick_seconds = 0.0
        self._stopped = Event()
        self._may_act = Event()
        self._guard = EngineGuard(office.database, office.ladders.delivery, office.settings.data_dir)
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
            links=office.ack_links,
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
            self._look_ahead_job()
            ticked = self._tick()
            return ticked, self._dispatcher.drain(None if self._may_act.is_set() else ALARM)
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
        every = self._office.settings.watch.ping_seconds
        for name, job, seconds in (
            ("tick", self._tick_job, _EVERY_SECONDS),
            ("dispatch", self._dispatch_job, _EVERY_SECONDS),
            ("ahead", self._look_ahead_job, _AHEAD_SECONDS),
            ("audit", self._audit_job, _AUDIT_SECONDS),
            ("ping", self._ping_job, every),
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
        if not self._guard.may_act(self._office.clock.now()):
            self._may_act.clear()
            if self._right is not None:
                self._right.renew(self._office.clock.now())
            return Ticked()
        self._may_act.set()
        self._sign_of_life()
        began = time.monotonic()
        done = self._engine.tick()
        self._tick_seconds = max(self._tick_seconds, time.monotonic() - began)
        return done

    def _sign_of_life(self) -> None:
        """Every few seconds: hold the right longer, and say when a tick was begun and how long one took.

        Raises:
            Conflict: another engine took over, or a newer version has changed the database.
        """
        now = self._office.clock.now()
        if self._signed_at is not None and now - self._signed_at < _SIGN_EVERY:
            return
        if self._right is not None:
            self._right.renew(now)
        with self._office.database.write() as connection:
            require_current(connection)
            self._guard.sign(connection, now)
            engine_state.put(connection, engine_state.LAST_TICK_SECONDS, f"{self._tick_seconds:.3f}")
        self._guard.remember(now)
        self._signed_at = now
        self._tick_seconds = 0.0

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

    def _look_ahead_job(self) -> None:
        """Look ahead: next year's calendar, the gaps of the roster, what waits for whom this morning."""
        office = self._office
        ladders, now = office.law.ladders, office.clock.now()
        try:
            alarm_missing_year(office.database, ladders, office.calendar, now)
            with office.database.write() as connection:
                alarm_gaps(connection, ladders.delivery, office.calendar, now)
                send_morning_digests(connection, ladders, office.calendar, now)
        except HuiyingError as error:
            _log.warning("ahead.failed %s", error.code)

    def _dispatch_job(self) -> None:
        if self._stopped.is_set():
            return
        try:
            # Until the first tick has judged the time, and while all stands still, only that alarm goes out.
            self._dispatcher.drain(None if self._may_act.is_set() else ALARM)
        except HuiyingError as error:
            _log.warning("dispatch.failed %s", error.code)
        except Exception:  # noqa: BLE001 - an edge of the process: the next run must come
            _log.exception("dispatch.failed")

    def _audit_job(self) -> None:
        """Find running clocks that were forgotten."""
        if self._stopped.is_set() or not self._may_act.is_set():
            return
        office = self._office
        try:
            with office.database.write() as connection:
                found = audit_plans(connection, office.ladders.delivery, office.clock.now())
        except Exception:  # noqa: BLE001 - an edge of the process: the next audit must come
            _log.exception("audit.failed")
        else:
            if found:
                _log.error("deadline.unplanned count=%d", found)

    def _ping_job(self) -> None:
        """Tell the outside watchdog that all is well; silence tells it the contrary."""
        office = self._office
        watch = office.settings.watch
        if watch.ping_url is None or self._stopped.is_set():
            return
        try:
            with office.database.read() as connection:
                state = look(connection, office.clock.now(), timedelta(seconds=watch.lag_seconds))
            trouble = ping(watch) if state.is_well else state.troubles[0]
        except Exception:  # noqa: BLE001 - an edge of the process: the next ping must come
            _log.exception("ping.failed")
        else:
            if trouble:
                _log.warning("ping.withheld %s", trouble)
