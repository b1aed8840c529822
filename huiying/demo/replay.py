"""Replays the demo's incident day faster than life: hours of posts come in within a minute and a half.

Each batch is an export that is imported like any other, so that analysis, triage and clocks do what they
always do. How far the replay came stands in the database: started again, it goes on and repeats nothing.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Event, Thread

from core.clock import iso, parse_instant
from core.errors import HuiyingError
from core.vocabulary import ImportKind
from huiying.demo.moments import Moments
from huiying.demo.posts import Day, Post, write_export
from huiying.importing import Wish, import_file
from huiying.office import Office
from storage import engine_state

_log = logging.getLogger(__name__)
_BEGAN_AT = "demo_replay_began_at"
_DONE = "demo_replay_done"

SECONDS = 90.0
BATCHES = 9


@dataclass(frozen=True, slots=True)
class Batch:
    """Posts that come in together, `after` so many seconds of the replay; oldest first."""

    after: float
    posts: tuple[Post, ...]


def batches(
    posts: Sequence[Post], published: Sequence[datetime], seconds: float = SECONDS, steps: int = BATCHES
) -> list[Batch]:
    """The timetable: equal steps over `seconds`, each bringing the posts of its share of the story.

    Steps without a post are left out; the last post comes exactly at the end.

    Args:
        posts: oldest first.
        published: when each was published.
    """
    first, span = published[0], published[-1] - published[0]
    step_of = [min(steps - 1, int((at - first) / span * steps)) if span else 0 for at in published]
    return [
        Batch(seconds * (step + 1) / steps, chosen)
        for step in range(steps)
        if (chosen := tuple(post for post, own in zip(posts, step_of, strict=True) if own == step))
    ]


class Replay:
    """Brings the posts of a day into the demo, in a thread of its own.

    Args:
        office: the demo's installation, loaded.
        day: what to replay.
        wait: sleeps so many seconds and says whether the replay should end; by default until it is stopped.
    """

    def __init__(self, office: Office, day: Day, wait: Callable[[float], bool] | None = None) -> None:
        self._office = office
        self._day = day
        self._stopped = Event()
        self._wait = wait or self._stopped.wait
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin and return."""
        self._thread = Thread(target=self._run_and_tell, name="demo-replay", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the batch in hand; the next replay goes on from there."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def run(self) -> int:
        """Replay what is left, in the caller's thread; how many posts came in.

        Raises:
            HuiyingError: a batch could not be imported.
        """
        moments, done = self._begin()
        left = set(self._day.posts[done:])
        brought, elapsed = 0, self._elapsed(moments, done)
        for batch in self._timetable(moments):
            chosen = tuple(post for post in batch.posts if post in left)
            if not chosen:
                continue
            if self._wait(batch.after - elapsed):
                break
            elapsed = batch.after
            self._bring(chosen, moments)
            brought += len(chosen)
        return brought

    def _timetable(self, moments: Moments) -> list[Batch]:
        return batches(self._day.posts, [post.at(moments) for post in self._day.posts])

    def _elapsed(self, moments: Moments, done: int) -> float:
        """How far into the replay an earlier run came, in its seconds."""
        came = set(self._day.posts[:done])
        return max((one.after for one in self._timetable(moments) if came.issuperset(one.posts)), default=0.0)

    def _begin(self) -> tuple[Moments, int]:
        """The instant the posts are relative to, kept from the first run on, and how many came in before."""
        with self._office.database.write() as connection:
            engine_state.set_once(connection, _BEGAN_AT, iso(self._office.clock.now()) or "")
            began_at = engine_state.find(connection, _BEGAN_AT) or ""
            done = int(engine_state.find(connection, _DONE) or 0)
        return Moments(parse_instant(began_at), self._office.calendar), done

    def _bring(self, chosen: Sequence[Post], moments: Moments) -> None:
        with tempfile.TemporaryDirectory(dir=self._office.settings.data_dir) as folder:
            path = Path(folder) / f"微博搜索导出-{chosen[-1].at(moments):%H%M}.xlsx"
            write_export(self._day, chosen, moments, path)
            import_file(self._office, path, Wish(ImportKind.WEIBO_EXPORT))
        done = self._day.posts.index(chosen[-1]) + 1
        with self._office.database.write() as connection:
            engine_state.put(connection, _DONE, str(done))

    def _run_and_tell(self) -> None:
        try:
            self.run()
        except HuiyingError as error:
            _log.warning("demo.replay_failed %s", error.code)
        except Exception:  # noqa: BLE001 - an edge of the process: the demo goes on without the replay
            _log.exception("demo.replay_failed")
