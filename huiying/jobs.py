"""The queue of jobs that an office shares between its machines; on SQLite there is one machine, no queue."""

from __future__ import annotations

from core.clock import iso
from core.errors import SettingsError
from huiying.cluster_jobs import ClusterJobs
from huiying.job_commands import run_command
from huiying.office import Office
from storage import engine_state

_PREPARED_AT = "jobs_prepared_at"


def open_jobs(office: Office) -> ClusterJobs:
    """The office's queue, its tables made; nothing runs yet.

    Raises:
        SettingsError: the office is on SQLite.
    """
    if office.database.is_sqlite:
        raise SettingsError(
            "任务队列需要 PostgreSQL。",
            mend="一台机器上请直接运行 huiying crawl、huiying import 等命令。",
            code="jobs.sqlite",
        )
    url = office.settings.database_url.replace("postgresql+psycopg://", "postgresql://", 1)
    jobs = ClusterJobs(url, run_command)
    # The row is the lock: of several processes that start at once, the others wait and find the tables made.
    with office.database.write() as connection:
        engine_state.put(connection, _PREPARED_AT, iso(office.clock.now()) or "")
        jobs.prepare()
    return jobs
