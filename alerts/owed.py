"""Which rules a case owes an answer under."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from alerts.casework import Law
from core.clock import local_day
from core.rulebook import Rule
from core.vocabulary import CaseKind, Channel, ClockStart, Level
from storage import deadlines
from storage.database import Connection, Row

# A row of the database, or one that is about to stand there.
Fact = Row | Mapping[str, Any]


def rule_of(law: Law, clock: Fact) -> Rule:
    """The rule of a clock, in the version it was started under."""
    rule = law.rulebook.find(clock["rule_key"], clock["rule_version"])
    return rule or law.rulebook.rule(clock["rule_key"], local_day(clock["started_at"]))


def simple_rules(law: Law, case: Fact) -> list[str]:
    """The keys of the rules for simple questions that the channel of a message case has; may be empty."""
    on = local_day(case["received_at"])
    rules = [law.rulebook.rule(key, on) for key in law.rulebook.for_channel(Channel(case["channel"]))]
    return [rule.key for rule in rules if rule.applies_to.simple_only]


def rules_of_level(law: Law, level: Level, starts: ClockStart, on: date) -> list[Rule]:
    """The rules for incidents of a level whose clock starts from `starts`, in the order of the files."""
    keys = dict.fromkeys(
        rule.key
        for rule in law.rulebook.rules()
        if rule.enabled
        and rule.applies_to.kind is CaseKind.INCIDENT
        and level in rule.applies_to.levels
        and rule.starts is starts
    )
    return [law.rulebook.rule(key, on) for key in keys]


def owed_again(connection: Connection, law: Law, case_id: int) -> list[str]:
    """The keys of the rules whose clocks the last cycle had and a new cycle has again.

    Left out: reminders that count from a publication, and limits that only an order prints.
    """
    rows = deadlines.live(connection, case_id)
    last = max((row["cycle"] for row in rows), default=0)
    rules = [rule_of(law, row) for row in rows if row["cycle"] == last]
    again = [
        rule.key
        for rule in rules
        if rule.starts is not ClockStart.LAST_PUBLICATION and rule.limit.amount is not None
    ]
    return list(dict.fromkeys(again))
