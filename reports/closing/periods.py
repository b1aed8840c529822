"""结账: a period's figures are frozen, and what becomes known later is a restatement with a reason.

A closed report stays as it was signed off, also when an old export is imported afterwards. Nothing is lost:
each later fact can be restated beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from alerts.actors import Actor
from core.clock import day_end, iso
from core.errors import Conflict, InvalidInput, NotAllowed
from core.vocabulary import Role, Tag
from core.working_days import WorkCalendar
from reports.closing.frozen_rows import pack, unpack
from reports.closing.restating import Change, as_it_was, changes_between
from reports.figures import DEFINITIONS_VERSION
from reports.response_times import Basis, Close, Query, Report, assemble, response_times
from storage import events, report_periods
from storage.database import Connection, Row
from storage.events import OFFICE_STREAM, Draft
from storage.report_periods import PeriodKey

_CLOSERS = frozenset({Role.MANAGER, Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Standing:
    """What a report is counted with, beside the connection."""

    calendar: WorkCalendar
    rule_labels: Mapping[str, str]


def standing_report(connection: Connection, query: Query, standing: Standing) -> Report:
    """The report as it stands: what the period was closed with where it was, else counted now.

    Only a query that `follows_close` and asks for exactly a closed period, of the whole office or one of its
    sections, gets the frozen figures.
    """
    closed = report_periods.find(connection, _key(query)) if query.follows_close else None
    if closed is None:
        return response_times(connection, query, standing.calendar, standing.rule_labels)
    rows = [row for row in unpack(closed["rows"]) if query.section in (None, row.section)]
    frozen = replace(query, as_of=closed["as_of"])
    return assemble(connection, frozen, rows, standing.rule_labels, _close(connection, closed))


def close_period(
    connection: Connection, query: Query, standing: Standing, actor: Actor, now: datetime
) -> Report:
    """Freeze the figures of a period as they stand now; the frozen report.

    Raises:
        Conflict: it is closed already.
        InvalidInput: the period is not over.
        NotAllowed: the person's role closes no periods.
    """
    _require_closer(actor)
    whole = replace(query, as_of=now, by=None, group=None, section=None, follows_close=False)
    if day_end(query.until) > now:
        raise InvalidInput(
            f"期间到 {query.until} 为止，还没有结束。",
            mend="请在期间结束后再结账。",
            code="period.running",
            field="to",
        )
    if report_periods.find(connection, _key(whole)) is not None:
        raise Conflict("这一期间已经结账。", mend="如有新的事实，请作更正。", code="period.closed")
    report = response_times(connection, whole, standing.calendar, standing.rule_labels)
    packed, sha256 = pack(report.rows)
    values = {
        "definitions": DEFINITIONS_VERSION,
        "as_of": now,
        "figures": asdict(report.total),
        "rows": packed,
        "rows_sha256": sha256,
        "closed_at": now,
        "closed_by": actor.person_id,
    }
    period_id = report_periods.add(connection, _key(whole), values)
    facts = {
        "period": period_id,
        "rows_sha256": sha256,
        "rows": len(report.rows),
        "definitions": DEFINITIONS_VERSION,
    }
    _record(connection, Tag.PERIOD_CLOSED, actor, now, facts)
    return replace(report, close=Close(period_id, now, sha256, 0))


def later_facts(connection: Connection, period_id: int, standing: Standing, now: datetime) -> list[Change]:
    """Which clocks of a closed period stand differently from its close, by what is known `now`.

    What happened after the close (an answer, a clock that ran out) is no such fact; what happened before and
    was recorded only now is. Those that were restated already are left out.

    Raises:
        NotFound: no such period.
    """
    closed = report_periods.lock(connection, period_id)
    return _changes(connection, closed, _counted_again(connection, closed, standing, now))


def restate(
    connection: Connection, period_id: int, standing: Standing, actor: Actor, now: datetime, *, reason: str
) -> int:
    """更正: keep what became known after the close, with its reason, beside the frozen figures; its number.

    Raises:
        InvalidInput: no reason, or nothing has changed.
        NotAllowed: the person's role restates no periods.
        NotFound: no such period.
    """
    _require_closer(actor)
    if not reason.strip():
        raise InvalidInput("没有写明更正的理由。", mend="请填写理由。", field="reason")
    closed = report_periods.lock(connection, period_id)
    counted = _counted_again(connection, closed, standing, now)
    changes = _changes(connection, closed, counted)
    if not changes:
        raise InvalidInput(
            "结账之后没有新的事实，数字没有变化。", mend="不需要更正。", code="period.unchanged"
        )
    _, sha256 = pack(counted.rows)
    values: dict[str, Any] = {
        "as_of": now,
        "changes": [one.as_json() for one in changes],
        "figures": asdict(counted.total),
        "rows_sha256": sha256,
        "reason": reason.strip(),
        "made_at": now,
        "made_by": actor.person_id,
    }
    number = report_periods.add_restatement(connection, period_id, values)
    facts = {"period": period_id, "number": number, "changes": len(changes), "rows_sha256": sha256}
    _record(connection, Tag.PERIOD_RESTATED, actor, now, {**facts, "reason": reason.strip()})
    return number


def period_json(connection: Connection, row: Row) -> dict[str, Any]:
    """A closed period with its restatements, in the words of the interface."""
    return {
        "period": row["id"],
        "from": row["since"].isoformat(),
        "to": row["until"].isoformat(),
        "rule": row["rule_key"],
        "basis": row["basis"],
        "as_of": iso(row["as_of"]),
        "closed_at": iso(row["closed_at"]),
        "closed_by": row["closer"],
        "definitions": row["definitions"],
        "rows_sha256": row["rows_sha256"],
        "total": row["figures"],
        "restatements": [
            {
                "number": one["number"],
                "made_at": iso(one["made_at"]),
                "made_by": one["maker"],
                "reason": one["reason"],
                "changes": one["changes"],
                "total": one["figures"],
                "rows_sha256": one["rows_sha256"],
            }
            for one in report_periods.restatements_of(connection, row["id"])
        ],
    }


def _counted_again(connection: Connection, closed: Row, standing: Standing, now: datetime) -> Report:
    """The same report, of the instant it was closed at, by what is known `now`."""
    query = Query(closed["since"], closed["until"], now, closed["rule_key"], Basis(closed["basis"]))
    known = response_times(connection, query, standing.calendar, standing.rule_labels)
    rows = [as_it_was(row, closed["as_of"]) for row in known.rows]
    return assemble(connection, replace(query, as_of=closed["as_of"]), rows, standing.rule_labels)


def _changes(connection: Connection, closed: Row, counted: Report) -> list[Change]:
    all_since_close = changes_between(unpack(closed["rows"]), counted.rows)
    told = {
        (change["deadline"], str(change["after"]))
        for row in report_periods.restatements_of(connection, closed["id"])
        for change in row["changes"]
    }
    return [one for one in all_since_close if (one.deadline, str(one.as_json()["after"])) not in told]


def _close(connection: Connection, closed: Row) -> Close:
    count = len(report_periods.restatements_of(connection, closed["id"]))
    return Close(closed["id"], closed["closed_at"], closed["rows_sha256"], count)


def _key(query: Query) -> PeriodKey:
    return PeriodKey(query.rule, query.basis.value, query.since, query.until)


def _require_closer(actor: Actor) -> None:
    if actor.role is not None and actor.role not in _CLOSERS:
        raise NotAllowed("结账和更正由领导或管理员办理。", mend="请由领导登录后办理。", code="role.refused")


def _record(connection: Connection, tag: Tag, actor: Actor, now: datetime, payload: dict[str, Any]) -> None:
    events.append(connection, [Draft(OFFICE_STREAM, tag, actor.kind, actor.name, now, payload)], now)
