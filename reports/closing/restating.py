"""What differs between the rows of a close and the same rows counted again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from core.clock import iso
from core.vocabulary import DeadlineStatus
from reports.response_times import ReportRow


@dataclass(frozen=True, slots=True)
class Facts:
    """What of a clock makes a figure."""

    state: DeadlineStatus
    section: str
    due_at: datetime
    met_at: datetime | None
    working_days: int | None

    def as_json(self) -> dict[str, Any]:
        """For the restatement that is kept."""
        return {
            "state": self.state.value,
            "section": self.section,
            "due_at": iso(self.due_at),
            "met_at": iso(self.met_at),
            "working_days": self.working_days,
        }


@dataclass(frozen=True, slots=True)
class Change:
    """One clock that stands differently.

    Attributes:
        before: as closed; None for a clock that was not counted then.
        after: as counted again; None for a clock that is not counted any more.
    """

    case: int
    deadline: int
    title: str
    before: Facts | None
    after: Facts | None

    def as_json(self) -> dict[str, Any]:
        """For the restatement that is kept."""
        return {
            "case": self.case,
            "deadline": self.deadline,
            "title": self.title,
            "before": self.before.as_json() if self.before else None,
            "after": self.after.as_json() if self.after else None,
        }


def changes_between(before: Iterable[ReportRow], after: Iterable[ReportRow]) -> list[Change]:
    """The clocks that differ in what makes a figure, in order of their number."""
    old, new = {row.deadline: row for row in before}, {row.deadline: row for row in after}
    return [
        Change(row.case, number, row.title, _facts(old.get(number)), _facts(new.get(number)))
        for number in sorted(old.keys() | new.keys())
        if _facts(old.get(number)) != _facts(new.get(number)) and (row := new.get(number) or old.get(number))
    ]


def as_it_was(row: ReportRow, as_of: datetime) -> ReportRow:
    """A clock as it stood at `as_of`, by the time at which things happened, whenever they were recorded."""
    unanswered = row.state in {DeadlineStatus.OVERDUE, DeadlineStatus.OPEN}
    if not unanswered and (row.met_at is None or row.met_at <= as_of):
        return row
    state = DeadlineStatus.OVERDUE if row.due_at < as_of else DeadlineStatus.OPEN
    clock = replace(row.clock, status=state, met_at=None, met_precision=None, working_days=None)
    return replace(row, state=state, met_at=None, working_days=None, clock=clock)


def _facts(row: ReportRow | None) -> Facts | None:
    if row is None:
        return None
    return Facts(row.state, row.section, row.due_at, row.met_at, row.working_days)
