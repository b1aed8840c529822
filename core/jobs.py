"""Work that may run on another machine: a crawl, an import, a batch of analysis.

A job is a name and a few plain values. It must be safe to run twice: a runner promises that it is run, not
that it is run once. Clocks and notices are no jobs; they are rows claimed with a lease.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

JobValue = str | int | bool | None


class JobName(StrEnum):
    """What can be run."""

    CRAWL = "crawl"
    IMPORT = "import"
    ANALYSE = "analyse"


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work.

    Attributes:
        values: what it is done with; strings, numbers and truth values alone.
        lock: of the jobs with one lock at most one runs at a time, on all machines; None for no such bound.
        key: while a job with this key waits, another is not added; None to add it always.
    """

    name: JobName
    values: Mapping[str, JobValue]
    lock: str | None = None
    key: str | None = None


JobHandler = Callable[[Mapping[str, JobValue]], None]


class JobRunner(Protocol):
    """Takes jobs in and has them run; each name has places of its own, so that none starves another."""

    def add(self, job: Job) -> bool:
        """Have a job run soon; False where one with its key waits already."""
        ...

    def start(self) -> None:
        """Begin to run jobs and return."""
        ...

    def stop(self) -> None:
        """End after the jobs in hand."""
        ...
