"""`huiying incidents`: incidents, and what stirs without being one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.table import Table

from alerts import incidents
from analysis.trend import trend_of
from core.clock import day_end, day_start, iso, parse_day, shanghai
from core.labels import label
from core.vocabulary import CaseState, Level
from huiying.office import open_office
from huiying.output import command, console, print_json, print_table
from storage import incident_voices, matters
from storage.database import Connection, Row

# A matter that stirred before the office looked at it: no incident was opened, and no clock runs.
_CANDIDATE = "candidate"


@command
def incidents_command(
    since: Annotated[str | None, typer.Option("--from", help="从这一天起首次发现的，如 2026-09-01。")] = None,
    until: Annotated[str | None, typer.Option("--to", help="到这一天为止。")] = None,
    candidates: Annotated[bool, typer.Option("--candidates", help="只看还没有定级的候选。")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """列出事件，热度高的在前；--candidates 列出候选和它们的理由。"""
    begin = day_start(parse_day(since)) if since else None
    end = day_end(parse_day(until)) if until else None
    with open_office() as office, office.database.read() as connection:
        known = incidents.listed(connection, since=begin, until=end, candidates=True if candidates else None)
        now = office.clock.now()
        told = [{**one, "trend": _trend_of_incident(connection, one["incident"], now)} for one in known]
        found = [*told, *(_without_incident(connection, begin, end, now) if candidates else ())]
    found.sort(key=lambda one: (-one["heat"], one["first_seen_at"] or ""))
    if as_json:
        print_json({"incidents": found})
    else:
        _show(found)


def _without_incident(
    connection: Connection, begin: datetime | None, end: datetime | None, now: datetime
) -> list[dict[str, Any]]:
    """Matters that stirred in the period and belong to no incident, in the same shape."""
    rows = [row for row in matters.stirring(connection, since=begin, until=end) if row["case_id"] is None]
    voices = matters.told_of(connection, [row["id"] for row in rows])
    return [_candidate(row, voices[row["id"]], now) for row in rows]


def _trend_of_incident(connection: Connection, case_id: int, now: datetime) -> dict[str, Any]:
    return _trend(incident_voices.of_incident(connection, case_id), now)


def _trend(voices: Sequence[Row], now: datetime) -> dict[str, Any]:
    heard = [(one["received_at"], one["author_hash"] or str(one["message_id"])) for one in voices]
    return asdict(trend_of(heard, now))


def _candidate(row: Row, voices: Sequence[Row], now: datetime) -> dict[str, Any]:
    return {
        "incident": None,
        "matter": row["id"],
        "title": row["name"],
        "state": _CANDIDATE,
        "grade": None,
        "heat": row["heat"],
        "heat_reasons": list(row["heat_reasons"]),
        "first_seen_at": iso(row["first_at"]),
        "raised_at": iso(row["stirred_at"]),
        "messages": [{"source": one["source"], "native_id": one["native_id"]} for one in voices],
        "reasons": [one["reason"] for one in row["signals"]],
        "suggested": None,
        "is_ungraded": True,
        "occurred_at": None,
        "first_public_at": None,
        "trend": _trend(voices, now),
    }


def _show(found: Sequence[Mapping[str, Any]]) -> None:
    if not found:
        console.print("没有这样的事件。")
        return
    table = Table("编号", "热度", "条数", "首次发现", "等级", "状态", "事件", "理由")
    for one in found:
        seen = shanghai(datetime.fromisoformat(one["first_seen_at"])).strftime("%Y-%m-%d")
        state = "候选" if one["state"] == _CANDIDATE else label(CaseState(one["state"]))
        grade = label(Level(one["grade"])) if one["grade"] else "未定级"
        number = str(one["incident"] or "")
        reasons = "".join(one["reasons"][:2])
        count = str(len(one["messages"]))
        table.add_row(number, f"{one['heat']:g}", count, seen, grade, state, one["title"], reasons)
    print_table(table)
    console.print(f"共 {len(found):,} 件。")
