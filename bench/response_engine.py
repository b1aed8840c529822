"""An engine and a dispatcher in a process of their own, until it is killed.

The fork server imports this module once and so has the rules at hand: a new engine looks for work at once.
"""

from __future__ import annotations

import time
from pathlib import Path

from alerts.channels.limits import load_limits
from alerts.channels.opening import open_all
from alerts.dispatcher import Dispatcher
from alerts.engine import Engine
from alerts.ladders import load_ladders
from core.errors import StorageError
from core.rulebook import load_rulebook, rules_folder
from core.working_days import load_calendar
from storage.clock import DatabaseClock
from storage.database import open_database
from storage.keys import DataKey

KEY = DataKey(bytes(32))
_PAUSE_SECONDS = 0.2
_BOOK = load_rulebook(rules_folder())
_LADDERS = load_ladders(rules_folder(), [])
_CALENDAR = load_calendar(rules_folder() / "calendar")
_LIMITS = load_limits(rules_folder())


def run(url: str, *, sends: bool) -> None:
    """Tick, and send where told, several times a second for ever."""
    database = open_database(url)
    clock = DatabaseClock(database)
    engine = Engine(database, _LADDERS, _BOOK, _CALENDAR, clock)
    dispatcher = Dispatcher(
        database, lambda: open_all(database, KEY, Path("/nowhere"), _LIMITS), clock, _LADDERS.delivery
    )
    while True:
        try:
            engine.tick()
            if sends:
                dispatcher.drain()
        except StorageError:
            pass  # the next turn tries again, as the engine's loop does
        time.sleep(_PAUSE_SECONDS)
