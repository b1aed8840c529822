"""How an office's jobs are run: in this process on one machine, by all its workers on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING

from core.clock import iso
from core.errors import SettingsError
from core.jobs import Job, JobName, JobRunner
from huiying.job_commands import run_command
from huiying.local_jobs import LocalJobs
from huiying.office import Office
from storage import engine_state

if TYPE_CHECKING:
    from huiying.cluster_jobs import ClusterJobs

_PREPARED_AT = "jobs_prepared_at"


def runner_of(office: Office, run: Callable[[Job], None]) -> JobRunner:
    """The runner of the office's jobs: the shared queue where there is one; nothing runs yet."""
    if office.database.is_sqlite or find_spec("procrastinate") is None:
        return LocalJobs(run, _places(office))
    return open_jobs(office, run)


def open_jobs(office: Office, run: Callable[[Job], None] = run_command) -> ClusterJobs:
    """The queue that an office shares between its machines, its tables made; nothing runs yet.

    Raises:
        SettingsError: the office is on SQLite, or the extra is not installed.
    """
    if office.database.is_sqlite:
        raise SettingsError(
            "任务队列需要 PostgreSQL。",
            mend="一台机器上请直接运行 huiying crawl、huiying import 等命令。",
            code="jobs.sqlite",
        )
    if find_spec("procrastinate") is None:
        raise SettingsError("没有安装任务队列。", mend="请安装 cluster 扩展。", code="jobs.missing")
    from huiying.cluster_jobs import ClusterJobs

    url = office.settings.database_url.replace("postgresql+psycopg://", "postgresql://", 1)
    jobs = ClusterJobs(url, run, _places(office))
    # The row is the lock: of several processes that start at once, the others wait and find the tables made.
    with office.database.write() as connection:
        engine_state.put(connection, _PREPARED_AT, iso(office.clock.now()) or "")
        jobs.prepare()
    return jobs


def _places(office: Office) -> dict[JobName, int]:
    return {JobName.CRAWL: office.settings.crawl.concurrent_runs}
