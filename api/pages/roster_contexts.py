"""What the page of the roster shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from api.pages.contexts import Option, PageContext


@dataclass(frozen=True)
class TurnLine:
    """Somebody's turn within one day; half-open."""

    name: str
    since: datetime
    until: datetime
    is_override: bool


@dataclass(frozen=True)
class Cell:
    """One day of one post; `gap` is how long nobody is there."""

    turns: Sequence[TurnLine]
    gap: timedelta


@dataclass(frozen=True)
class PostRow:
    """One post with its week.

    Attributes:
        on_duty: names of who is there now.
    """

    name: str
    audience: str
    needs_all: bool
    on_duty: Sequence[str]
    cells: Sequence[Cell]


@dataclass(frozen=True)
class HandoverLine:
    """One hand-over; `taken_at` None until the other has signed."""

    id: int
    post: str
    giver: str
    taker: str
    note: str
    clocks: int
    written_at: datetime
    taken_at: datetime | None
    may_take: bool


@dataclass(frozen=True)
class CallLine:
    """One call of the roll."""

    post: str
    name: str
    called_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True)
class RosterPage(PageContext):
    """值班表.

    Attributes:
        kinds: what each day is beside an ordinary one, or empty.
        previous, following: the days that the weeks before and after are asked for with.
        typed: what stood in a form that was refused.
    """

    days: Sequence[date]
    today: date
    kinds: Sequence[str]
    rows: Sequence[PostRow]
    previous: str
    following: str
    may_plan: bool
    posts: Sequence[Option]
    people: Sequence[Option]
    others: Sequence[Option]
    audiences: Sequence[Option]
    sections: Sequence[Option]
    handovers: Sequence[HandoverLine]
    calls: Sequence[CallLine]
    is_called: bool
    open_clocks: Sequence[Mapping[str, Any]]
    done: str
    failure: str
    typed: Mapping[str, str]
