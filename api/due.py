""" "When would this be due?" — asked by the page and by the JSON interface."""

from __future__ import annotations

from datetime import datetime

from api.periods import instant_of
from api.services import Services
from core.clock import local_day
from core.model import DueTime
from core.rulebook import Rule


def due_of(services: Services, key: str, start: str) -> tuple[Rule, datetime, DueTime]:
    """The rule in force on the day of `start`, the instant `start` stands for, and when it would be due.

    Raises:
        NotFound: no such rule, or it was no longer in force.
        InvalidInput: `start` is no instant, or the rule has no limit of its own.
    """
    started_at = instant_of(start, "from")
    rule = services.rulebook.rule(key, local_day(started_at))
    return rule, started_at, services.due_times.due(rule, started_at)
