"""Plain rules for the tests of the clocks."""

from __future__ import annotations

from dataclasses import replace

from core.model import Limit
from core.rulebook import Rule, load_rulebook, rules_folder
from core.vocabulary import LimitUnit

BOOK = load_rulebook(rules_folder())
FIRST_REPLY = next(rule for rule in BOOK.rules() if rule.key == "message.first_reply")


def rule_of(
    amount: int | None,
    unit: LimitUnit = LimitUnit.WORKING_DAY,
    *,
    backwards: bool = False,
    pausable: bool = True,
) -> Rule:
    """A rule that differs from the first reply only in its limit."""
    return replace(FIRST_REPLY, key="test.rule", limit=Limit(amount, unit, backwards), pausable=pausable)
