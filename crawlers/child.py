"""The process of one run: a job in, lines out, nothing else. Started as `python -m crawlers.child`.

It has no database and no settings, its memory is limited, and it ends when the office that started it does:
the office holds the other end of its input and output.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import threading
from pathlib import Path

from scrapy.crawler import AsyncCrawlerProcess

from core.vocabulary import Verdict
from crawlers.spider_settings import settings_of
from crawlers.spiders.base import GatheringSpider
from crawlers.spiders.registry import SPIDERS
from crawlers.wire import Job, Outlet

_MEGABYTE = 1 << 20
# What Python, Scrapy and their libraries map before the first page, where the system does not tell.
_BASE_MB = 512
_MAPPED = Path("/proc/self/statm")


def main() -> None:
    """Carry out the job on stdin; the last line says how it ended."""
    job = Job.from_line(sys.stdin.readline())
    # Scrapy and its libraries may write to stdout; only our lines may go to the office.
    stream = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8", buffering=1 << 16)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    _limit_memory(job.source.limits.memory_mb)
    threading.Thread(target=_end_with_the_office, daemon=True).start()
    outlet = Outlet(stream)
    try:
        _crawl(SPIDERS[job.source.adapter], job, outlet)
    except MemoryError:
        outlet.end(verdict=Verdict.CRASHED.value, message="超过内存上限")
    stream.close()


def _crawl(spider: type[GatheringSpider], job: Job, outlet: Outlet) -> None:
    process = AsyncCrawlerProcess(settings_of(job))
    process.crawl(spider, job=job, outlet=outlet)
    process.start()


def _limit_memory(megabytes: int) -> None:
    """The run may take so much beside what its program has mapped already."""
    try:
        mapped = int(_MAPPED.read_text("ascii").split()[0]) * resource.getpagesize()
    except (OSError, ValueError, IndexError):
        mapped = _BASE_MB * _MEGABYTE
    size = mapped + megabytes * _MEGABYTE
    resource.setrlimit(resource.RLIMIT_AS, (size, size))


def _end_with_the_office() -> None:
    """Wait for the end of our input: the office is gone, and nobody would store what we read."""
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
