"""Keeping the search index up to date beside the other work of a process: about one commit a second.

What is wrong with the engine is said once, when it begins and when it ends; what waits stays in SQL.
"""

from __future__ import annotations

import logging
from threading import Event, Thread

from core.errors import Conflict, HuiyingError
from huiying.office import Office
from storage.search.indexer import Indexer

_log = logging.getLogger(__name__)
_EVERY_SECONDS = 1.0
# How long another process that is the indexer, or an engine that is down, is left alone.
_AGAIN_SECONDS = 5.0


class IndexingLoop:
    """Indexes until it is stopped; tries to become the indexer while another process is."""

    def __init__(self, office: Office) -> None:
        self._indexer = Indexer(office.database, office.search_index, office.clock)
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="indexer", daemon=True)
        self._trouble: str | None = None

    def start(self) -> None:
        """Begin and return; the work goes on in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """End after the batch in hand."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        started = False
        while not self._stopped.is_set():
            try:
                if not started:
                    self._indexer.start()
                    started = True
                refused = self._indexer.drain().refused
                self._say("search.refused" if refused else None)
                wait = _EVERY_SECONDS
            except Conflict:  # another process is the indexer
                started, wait = self._give_up(), _AGAIN_SECONDS
            except HuiyingError as error:
                self._say(error.code)
                started, wait = self._give_up(), _AGAIN_SECONDS
            except Exception:  # noqa: BLE001 - an edge of the process: the next round must come
                _log.exception("search.failed")
                started, wait = self._give_up(), _AGAIN_SECONDS
            self._stopped.wait(wait)
        self._give_up()

    def _give_up(self) -> bool:
        """Not the indexer any more: what is started next is started afresh."""
        try:
            self._indexer.stop()
        except HuiyingError as error:
            self._say(error.code)
        return False

    def _say(self, trouble: str | None) -> None:
        if trouble == self._trouble:
            return
        if trouble is not None:
            _log.warning("search.trouble %s", trouble)
        else:
            _log.info("search.recovered")
        self._trouble = trouble
