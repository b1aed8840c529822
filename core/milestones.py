"""The dates an export prints for the steps of a request (accepted, told, finished), kept with its record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from core.clock import iso, parse_instant
from core.vocabulary import ClockStart, ClockStop, Precision

Fact = ClockStart | ClockStop
# No header of a file begins like this, since a header loses its colons.
_PREFIX = "step:"


class Milestone(NamedTuple):
    """When a step was taken, and how exactly that is known."""

    at: datetime
    precision: Precision


def written(fact: Fact, milestone: Milestone) -> tuple[str, str]:
    """Key and value of a milestone among the extra columns of a record."""
    return f"{_PREFIX}{fact.value}", f"{iso(milestone.at)} {milestone.precision.value}"


def milestone_in(extra: Mapping[str, str], fact: Fact) -> Milestone | None:
    """When a step was taken, or None where the export does not say."""
    value = extra.get(f"{_PREFIX}{fact.value}")
    if value is None:
        return None
    instant, _, precision = value.partition(" ")
    return Milestone(parse_instant(instant), Precision(precision))
