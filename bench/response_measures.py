"""The three measurements of `bench.response`, and what they need."""

from __future__ import annotations

import multiprocessing
import random
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.context import ForkServerProcess
from typing import Any

import sqlalchemy as sa

from alerts.casework import Law
from alerts.deadlines import DueTimes
from alerts.ladders import load_ladders
from alerts.replies import load_holding_patterns
from bench.response_engine import KEY, run
from core.clock import SystemClock
from core.rulebook import load_rulebook, rules_folder
from core.vocabulary import ChannelKind, Role
from core.working_days import load_calendar
from storage import channels, events, planned_actions
from storage.clock import DatabaseClock
from storage.database import Database, open_database
from storage.migrate import migrate
from tests.alerts.watchroom import Watchroom
from tests.postgres import PostgresServer

FORK = multiprocessing.get_context("forkserver")


def law() -> Law:
    """The rules that ship."""
    folder = rules_folder()
    book = load_rulebook(folder)
    return Law(
        rulebook=book,
        due_times=DueTimes(load_calendar(folder / "calendar")),
        holding=load_holding_patterns(folder / "lexicon" / "holding_replies.yml"),
        go_live_on=date(2026, 1, 1),
        ladders=load_ladders(folder, {rule.key for rule in book.rules()}),
    )


@contextmanager
def office(server: PostgresServer) -> Iterator[tuple[Watchroom, str]]:
    """A migrated database with one person of every role."""
    with server.fresh_database() as url:
        database = open_database(url)
        migrate(database, SystemClock().now())
        room = Watchroom(database, law(), DatabaseClock(database))  # type: ignore[arg-type] # it is only read
        room.staff()
        yield room, url
        database.close()


def _start(url: str, *, sends: bool) -> ForkServerProcess:
    process = FORK.Process(target=run, args=(url,), kwargs={"sends": sends}, daemon=True)
    process.start()
    return process


FILL = """
INSERT INTO cases (id, kind, channel, state, cycle, is_history, received_at, registered_at, seq, chain_head,
  title, section)
SELECT n, 'message', 'manual', 'new', 1, false, now(), now(), 0, repeat('0', 64), '来文', '一科'
FROM generate_series(1, {count}) n;
INSERT INTO deadlines (id, case_id, rule_key, rule_version, calendar_version, cycle, anchor, started_at,
  due_at, is_provisional, state, is_time_unknown, has_holding_reply, registered_at)
SELECT n, n, 'message.first_reply', '', '', 1, 'received', now(), now() + interval '1 hour' * (1 + n % 200),
  false, 'running', false, false, now() FROM generate_series(1, {count}) n;
INSERT INTO planned_actions (case_id, deadline_id, plan_no, n, kind, audience, priority, planned_at, state,
  error_count)
SELECT n, n, 1, 1, 'due', 'section', 1, now() + interval '1 hour' * (1 + n % 200), 'planned', 0
FROM generate_series(1, {count}) n
"""


def idle(server: PostgresServer, count: int) -> None:
    """A tick that finds nothing, against the cheapest indexed question of the same table."""
    with office(server) as (room, _):
        with room.database.write() as connection:
            for statement in FILL.format(count=count).split(";"):
                connection.execute(sa.text(statement))
        with room.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM ANALYZE"))
        now = room.clock.now()

        def question() -> None:
            with room.database.read() as connection:
                connection.execute(
                    sa.text(
                        "SELECT 1 FROM planned_actions WHERE state = 'planned' AND planned_at <= :now "
                        "ORDER BY planned_at LIMIT 1"
                    ),
                    {"now": now},
                )

        def tick() -> None:
            if room.engine.tick().fired:
                raise SystemExit("something was due")

        plain, ticked = _milliseconds(question, tick)
        print(
            f"idle: {count:,} running clocks, tick {ticked:.2f} ms, SELECT 1 … LIMIT 1 {plain:.2f} ms, "
            f"ratio {ticked / plain:.2f}"
        )


def _milliseconds(*jobs: Any) -> list[float]:
    """The median of each, measured in turns, so that a busy machine is unkind to all alike."""
    spent: list[list[float]] = [[] for _ in jobs]
    for turn in range(320):
        for job, times in zip(jobs, spent, strict=True):
            began = time.perf_counter()
            job()
            if turn >= 20:
                times.append((time.perf_counter() - began) * 1000)
    return [statistics.median(times) for times in spent]


def burst(server: PostgresServer, count: int = 10_000, engines: int = 8) -> None:
    """Everything falls due in one second."""
    with office(server) as (room, url):
        room.open_cases(count)
        # The opening steps of an incident are due at once; here they fall due when all engines look already.
        ahead = room.clock.now() + timedelta(seconds=15)
        with room.database.write() as connection:
            due = connection.execute(
                sa.text(
                    "UPDATE planned_actions SET state = 'planned', planned_at = :at, fired_at = NULL "
                    "WHERE kind = 'warn' AND n <= 2 AND state = 'planned'"
                ),
                {"at": ahead},
            ).rowcount
        processes = [_start(url, sends=False) for _ in range(engines)]
        print(f"burst: {due:,} steps of {count:,} clocks due at one instant, {engines} engines", flush=True)
        _wait_until_fired(room.database, room, due, 120)
        _report_burst(room, due, ahead)
        for process in processes:
            process.kill()


