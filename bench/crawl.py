"""How fast a source is gathered, against a bare Scrapy spider that only downloads the same pages.

    python -m bench.crawl [--letters 5000] [--connections 1]

Prints pages per second of both, their ratio (goal: at least 0.8) and the peak memory of a process. The
replica runs in a process of its own; both crawl it without a pause, over the same number of connections.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_BARE = """
import sys, json, scrapy
from scrapy.crawler import AsyncCrawlerProcess
class Bare(scrapy.Spider):
    name = "bare"
    count = 0
    async def start(self):
        for path in json.load(open(sys.argv[2])):
            yield scrapy.Request(sys.argv[1] + path, callback=self.parse, dont_filter=True)
    def parse(self, response):
        Bare.count += 1
p = AsyncCrawlerProcess({"LOG_LEVEL": "WARNING", "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "CONCURRENT_REQUESTS": int(sys.argv[3]), "CONCURRENT_REQUESTS_PER_DOMAIN": int(sys.argv[3])})
p.crawl(Bare)
p.start()
print(Bare.count)
"""
_SERVER = """
import sys, threading
from tests.replicas.mailbox import MailboxSite
from tests.replicas.server import Replica
with Replica(MailboxSite(int(sys.argv[1]))) as replica:
    print(replica.url, flush=True)
    sys.stdin.read()
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--letters", type=int, default=5000)
    parser.add_argument("--connections", type=int, default=1)
    given = parser.parse_args()
    with _replica(given.letters) as url, tempfile.TemporaryDirectory() as folder:
        bare = _bare(url, given.letters, given.connections, Path(folder))
        ours, run = _ours(url, given.letters, given.connections, Path(folder))
    print(f"bare Scrapy  {bare:8.1f} pages/s")
    print(f"huiying      {ours:8.1f} pages/s  {run}")
    print(f"ratio        {ours / bare:8.2f}  (goal 0.80)")
    print(f"peak memory  {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:8.0f} MB")


@contextmanager
def _replica(letters: int) -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVER, str(letters)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield (process.stdout or sys.stdin).readline().strip()
    finally:
        process.kill()
        process.wait()


def _paths(letters: int) -> list[str]:
    pages = -(-letters // 20) + 1
    lists = [f"/hdjl/list?page={page}" for page in range(1, pages + 1)]
    return lists + [f"/hdjl/detail.shtml?id={number}" for number in range(1, letters + 1)]


def _bare(url: str, letters: int, connections: int, folder: Path) -> float:
    paths = folder / "paths.json"
    paths.write_text(json.dumps(_paths(letters)))
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _BARE, url, str(paths), str(connections)],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout.split()[-1]) / (time.perf_counter() - began)


def _ours(url: str, letters: int, connections: int, folder: Path) -> tuple[float, str]:
    shipped = (Path(__file__).parents[1] / "crawlers/sources/example_mailbox.yml").read_text("utf-8")
    text = shipped.replace(
        "delay_seconds: 5, requests_per_day: 500",
        f"delay_seconds: 0, requests_per_day: 100000, connections: {connections}",
    )
    text = text.replace("max_pages: 20", "max_pages: 1000").replace(
        "expect: {min_rows: 1}", "expect: {max_rows: 100000}"
    )
    (folder / "sources").mkdir()
    (folder / "sources" / "example_mailbox.yml").write_text(text, "utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUIYING_")}
    environment = {**kept, "HUIYING_DATA_DIR": str(folder), "HUIYING_NOW": "2026-11-23T09:00:00+08:00"}
    done = subprocess.run(
        [sys.executable, "-m", "huiying", "crawl", "example_mailbox", "--base-url", url, "--json"],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    (run,) = json.loads(done.stdout)["runs"]
    if run["stored"] != letters:
        raise SystemExit(f"not everything was stored: {run}")
    return run["pages"] / run["seconds"], f"stored {run['stored']:,} in {run['seconds']:.1f} s"


if __name__ == "__main__":
    main()
