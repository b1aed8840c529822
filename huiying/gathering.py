"""Carrying out a run of a source: the job, its own process, and what it reads stored with its clocks."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache
from importlib.metadata import version
from typing import Any

from alerts.casework import Origin
from core.clock import day_start, local_day
from core.errors import Conflict, StorageError
from crawlers.catalog import Catalog, Source, is_loopback, load_catalog
from crawlers.launching import Line, run_process
from crawlers.permission import why_not
from crawlers.storing import LEASE, RunKeeper
from crawlers.wire import Job, KnownRow
from huiying.importing import OfficeIntake
from huiying.office import Office
from storage import crawl_runs, source_states
from storage.crawl_runs import Claim

_KNOWN_DAYS = 60
Told = Callable[[int], None]


def catalog_of(office: Office) -> Catalog:
    """The sources that ship and the office's own.

    Raises:
        InvalidInput: a file is wrong.
    """
    return load_catalog(office.settings.data_dir)


def gather(office: Office, source: Source, by: str, told: Told = lambda _read: None) -> dict[str, Any]:
    """Fetch a source now, for a person at the command line; the run's row.

    Raises:
        NotAllowed: the source may not be fetched.
        Conflict: it is being fetched already.
    """
    refuse_unless_allowed(office, source)
    run_id = ask_for(office, source, crawl_runs.COMMAND, by)
    claim = claim_run(office, run_id)
    if claim is None:
        raise Conflict(
            f"来源“{source.name}”正在采集。", mend="请等它完成再试。", code="crawl.running", status="running"
        )
    return carry_out(office, source, claim, told)


def refuse_unless_allowed(office: Office, source: Source) -> None:
    """Let a source pass that may be fetched.

    Raises:
        NotAllowed: it may not.
    """
    with office.database.read() as connection:
        state = source_states.all_states(connection).get(source.key)
    refusal = why_not(source, state, office.settings.crawl.contact, office.clock.now())
    if refusal is not None:
        raise refusal


def ask_for(office: Office, source: Source, trigger: str, by: str) -> int:
    """The number of the source's next run, made unless one waits or runs."""
    with office.database.write() as connection:
        state = source_states.ensure(connection, source.key)
        run_id, _ = crawl_runs.ask_for(
            connection,
            source.key,
            office.clock.now(),
            trigger=trigger,
            by=by,
            watermark=state["watermark"],
        )
    return run_id


def claim_run(office: Office, run_id: int) -> Claim | None:
    """Take a run for this process; None when another has it."""
    now = office.clock.now()
    with office.database.write() as connection:
        return crawl_runs.claim(connection, run_id, _owner(), now, now + LEASE)


def carry_out(
    office: Office, source: Source, claim: Claim, told: Told = lambda _read: None
) -> dict[str, Any]:
    """Run a claimed run to its end, whatever that is; its row.

    Args:
        told: called again and again with how many rows were read; raising ends the run's process.

    Raises:
        Conflict: another process took the run over; what was stored stays.
    """
    keeper = RunKeeper(
        database=office.database,
        clock=office.clock,
        key=office.key,
        source=source,
        claim=claim,
        intake=OfficeIntake(office, Origin(None, f"采集 {source.name}")),
        batch_rows=office.settings.crawl.batch_rows,
    )
    began = time.monotonic()
    end: Line = {}

    def idle() -> None:
        keeper.hold()
        told(keeper.counts["read"])

    for line in run_process(job_of(office, source), idle):
        if line["t"] == "end":
            end = line
            break
        keeper.take(line)
        told(keeper.counts["read"])
    return keeper.finish(end, time.monotonic() - began)


def job_of(office: Office, source: Source, *, check: bool = False) -> Job:
    """Everything the process of a run needs."""
    now = office.clock.now()
    with office.database.read() as connection:
        state = source_states.all_states(connection).get(source.key)
        known = source_states.known_rows(connection, source.key, now - timedelta(days=_KNOWN_DAYS))
        spent = crawl_runs.requests_since(connection, source.key, day_start(local_day(now)))
    return Job(
        source=source,
        now=now,
        search_key=office.key.derive("search"),
        user_agent=user_agent(office.settings.crawl.contact),
        watermark=state["watermark"] if state else {},
        known={row["native_id"]: _known(dict(row)) for row in known},
        credential=_credential(office, state),
        budget=max(0, source.politeness.requests_per_day - spent),
        check=check,
    )


def user_agent(contact: str) -> str:
    """Who we are, for the site's administrator to read and to call."""
    return f"huiying-opinion-monitor/{_version()} (+{contact or 'local copy'})"


def _known(row: Mapping[str, Any]) -> KnownRow:
    first: datetime = row["first_seen_at"]
    return KnownRow(row["url"], row["signature"], first, row["checked_at"])


def _credential(office: Office, state: Mapping[str, Any] | None) -> str:
    if state is None or state["credential"] is None:
        return ""
    try:
        return office.key.open(state["credential"]).decode()
    except UnicodeDecodeError as error:
        raise StorageError("登录凭据已损坏。", mend="请重新登记。", code="credential.damaged") from error


def may_claim_now(source: Source, state: Mapping[str, Any] | None, now: datetime) -> bool:
    """Whether a source that was told to slow down may be asked again."""
    return is_loopback(source) or not (state and state["backoff_until"] and state["backoff_until"] > now)


def _owner() -> str:
    return f"{socket.gethostname()}/{os.getpid()}"


@cache
def _version() -> str:
    return version("huiying")
