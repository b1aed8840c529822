"""The web at 50 connections over a small and a large office on PostgreSQL, and how each page grew.

    .venv/bin/python -m bench.scale SERVER_URL --data FOLDER [--counts 10000,1000000] [--seconds 10]
        [--connections 50] [--keep]

SERVER_URL is any database of a server on which databases may be made and whose user is a superuser; each
count makes its own database (a tenth of the messages have a clock that runs), builds the search index, starts
one `huiying serve --web-only` and asks every page. With `--keep` the databases and data folders stay, and a
later run with the same counts asks them again.

Prints one JSON object: seconds to build the index, then for each page p50, p95 and p99 in milliseconds with
one connection (what a page costs) and with all of them (what people wait for), answers a second, the growth.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import psycopg
from sqlalchemy.engine import URL, make_url

from bench.composed import sentences, words
from bench.scale_office import LOGINS, fill
from core.clock import SystemClock
from core.vocabulary import Role
from storage.database import open_database
from storage.migrate import migrate
from tests.api.office import PASSWORD

_ALONE = 60
# A database of an older version is brought up to date first.
_STARTS_WITHIN = 300
# What people and programs ask for again and again; `list` marks the list pages.
_PAGES = {
    "desk": (Role.PRESS, "/desk", True),
    "desk_overdue": (Role.PRESS, "/desk?state=overdue", True),
    "inbox": (Role.HANDLER, "/inbox", True),
    "incidents": (Role.PRESS, "/incidents", True),
    "search_newest": (Role.PRESS, "/search", True),
    "search_word": (Role.PRESS, "/search?q={word}", True),
    "messages_json": (Role.PRESS, "/api/v1/messages?limit=50", True),
    "messages_of_a_channel_json": (Role.PRESS, "/api/v1/messages?limit=50&channel=hotline_12345", True),
    "messages_of_a_word_json": (Role.PRESS, "/api/v1/messages?limit=50&q={word}", True),
    "cases_json": (Role.PRESS, "/api/v1/cases?limit=50", True),
    "deadlines_json": (Role.PRESS, "/api/v1/deadlines?state=due_soon&limit=50", True),
    "case": (Role.PRESS, "/cases/{case}", False),
}
_ADD = "add_message"


@dataclass(frozen=True, slots=True)
class Place:
    """One filled office."""

    url: str
    folder: Path

    def environment(self) -> dict[str, str]:
        """What a command of this office is started with."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HUIYING_")}
        return {
            **kept,
            "HUIYING_DATA_DIR": str(self.folder),
            "HUIYING_DATABASE__URL": self.url,
            "HUIYING_SERVER__REQUESTS_PER_MINUTE": "100000",
        }

    def run(self, *arguments: str) -> None:
        """Run a command of this office to its end."""
        command = [sys.executable, "-m", "huiying", *arguments]
        subprocess.run(command, env=self.environment(), check=True, stdout=subprocess.DEVNULL)


@contextmanager
def place(server: URL, known: list[str], count: int, *, keep: bool) -> Iterator[tuple[Place, float | None]]:
    """An office of `count` messages, and the seconds its index took; None where it stood already."""
    name = f"huiying_bench_scale_{count}"
    folder = Path(tempfile.gettempdir()) / name
    here = Place(server.set(database=name).render_as_string(hide_password=False), folder)
    seconds = None
    if not folder.is_dir():
        _sql(server, f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name} TEMPLATE template0")
        database = open_database(here.url)
        now = SystemClock().now()
        migrate(database, now)
        fill(database, known, count, now)
        database.close()
        folder.mkdir(mode=0o700)
        began = time.perf_counter()
        here.run("index", "rebuild")
        seconds = round(time.perf_counter() - began, 1)
    yield here, seconds
    if not keep:
        shutil.rmtree(folder)
        _sql(server, f"DROP DATABASE {name} WITH (FORCE)")


def _sql(server: URL, *statements: str) -> None:
    plain = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


