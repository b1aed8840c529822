"""Whose share of the time was used by whom: the stretches in which each section was responsible. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from core.vocabulary import Tag


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a case; half-open.

    Attributes:
        section: key of the responsible section; empty while nobody was.
    """

    section: str
    since: datetime
    until: datetime

    @property
    def length(self) -> timedelta:
        """How long the section had the case."""
        return self.until - self.since


def segments(
    trail: Sequence[Mapping[str, Any]], *, section: str, since: datetime, until: datetime
) -> list[Segment]:
    """The stretches of a case from `since` to `until`, in order; their lengths add up to the whole.

    Args:
        trail: the events of the case, oldest first, as `storage.events.of_stream` gives them.
        section: the section that is responsible at the end of the trail.
        since: from when the clocks count.
        until: when the case was answered, or now.
    """
    moves = [one for one in trail if one["tag"] in _MOVES and one["recorded_at"] < until]
    edges = [since, *(max(one["recorded_at"], since) for one in moves), until]
    names = [_before(moves, section), *(_after(one) for one in moves)]
    found = [
        Segment(name, begin, end)
        for name, (begin, end) in zip(names, pairwise(edges), strict=True)
        if end > begin
    ]
    return _joined(found)


_MOVES = frozenset({Tag.CASE_ASSIGNED.value, Tag.CASE_SENT_BACK.value})


def _before(moves: Sequence[Mapping[str, Any]], section: str) -> str:
    """Who had the case before its first move."""
    if not moves:
        return section
    first = moves[0]
    key = "was" if first["tag"] == Tag.CASE_ASSIGNED.value else "section"
    return str(first["payload"][key])


def _after(move: Mapping[str, Any]) -> str:
    return str(move["payload"]["section"]) if move["tag"] == Tag.CASE_ASSIGNED.value else ""


def _joined(found: Sequence[Segment]) -> list[Segment]:
    """Neighbours of the same section as one."""
    joined: list[Segment] = []
    for one in found:
        if joined and joined[-1].section == one.section:
            joined[-1] = Segment(one.section, joined[-1].since, one.until)
        else:
            joined.append(one)
    return joined
