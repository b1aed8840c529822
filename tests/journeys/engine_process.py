"""An engine and a dispatcher in a process of their own, which kills itself at a named point.

    python -m tests.journeys.engine_process DATABASE_URL INSTANT POINT TIMES

SIGKILL, so no handler and no clean-up runs, when POINT is reached for the TIMES-th time; `-` for never.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from alerts.channels import Channel
from alerts.channels.opening import open_channel
from alerts.dispatcher import Dispatcher
from alerts.engine import Engine
from alerts.ladders import load_ladders
from core.clock import FixedClock, parse_instant
from core.errors import DeliveryError
from core.rulebook import load_rulebook, rules_folder
from storage import channels
from storage.database import Database, open_database
from tests.alerts.watchroom import CALENDAR, KEY


def killer(point: str, times: int) -> Callable[[str], None]:
    """A fault that lets `times - 1` passes of `point` go by."""
    left = times

    def reach(reached: str) -> None:
        nonlocal left
        if reached == point:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return reach


def opened(database: Database) -> Mapping[int, Channel | DeliveryError]:
    """The channels as they are stored."""
    with database.read() as connection:
        return {one.id: open_channel(one, Path("/nowhere")) for one in channels.stored(connection, KEY)}


def run(url: str, instant: str, point: str, times: str) -> None:
    """Tick once, then send until nothing is ready."""
    database = open_database(url)
    clock = FixedClock(parse_instant(instant))
    book = load_rulebook(rules_folder())
    ladders = load_ladders(rules_folder(), [])
    fault = killer(point, int(times))
    Engine(database, ladders, book, CALENDAR, clock, fault).tick()
    Dispatcher(database, lambda: opened(database), clock, ladders.delivery, fault=fault).drain()
    database.close()


if __name__ == "__main__":
    run(*sys.argv[1:])
