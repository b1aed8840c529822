"""`huiying due`: when a clock would run out, day by day and by which clause."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer
from rich.table import Table

from alerts.deadlines import due
from core.clock import iso, local_day, parse_day, parse_instant, shanghai
from core.labels import label
from core.model import DueTime, ExplainedDay
from core.rulebook import Rule, load_rulebook, rules_folder
from core.working_days import load_calendar
from huiying.output import command, console, print_json

_WEEKDAYS = "一二三四五六日"


@command
def due_command(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="规则，例如 message.first_reply。")],
    started: Annotated[
        str, typer.Option("--from", metavar="T", help="起算时间，例如 2026-09-30T09:00+08:00。")
    ],
    calendar_as_of: Annotated[
        str | None,
        typer.Option("--calendar-as-of", metavar="DAY", help="只用这一天以前公布的工作日历。"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """算出截止时间，逐日说明理由和依据条款。"""
    start = parse_instant(started)
    known_on = parse_day(calendar_as_of) if calendar_as_of is not None else None
    chosen = load_rulebook(rules_folder()).rule(rule, local_day(start))
    calendar = load_calendar(rules_folder() / "calendar", known_on=known_on)
    result = due(chosen, start, calendar)
    if as_json:
        print_json(_object(chosen, start, result))
    else:
        _print(chosen, start, result)


def _object(rule: Rule, start: datetime, result: DueTime) -> dict[str, Any]:
    citation = rule.citation
    return {
        "rule": rule.key,
        "version": rule.version,
        "from": iso(start),
        "due_at": iso(result.due_at),
        "due_day": result.due_day.isoformat() if result.due_day else None,
        "provisional": result.provisional,
        "citation": {
            "document": citation.document,
            "section": citation.section,
            "quote": citation.quote,
            "trust": citation.trust.value,
            "number": citation.number,
            "reading": citation.reading,
        },
        "explanation": [_line(line) for line in result.explanation],
        "calendar_version": result.calendar_version or None,
        "interpretation": rule.interpretation or None,
    }


def _line(line: ExplainedDay) -> dict[str, Any]:
    return {
        "day": line.day.isoformat(),
        "kind": line.kind.value,
        "number": line.number,
        "name": line.name,
    }


def _print(rule: Rule, start: datetime, result: DueTime) -> None:
    def say(text: str) -> None:
        console.print(text, markup=False, highlight=False)

    if result.explanation:
        console.print(_table(result))
    say(f"规则：{rule.label}（{rule.key}，{rule.version}起施行）")
    say(f"起算：{shanghai(start):%Y-%m-%d %H:%M}({label(rule.starts)})")
    say(f"截止：{_end(result)}{'（暂定：次年放假安排尚未公布）' if result.provisional else ''}")
    citation = rule.citation
    number = f"({citation.number})" if citation.number else ""
    say(f"依据：{citation.document}{number} {citation.section}「{citation.quote}」[{label(citation.trust)}]")
    if citation.reading:
        say(f"简体：「{citation.reading}」")
    if rule.interpretation:
        say(f"说明：{rule.interpretation}")


def _table(result: DueTime) -> Table:
    table = Table("日期", "星期", "性质", "节日", "第几日")
    for line in result.explanation:
        counted = "" if line.number is None else str(line.number)
        table.add_row(
            line.day.isoformat(), _WEEKDAYS[line.day.weekday()], label(line.kind), line.name or "", counted
        )
    return table


def _end(result: DueTime) -> str:
    """The end as an official says it: 24:00 of the last day, not the midnight after it."""
    at = shanghai(result.due_at)
    if result.due_day is not None and at.date() > result.due_day:
        return f"{result.due_day.isoformat()} 24:00"
    return f"{at:%Y-%m-%d %H:%M}"
