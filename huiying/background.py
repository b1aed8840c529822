"""Everything that goes on by itself beside the pages: in `serve` on one machine, in every `worker` beyond."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from core.errors import Conflict
from huiying.analysis_loop import AnalysisLoop
from huiying.delivery_loop import DeliveryLoop
from huiying.engine_loop import EngineLoop
from huiying.gathering_loop import GatheringLoop
from huiying.indexing_loop import IndexingLoop
from huiying.intake.loop import IntakeLoop
from huiying.jobs import runner_of
from huiying.office import Office
from huiying.work import Work


class Background:
    """The engine, the search indexer, and what finds jobs and runs them.

    Any number of processes of an office on PostgreSQL may have one; on SQLite one process has the engine and
    the jobs, and `start` says so to the others.
    """

    def __init__(self, office: Office, say: Callable[[str], None]) -> None:
        self._engine = EngineLoop(office, say)
        self._indexing = IndexingLoop(office)
        self._analysis = AnalysisLoop(office)
        self._gathering = GatheringLoop(office)
        self._intake = IntakeLoop(office)
        self._delivery = DeliveryLoop(office)
        self._jobs = runner_of(office, Work(self._analysis, self._gathering, self._intake))
        self._running = ExitStack()

    @property
    def has_ended(self) -> bool:
        """Whether the engine has stopped by itself."""
        return self._engine.has_ended

    def start(self) -> None:
        """Begin and return.

        Raises:
            Conflict: on SQLite another process is the engine; the search index is looked after all the same.
        """
        self._begin(self._indexing.start, self._indexing.stop)
        self._begin(self._engine.start, self._engine.stop)
        self._begin(self._jobs.start, self._jobs.stop)
        self._begin(self._delivery.start, self._delivery.stop)
        # Before the runner stops, no more is added to it, and a crawl in hand hears that it is to end.
        for finder in (self._analysis, self._gathering, self._intake):
            finder.start(self._jobs)
            self._running.callback(finder.stop)

    def stop(self) -> None:
        """End after what is in hand."""
        self._running.close()

    def _begin(self, start: Callable[[], object], stop: Callable[[], object]) -> None:
        start()
        self._running.callback(stop)


def start_or_say(background: Background, say: Callable[[str], None]) -> None:
    """Begin; where another process is the engine of this office, go on without and say so."""
    try:
        background.start()
    except Conflict as error:
        say(f"{error.message}本进程只提供网页。")
