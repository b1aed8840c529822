"""How each source stands, and what an administrator must be told: a silent source says nothing itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.clock import iso
from core.errors import NotAllowed
from core.labels import label
from core.vocabulary import SourceTrouble, Verdict
from crawlers.catalog import Catalog, Source
from crawlers.permission import is_on, why_not
from crawlers.run_log import GOOD
from storage import crawl_runs, source_states
from storage.database import Connection, Row

_WARN_BEFORE = timedelta(days=7)
# A site may be down for a moment; a wall or a new layout does not mend itself.
_PATIENT = frozenset({Verdict.SERVER_ERROR, Verdict.TRUNCATED, Verdict.PARTIAL, Verdict.TIMED_OUT})
_PATIENCE = 3


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing to tell.

    Attributes:
        since: tells one trouble from the next of the same kind; it is told once.
    """

    kind: SourceTrouble
    message: str
    since: str


@dataclass(frozen=True, slots=True)
class Standing:
    """One source as the list and the page show it.

    Attributes:
        refusal: why it may not be fetched now, or None.
        state: what is remembered of it; None before its first run.
        run: its newest run, or None.
    """

    source: Source
    is_on: bool
    refusal: NotAllowed | None
    state: Mapping[str, Any] | None
    run: Row | None
    troubles: tuple[Trouble, ...]


def standings(connection: Connection, catalog: Catalog, contact: str, now: datetime) -> list[Standing]:
    """Every source, those in trouble first, then those that are on, then by key."""
    states, runs = source_states.all_states(connection), crawl_runs.latest(connection)
    first = crawl_runs.first_started(connection)
    found = []
    for source in catalog:
        state, run = states.get(source.key), runs.get(source.key)
        on = is_on(source, state)
        told = troubles(source, state, run, first.get(source.key), now) if on else ()
        refusal = why_not(source, state, contact, now)
        found.append(Standing(source, on, refusal, state, run, tuple(told)))
    return sorted(found, key=lambda one: (not one.troubles, not one.is_on, one.source.key))


def troubles(
    source: Source,
    state: Mapping[str, Any] | None,
    run: Row | None,
    first_run_at: datetime | None,
    now: datetime,
) -> list[Trouble]:
    """What is wrong with a source that is switched on. Pure."""
    if state is None:
        return []
    found = [_credential(source, state, now), _failing(state, run), _too_few(source, state, run)]
    found.append(_silent(source, state, first_run_at, now))
    return [one for one in found if one is not None]


def _credential(source: Source, state: Mapping[str, Any], now: datetime) -> Trouble | None:
    if not source.needs_credential or state["credential"] is None:
        return None
    since, expires = iso(state["credential_set_at"]) or "", state["credential_expires_at"]
    if state["credential_refused_at"] is not None or (expires is not None and expires <= now):
        return Trouble(SourceTrouble.CREDENTIAL_EXPIRED, "登录凭据已失效，请重新登记。", since)
    if expires is not None and expires - now <= _WARN_BEFORE:
        day = (iso(expires) or "")[:10]
        return Trouble(SourceTrouble.CREDENTIAL_EXPIRES_SOON, f"登录凭据 {day} 到期，请提前更换。", since)
    return None


def _failing(state: Mapping[str, Any], run: Row | None) -> Trouble | None:
    if run is None or run["verdict"] is None:
        return None
    verdict = Verdict(run["verdict"])
    needed = _PATIENCE if verdict in _PATIENT else 1
    if verdict in GOOD or state["failures"] < needed:
        return None
    since = iso(state["last_ok_at"]) or "从未成功"
    message = f"{label(verdict)}，已连续 {state['failures']} 次：{run['message']}。"
    return Trouble(SourceTrouble.FAILING, message, f"{verdict.value}/{since}")


def _too_few(source: Source, state: Mapping[str, Any], run: Row | None) -> Trouble | None:
    if run is None or run["verdict"] not in {Verdict.OK.value, Verdict.OK_EMPTY.value}:
        return None
    if run["read"] >= source.expect.min_rows:
        return None
    message = f"这次读到 {run['read']} 件，预期至少 {source.expect.min_rows} 件。"
    return Trouble(SourceTrouble.TOO_FEW, message, iso(state["last_news_at"]) or "从未有过")


def _silent(
    source: Source, state: Mapping[str, Any], first_run_at: datetime | None, now: datetime
) -> Trouble | None:
    since = state["last_news_at"] or first_run_at
    limit = timedelta(hours=source.cadence.silent_after_hours)
    if since is None or now - since < limit:
        return None
    hours = source.cadence.silent_after_hours
    message = f"自 {(iso(since) or '')[:16].replace('T', ' ')} 起没有新内容，超过 {hours} 小时。"
    return Trouble(SourceTrouble.SILENT, message, iso(since) or "")


def as_object(one: Standing) -> dict[str, Any]:
    """The JSON of one source; the interface gives the same."""
    run, state = one.run, one.state or {}
    return {
        "key": one.source.key,
        "name": one.source.name,
        "publisher": one.source.publisher,
        "channel": one.source.channel.value,
        "route": one.source.route.value,
        "enabled": one.is_on,
        "refusal": one.refusal.message if one.refusal else None,
        "unverified": list(one.source.unverified),
        "every_minutes": one.source.cadence.every_minutes,
        "delay_seconds": one.source.politeness.delay_seconds,
        "last_ok_at": iso(state.get("last_ok_at")),
        "last_news_at": iso(state.get("last_news_at")),
        "next_run_at": iso(state.get("next_run_at")),
        "backoff_until": iso(state.get("backoff_until")),
        "run": run["id"] if run else None,
        "state": run["state"] if run else None,
        "verdict": run["verdict"] if run else None,
        "message": (run["message"] or None) if run else None,
        "read": run["read"] if run else None,
        "stored": run["stored"] if run else None,
        "expected_min": one.source.expect.min_rows,
        "troubles": [{"kind": trouble.kind.value, "message": trouble.message} for trouble in one.troubles],
    }


def standing_word(one: Standing) -> str:
    """One word on how a source stands."""
    if one.run is not None and one.run["state"] != crawl_runs.FINISHED:
        return "采集中" if one.run["state"] == crawl_runs.RUNNING else "等待采集"
    if one.troubles:
        return label(one.troubles[0].kind)
    if not one.is_on:
        return "停用"
    if one.refusal is not None:
        return "待设置"
    return "正常" if one.run else "还没有采集过"
