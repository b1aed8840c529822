"""Jobs run as commands of their own: a crawl that dies or swells takes nothing else with it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence

from core.errors import InvalidInput
from core.jobs import Job, JobName, JobValue

_COMMANDS: Mapping[JobName, Callable[[Mapping[str, JobValue]], Sequence[str]]] = {
    JobName.CRAWL: lambda values: ("crawl", str(values["source"])),
    JobName.IMPORT: lambda values: ("import", str(values["file"]), "--as", str(values["kind"])),
    JobName.ANALYSE: lambda _values: ("analyze",),
}


class JobFailed(Exception):
    """A job's command ended with an error.

    Attributes:
        code: its exit code.
    """

    def __init__(self, job: Job, code: int) -> None:
        super().__init__(f"{job.name.value} ended with {code}")
        self.code = code


def arguments_of(job: Job) -> list[str]:
    """The command line of a job, after the program's own name.

    Raises:
        InvalidInput: a value is missing.
    """
    try:
        return list(_COMMANDS[job.name](job.values))
    except KeyError as error:
        raise InvalidInput(
            f"任务 {job.name.value} 缺少 {error.args[0]}。", mend="请补上后再提交。"
        ) from error


def run_command(job: Job) -> None:
    """Run a job to its end in a process of its own, with this process's settings.

    Raises:
        JobFailed: it ended with an error, which it has said on its own output.
    """
    done = subprocess.run([sys.executable, "-m", "huiying", *arguments_of(job)], check=False)  # noqa: S603 - our own command
    if done.returncode != 0:
        raise JobFailed(job, done.returncode)
