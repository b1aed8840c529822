"""Three engines in processes of their own, wherever a test has one: `HUIYING_TEST_ENGINES=3`, on PostgreSQL.

python -m tests.three_engines    is one of them: a line `URL INSTANT` in, the counts of its tick out
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from functools import cache
from typing import IO

from alerts.engine import Engine, Ticked, no_fault
from alerts.ladders import Ladders, load_ladders
from core.clock import FixedClock, parse_instant
from core.rulebook import Rulebook, load_rulebook, rules_folder
from core.working_days import load_calendar
from storage.database import Database, open_database

VARIABLE = "HUIYING_TEST_ENGINES"


@dataclass(frozen=True)
class SeveralEngines(Engine):
    """An engine whose tick is that of several processes at the same moment; the counts are their sum.

    What a test has made different for itself (a fault, another ladder) stays with one engine in this process.
    """

    def tick(self) -> Ticked:
        if self.fault is not no_fault or self.ladders != _shipped()[1]:
            return super().tick()
        url = self.database.engine.url.render_as_string(hide_password=False)
        line = f"{url} {self.clock.now().isoformat()}\n"
        for asked, _ in _processes():
            asked.write(line)
            asked.flush()
        done = Ticked()
        for _, told in _processes():
            done.add(Ticked(*(int(word) for word in told.readline().split())))
        return done


def several(engine: Engine) -> Engine:
    """The engine a test should use: several, where the run asks for it and the database allows it."""
    if os.environ.get(VARIABLE) != "3" or engine.database.is_sqlite:
        return engine
    fields = {name: getattr(engine, name) for name in engine.__dataclass_fields__}
    return SeveralEngines(**fields)


@cache
def _processes() -> tuple[tuple[IO[str], IO[str]], ...]:
    """Where each process is asked, and where it tells."""
    command = [sys.executable, "-m", "tests.three_engines"]
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    for one in started:
        atexit.register(one.kill)
    return tuple((one.stdin, one.stdout) for one in started if one.stdin and one.stdout)


@cache
def _shipped() -> tuple[Rulebook, Ladders]:
    book = load_rulebook(rules_folder())
    return book, load_ladders(rules_folder(), {rule.key for rule in book.rules()})


def _work() -> None:
    """Tick whenever a line comes, on the database it names."""
    book, ladders = _shipped()
    calendar = load_calendar(rules_folder() / "calendar")
    opened: dict[str, Database] = {}
    for line in sys.stdin:
        url, instant = line.split()
        if url not in opened:
            while opened:
                opened.popitem()[1].close()
            opened[url] = open_database(url)
        clock = FixedClock(parse_instant(instant))
        done = Engine(opened[url], ladders, book, calendar, clock).tick()
        sys.stdout.write(" ".join(str(number) for number in asdict(done).values()) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _work()