def _wait_until_fired(database: Database, room: Watchroom, due: int, seconds: float) -> None:
    ends = time.monotonic() + 30 + seconds
    while time.monotonic() < ends:
        with database.read() as connection:
            fired = connection.execute(
                sa.text("SELECT count(*) FROM planned_actions WHERE state = 'fired'")
            ).scalar_one()
            waits = planned_actions.oldest_due(connection, room.clock.now())
        if fired >= due and waits is None:
            return
        time.sleep(0.5)


def _report_burst(room: Watchroom, due: int, ahead: Any) -> None:
    with room.database.read() as connection:
        row = connection.execute(
            sa.text(
                "SELECT count(*) FILTER (WHERE state = 'fired') AS fired, max(fired_at) AS last, "
                "percentile_cont(0.99) WITHIN GROUP (ORDER BY lag_seconds) AS p99 FROM planned_actions "
                "WHERE planned_at = :at"
            ),
            {"at": ahead},
        ).one()
        said = connection.execute(
            sa.text("SELECT count(*), count(DISTINCT dedupe_key) FROM notices WHERE kind = 'warn'")
        ).one()
        told = connection.execute(
            sa.text("SELECT count(*) FROM events WHERE tag = 'deadline:warned'")
        ).scalar_one()
        whole = events.verify(connection).first_bad is None
    print(
        f"burst: fired {row.fired:,} of {due:,}, lost {due - row.fired}, doubled {max(0, told - due)}, "
        f"notices {said[0]:,} (distinct {said[1]:,}), drained in {(row.last - ahead).total_seconds():.1f} s, "
        f"planned-to-fired p99 {row.p99:.2f} s, audit {'whole' if whole else 'BROKEN'}"
    )


class People:
    """The server that stands for the people: counts what arrives, by the key of the notice."""

    def __init__(self) -> None:
        self.arrived: Counter[str] = Counter()
        lock = threading.Lock()
        arrived = self.arrived

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                with lock:
                    arrived[self.headers["Idempotency-Key"]] += 1
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *args: object) -> None:
                """Nothing on the terminal."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"


def kill(server: PostgresServer, seconds: int, engines: int = 4, cases_each_second: int = 5) -> None:
    """Every second one process dies by SIGKILL and another takes its place."""
    people, chance = People(), random.Random(20261125)  # noqa: S311 - chooses whom to kill
    with office(server) as (room, url):
        with room.database.write() as connection:
            settings = {"url": people.url, "allow_private": True}
            hook = channels.add(connection, "hook", ChannelKind.WEBHOOK, settings, KEY, room.clock.now())
            for number, role in enumerate(Role, start=1):
                channels.give_person(connection, number, hook, role.value)
        processes = [_start(url, sends=True) for _ in range(engines)]
        time.sleep(4)
        ends, killed = time.monotonic() + seconds, 0
        while time.monotonic() < ends:
            second = time.monotonic() + 1
            room.open_cases(cases_each_second)
            victim = chance.randrange(engines)
            processes[victim].kill()
            processes[victim].join()
            processes[victim] = _start(url, sends=True)
            killed += 1
            time.sleep(max(0.0, second - time.monotonic()))
        _settle(room)
        for process in processes:
            process.kill()
        _report_kill(room, people, killed)


def _settle(room: Watchroom) -> None:
    """Wait until nothing is due and nothing waits, at most two minutes: a dead one's lease lasts a while."""
    ends = time.monotonic() + 120
    while time.monotonic() < ends:
        with room.database.read() as connection:
            waiting = connection.execute(
                sa.text(
                    "SELECT count(*) FROM outbox WHERE state IN ('pending', 'claimed') "
                    "AND next_at <= clock_timestamp()"
                )
            ).scalar_one()
            due = planned_actions.oldest_due(connection, room.clock.now())
        if not waiting and due is None:
            return
        time.sleep(1)


def _report_kill(room: Watchroom, people: People, killed: int) -> None:
    with room.database.read() as connection:
        due = connection.execute(
            sa.text(
                "SELECT count(*) AS due, count(*) FILTER (WHERE state = 'planned') AS lost, "
                "percentile_cont(0.99) WITHIN GROUP (ORDER BY lag_seconds) AS p99, max(lag_seconds) AS worst "
                "FROM planned_actions WHERE planned_at <= clock_timestamp()"
            )
        ).one()
        sent = connection.execute(
            sa.text("SELECT id, notice_id, state FROM outbox WHERE state <> 'cancelled'")
        ).all()
        keys = connection.execute(sa.text("SELECT count(*), count(DISTINCT dedupe_key) FROM notices")).one()
        unclear = connection.execute(
            sa.text("SELECT count(*) FROM delivery_attempts WHERE outcome = 'ambiguous'")
        ).scalar_one()
        whole = events.verify(connection).first_bad is None
    unsent = [row for row in sent if not people.arrived[f"huiying-notice-{row.notice_id}"]]
    extra = people.arrived.total() - len(people.arrived)
    print(
        f"kill: {killed} kills, {due.due:,} due steps, lost {due.lost}, {len(sent):,} notices "
        f"({keys[0] - keys[1]} doubled), never arrived {len(unsent)}, extra sends {extra} "
        f"(attempts on record as ambiguous: {unclear}), planned-to-fired p99 {due.p99:.2f} s, "
        f"worst {due.worst:.2f} s, audit {'whole' if whole else 'BROKEN'}"
    )
