"""The two runners of jobs keep the same promises."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Lock

import pytest

from core.clock import FixedClock
from core.errors import InvalidInput
from core.jobs import Job, JobName, JobRunner
from huiying.cluster_jobs import ClusterJobs
from huiying.job_commands import arguments_of
from huiying.local_jobs import LocalJobs
from tests.command import Command
from tests.postgres import PostgresServer

PATIENCE = 60.0
_TWO = {JobName.CRAWL: 2}


class Work:
    """What was run, and how many at once."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.running, self.most = 0, 0
        self.go_on, self.finished = Event(), Event()
        self.expected = 1
        self._guard = Lock()

    def run(self, job: Job) -> None:
        with self._guard:
            self.running += 1
            self.most = max(self.most, self.running)
        assert self.go_on.wait(PATIENCE)
        with self._guard:
            self.running -= 1
            self.done.append(str(job.values["source"]))
            if len(self.done) >= self.expected:
                self.finished.set()


@pytest.fixture
def work() -> Work:
    """Nothing done yet."""
    return Work()


@pytest.fixture(params=["local", pytest.param("cluster", marks=pytest.mark.postgres)])
def jobs(request: pytest.FixtureRequest, work: Work) -> Iterator[JobRunner]:
    """A runner with two at once, not started."""
    if request.param == "local":
        yield LocalJobs(work.run, _TWO)
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.fresh_database() as url:
        made = ClusterJobs(_libpq(url), work.run, _TWO)
        made.prepare()
        made.prepare()
        yield made


def _libpq(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")


def _crawl(source: str, *, lock: str | None = None, key: str | None = None) -> Job:
    return Job(JobName.CRAWL, {"source": source}, lock, key)


def test_jobs_run_and_one_lock_lets_one_run_at_a_time(jobs: JobRunner, work: Work) -> None:
    work.expected = 3
    for source in ("a", "b", "c"):
        assert jobs.add(_crawl(source, lock="host"))
    work.go_on.set()
    jobs.start()
    assert work.finished.wait(PATIENCE)
    jobs.stop()
    assert (sorted(work.done), work.most) == (["a", "b", "c"], 1)


def test_a_job_that_waits_is_not_added_twice(jobs: JobRunner, work: Work) -> None:
    assert [jobs.add(_crawl("a", key="a")) for _ in range(3)] == [True, False, False]
    work.go_on.set()
    jobs.start()
    assert work.finished.wait(PATIENCE)
    jobs.stop()
    assert work.done == ["a"]


_DIES = """
import os, signal, sys
from huiying.cluster_jobs import ClusterJobs
jobs = ClusterJobs(sys.argv[1], lambda job: os.kill(os.getpid(), signal.SIGKILL), {}, silent_seconds=2.0)
jobs.start()
jobs._thread.join()
"""


@pytest.mark.postgres
def test_what_a_killed_worker_had_in_hand_is_done_by_another(
    postgres_server: PostgresServer, work: Work
) -> None:
    with postgres_server.fresh_database() as url:
        jobs = ClusterJobs(_libpq(url), work.run, {}, silent_seconds=2.0)
        jobs.prepare()
        jobs.add(_crawl("a"))
        died = subprocess.run(
            [sys.executable, "-c", _DIES, _libpq(url)],
            check=False,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
        assert died.returncode == -signal.SIGKILL
        work.go_on.set()
        jobs.start()
        assert work.finished.wait(PATIENCE)
        jobs.stop()
    assert work.done == ["a"]


def test_a_job_names_its_command_and_what_it_lacks() -> None:
    assert arguments_of(_crawl("city-mailbox")) == ["crawl", "city-mailbox"]
    with pytest.raises(InvalidInput, match="source"):
        arguments_of(Job(JobName.CRAWL, {}))


@pytest.mark.postgres
def test_a_job_added_on_one_machine_is_done_by_the_worker_of_another(
    data_dir: Path, postgres_server: PostgresServer, clock: FixedClock
) -> None:
    with postgres_server.fresh_database() as url:
        huiying = Command(data_dir, settings=(("HUIYING_DATABASE__URL", url),))
        added = [huiying("jobs", "add", "analyse", "--json").json["added"] for _ in range(2)]
        assert added == [True, False]
        done = Event()
        jobs = ClusterJobs(_libpq(url), lambda job: done.set() if job.name is JobName.ANALYSE else None, {})
        jobs.start()
        assert done.wait(PATIENCE)
        jobs.stop()


def test_one_machine_has_no_queue_and_says_what_to_do(data_dir: Path) -> None:
    outcome = Command(data_dir)("jobs", "add", "crawl", "source=a", "--json")
    assert (outcome.code, outcome.json["error"]["code"]) == (1, "jobs.sqlite")