@contextmanager
def serving(here: Place) -> Iterator[str]:
    """One web process; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "huiying", "serve", "--web-only", "--port", str(port)]
    process = subprocess.Popen(command, env=here.environment(), stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(_STARTS_WITHIN * 10):
            try:
                httpx2.get(f"{address}/sign-in")
                break
            except httpx2.TransportError:
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait()


def sign_in(address: str, role: Role) -> dict[str, str]:
    """The headers of somebody of this role."""
    given = {"login": LOGINS[role], "password": PASSWORD}
    answer = httpx2.post(f"{address}/api/v1/session", json=given)
    answer.raise_for_status()
    cookies = "; ".join(f"{name}={value}" for name, value in answer.cookies.items())
    return {"Cookie": cookies, "X-CSRF-Token": answer.json()["csrf_token"]}


class Asking:
    """Asks one page for a while.

    Args:
        some: what the place holders of its address stand for, a different one each time.
    """

    def __init__(self, address: str, page: str, headers: dict[str, str], some: dict[str, list[str]]) -> None:
        self._address, self._page, self._headers, self._some = address, page, headers, some
        self._number = 0
        self.took: list[float] = []

    async def once(self, client: httpx2.AsyncClient) -> None:
        self._number += 1
        chosen = {name: values[self._number % len(values)] for name, values in self._some.items()}
        began = time.perf_counter()
        if self._page == _ADD:
            given = {"channel": "message_board", "title": "又一件", "body": f"新的来文{self._number}。"}
            key = {"Idempotency-Key": f"{os.getpid()}-{id(self)}-{self._number}"}
            url = f"{self._address}/api/v1/messages"
            answer = await client.post(url, json=given, headers=self._headers | key)
        else:
            url = self._address + _PAGES[self._page][1].format(**chosen)
            answer = await client.get(url, headers=self._headers)
        self.took.append((time.perf_counter() - began) * 1000)
        if not answer.is_success:
            raise SystemExit(f"{url}: {answer.status_code} {answer.text[:400]}")

    async def times(self, count: int) -> None:
        async with httpx2.AsyncClient(timeout=120) as client:
            for _ in range(count):
                await self.once(client)

    async def together(self, connections: int, seconds: float) -> None:
        until = time.monotonic() + seconds
        limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)
        async with httpx2.AsyncClient(timeout=120, limits=limits) as client:

            async def again() -> None:
                while time.monotonic() < until:
                    await self.once(client)

            await asyncio.gather(*(again() for _ in range(connections)))


def quantiles(took: list[float]) -> dict[str, float]:
    """p50, p95 and p99 in milliseconds."""
    cuts = statistics.quantiles(took, n=100)
    return {name: round(cuts[at - 1], 1) for name, at in (("p50", 50), ("p95", 95), ("p99", 99))}


def measure(
    address: str, page: str, headers: dict[str, str], some: dict[str, list[str]], wish: argparse.Namespace
) -> dict[str, Any]:
    """One page alone, and at all connections."""
    alone = Asking(address, page, headers, some)
    asyncio.run(alone.times(_ALONE + 3))
    crowd = Asking(address, page, headers, some)
    began = time.perf_counter()
    asyncio.run(crowd.together(wish.connections, wish.seconds))
    rate = len(crowd.took) / (time.perf_counter() - began)
    return {
        "alone": quantiles(alone.took[3:]),
        "together": quantiles(crowd.took),
        "per_second": round(rate, 1),
    }


def ask_all(here: Place, count: int, known: list[str], wish: argparse.Namespace) -> dict[str, Any]:
    """Every page of one office."""
    some = {
        "word": words(known, 40, (2,)),
        "case": [str(one) for one in range(1, count, max(10, count // 400 // 10 * 10))],
    }
    chosen = wish.pages.split(",") if wish.pages else [*_PAGES, _ADD]
    measured = {}
    with serving(here) as address:
        headers = {role: sign_in(address, role) for role in LOGINS}
        for page in chosen:
            role = Role.PRESS if page == _ADD else _PAGES[page][0]
            measured[page] = measure(address, page, headers[role], some, wish)
            print(count, page, json.dumps(measured[page]), file=sys.stderr, flush=True)
    return measured


def growth(first: dict[str, Any], last: dict[str, Any]) -> dict[str, Any]:
    """How many times its value in the small office each figure has in the large one."""
    return {
        page: {how: {cut: round(last[page][how][cut] / value, 2) for cut, value in took.items()}}
        for page, measured in first.items()
        for how, took in measured.items()
        if how == "together"
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("server")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--counts", default="10000,1000000")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--connections", type=int, default=50)
    parser.add_argument("--pages", default="")
    parser.add_argument("--keep", action="store_true")
    wish = parser.parse_args()
    known = sentences(wish.data)
    result: dict[str, Any] = {}
    for count in map(int, wish.counts.split(",")):
        with place(make_url(wish.server), known, count, keep=wish.keep) as (here, seconds):
            result[str(count)] = {"index_seconds": seconds, "pages": ask_all(here, count, known, wish)}
    offices = list(result.values())
    result["growth"] = growth(offices[0]["pages"], offices[-1]["pages"])
    print(json.dumps(result, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
