"""Who is on duty at an instant: shifts, then overrides, then absences. Pure.

An override wins over the shift it replaces, a later one over an earlier one; whoever is absent is stood in
for by a delegate. A post that somebody closed answers nothing any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from core.vocabulary import Audience


@dataclass(frozen=True, slots=True)
class Post:
    """A post of the roster.

    Attributes:
        audience: whose notices whoever is on duty here receives.
        section: only for cases of this section; empty for all.
        needs_all: everybody on it has to sign, not just the first.
    """

    id: int
    key: str
    name: str
    audience: Audience
    section: str = ""
    needs_all: bool = False


@dataclass(frozen=True, slots=True)
class Shift:
    """Somebody's turn on a post; half-open."""

    id: int
    post_id: int
    person_id: int
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Override:
    """Somebody takes the turn of another, or of everybody (`person_id` None), on a post; half-open."""

    id: int
    post_id: int
    person_id: int | None
    stand_in_id: int
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody is away and has named who gets their notices; half-open."""

    person_id: int
    delegate_id: int
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody on duty, and why.

    Attributes:
        via: `shift/7` or `override/3`; with `+away/12` where the person stands in for number 12.
    """

    person_id: int
    post: Post
    via: str


@dataclass(frozen=True)
class Roster:
    """Everything the roster says around one instant."""

    posts: Sequence[Post] = ()
    shifts: Sequence[Shift] = ()
    overrides: Sequence[Override] = ()
    absences: Sequence[Absence] = field(default=())

    def posts_of(self, audience: Audience, section: str) -> list[Post]:
        """The posts that answer an audience: those of the section, or else those of the whole office."""
        fit = [post for post in self.posts if post.audience is audience]
        own = [post for post in fit if section and post.section == section]
        return own or [post for post in fit if not post.section]

    def on_duty(self, post: Post, at: datetime) -> list[Holder]:
        """Who is on a post at an instant, each person once, in order of their shifts."""
        turns = [(one.person_id, f"shift/{one.id}") for one in self.shifts if _holds(one, post, at)]
        turns.sort(key=lambda turn: turn[1])
        replacing = sorted((one for one in self.overrides if _holds(one, post, at)), key=lambda one: one.id)
        for override in replacing:
            turns = _replaced(turns, override)
        found: dict[int, Holder] = {}
        for person_id, via in turns:
            present, via_all = self._present(person_id, via, at)
            found.setdefault(present, Holder(present, post, via_all))
        return list(found.values())

    def delegate_of(self, person_id: int, at: datetime) -> int:
        """Who gets the notices of a person: the person, or whoever stands in, also for a stand-in."""
        seen = {person_id}
        while True:
            away = [
                one for one in self.absences if one.person_id == person_id and one.since <= at < one.until
            ]
            if not away or away[-1].delegate_id in seen:
                return person_id
            person_id = away[-1].delegate_id
            seen.add(person_id)

    def gaps(self, post: Post, since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
        """The stretches of a period in which nobody is on a post, in order."""
        rows: list[Shift | Override] = [*self.shifts, *self.overrides]
        inner = {edge for one in rows if one.post_id == post.id for edge in (one.since, one.until)}
        edges = sorted({since, until} | {edge for edge in inner if since < edge < until})
        found: list[tuple[datetime, datetime]] = []
        for begin, end in pairwise(edges):
            if self.on_duty(post, begin):
                continue
            if found and found[-1][1] == begin:
                found[-1] = (found[-1][0], end)
            else:
                found.append((begin, end))
        return found

    def _present(self, person_id: int, via: str, at: datetime) -> tuple[int, str]:
        present = self.delegate_of(person_id, at)
        return present, via if present == person_id else f"{via}+away/{person_id}"


EMPTY = Roster()


def _holds(one: Shift | Override, post: Post, at: datetime) -> bool:
    return one.post_id == post.id and one.since <= at < one.until


def _replaced(turns: Sequence[tuple[int, str]], override: Override) -> list[tuple[int, str]]:
    kept = [turn for turn in turns if override.person_id is not None and turn[0] != override.person_id]
    return [*kept, (override.stand_in_id, f"override/{override.id}")]
