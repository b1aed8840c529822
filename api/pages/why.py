"""The reason for a due time as the pages show it: the clause and the calendar of counted days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from api.pages.contexts import DayCell, Why
from core.labels import label
from core.model import ExplainedDay
from core.rulebook import Rule
from core.vocabulary import DayKind

_COUNTED_FROM_NAME = {DayKind.HOLIDAY, DayKind.MAKE_UP_WORKING_DAY}


def explained(days: Sequence[Mapping[str, Any]]) -> list[ExplainedDay]:
    """The days of a stored explanation."""
    return [
        ExplainedDay(date.fromisoformat(one["day"]), DayKind(one["kind"]), one["number"], one["name"])
        for one in days
    ]


def why(rule: Rule | None, days: Sequence[ExplainedDay], *, is_provisional: bool) -> Why:
    """The reason for a due time; `days` is empty for limits in hours."""
    counted = sum(one.number is not None for one in days)
    return Why(
        rule=rule,
        days=[_cell(one, is_last=one is days[-1]) for one in days],
        counted=counted,
        # Day zero is neither counted nor skipped for being a day off.
        skipped=max(0, len(days) - 1 - counted),
        is_provisional=is_provisional,
    )


def _cell(one: ExplainedDay, *, is_last: bool) -> DayCell:
    words = label(one.kind)
    if one.kind is DayKind.HOLIDAY and one.name:
        words = one.name
    elif one.kind in _COUNTED_FROM_NAME and one.name:
        words = f"{words}({one.name})"
    return DayCell(one.day, one.day.isoweekday(), one.kind.value, words, one.number, is_last)
