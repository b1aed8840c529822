"""Which grade is suggested, and by what."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from alerts.grade_suggestion import Circumstances, suggested
from alerts.triage import load_triage_rules
from core.rule_files import rules_folder
from core.vocabulary import Level

LEVELS = load_triage_rules(rules_folder() / "triage.yml").suggested_levels
HIGH = frozenset({"low", "high"})
FEW = Circumstances(recent=2, total=2)


@pytest.mark.parametrize(
    ("given", "level"),
    [
        ({}, None),
        ({"recent": 5}, Level.IV),
        ({"recent": 5, "risks": HIGH}, Level.III),
        ({"recent": 6, "before": 3, "reach": 1000}, Level.III),
        ({"recent": 6, "before": 4, "reach": 1000}, Level.IV),
        ({"recent": 5, "due_in_hours": 7.9}, Level.III),
        ({"recent": 5, "due_in_hours": 30.0}, Level.IV),
        ({"recent": 20}, Level.III),
        ({"recent": 20, "risks": HIGH}, Level.II),
        ({"recent": 30, "before": 10, "reach": 10_000}, Level.II),
        ({"recent": 20, "risks": HIGH, "reach": 10_000}, Level.I),
        ({"recent": 50, "risks": HIGH, "channels": 2}, Level.I),
        ({"recent": 50, "risks": HIGH}, Level.II),
        ({"is_slow_burn": True, "total": 8}, Level.IV),
        ({"is_slow_burn": True, "total": 20}, Level.III),
        ({"total": 20}, None),
    ],
)
def test_the_first_line_that_fits_gives_the_level(given: dict[str, Any], level: Level | None) -> None:
    found, reasons = suggested(replace(FEW, **given), LEVELS)
    assert found is level
    assert bool(reasons) == (level is not None)


def test_the_reason_has_every_number() -> None:
    given = Circumstances(60, 90, 12, HIGH, channels=3, reach=12_000, due_in_hours=-2.0)
    _, (reason,) = suggested(given, LEVELS)
    for told in ("一日内60条", "累计90条", "前一日12条", "3个渠道", "转评赞共12000次", "有时限已超期"):
        assert told in reason


def test_how_it_sounds_is_not_among_the_circumstances() -> None:
    assert not {one.name for one in fields(Circumstances)} & {"sentiment", "polarity", "tone", "log_odds"}
