"""Ladder files: what ships is whole, and what cannot be trusted is refused with the place."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from alerts.ladders import load_ladders
from core.clock import parse_instant
from core.errors import RuleError
from core.rulebook import load_rulebook, rules_folder
from core.vocabulary import ActionKind
from tests.alerts.watchroom import CALENDAR

KEYS = {rule.key for rule in load_rulebook(rules_folder()).rules()}
LADDERS = load_ladders(rules_folder(), KEYS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped files that a test may spoil."""
    for name in ("ladders", "delivery"):
        shutil.copytree(rules_folder() / name, tmp_path / name)
    return tmp_path


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize("key", sorted(KEYS))
def test_every_rule_has_a_ladder_that_warns_and_records_the_breach(key: str) -> None:
    ladder = LADDERS.for_rule(key)
    assert ladder is not None
    kinds = [step.kind for step in ladder.steps]
    assert kinds.count(ActionKind.DUE) == 1
    assert {ActionKind.WARN, ActionKind.ESCALATE} <= set(kinds)
    assert {step.share for step in ladder.steps} >= {0.5, 0.8}


def test_a_rule_without_a_ladder_is_refused_by_name() -> None:
    with pytest.raises(RuleError) as caught:
        load_ladders(rules_folder(), ["fire.report"])
    assert caught.value.key == "fire.report"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("families: [message,", "families: [incident, message,", "已有另一个阶梯"),
        ("kind: due,", "kind: escalate,", "恰有一步 kind: due"),
        ("{share: 0.5, kind: warn", "{share: 0.5, amount: 3, kind: warn", "不能再写 amount"),
        ("{share: 0.5, kind: warn", "{kind: warn", "share 或 after"),
        ("{share: 0.5, kind: warn", "{share: 0.5, kind: escalate", "到期和升级在期限之后"),
        ("{share: 0.5, kind: warn", "{share: 0.5, kind: remind", "催签从开始计时算起"),
        ("audience: section", "audience: mayor", "audience"),
    ],
    ids=[
        "family twice",
        "no breach",
        "two moments",
        "no moment",
        "early escalation",
        "late remind",
        "audience",
    ],
)
def test_a_ladder_that_cannot_be_trusted_is_refused(folder: Path, old: str, new: str, reason: str) -> None:
    replace(folder / "ladders" / "message.yml", old, new)
    with pytest.raises(RuleError, match=reason):
        load_ladders(folder, [])


def test_a_fallback_that_may_end_with_nobody_is_refused(folder: Path) -> None:
    replace(folder / "delivery" / "office.yml", "duty: [press, manager, admin]", "duty: [press]")
    with pytest.raises(RuleError, match="最后应是 admin"):
        load_ladders(folder, [])


@pytest.mark.parametrize(
    ("rule", "now", "expected"),
    [
        ("incident.first_response", "2026-10-03T03:00", "2026-10-03T03:00"),
        ("message.first_reply", "2026-09-29T10:00", "2026-09-29T10:00"),
        ("message.first_reply", "2026-09-29T03:00", "2026-09-29T08:30"),
        ("message.first_reply", "2026-09-29T17:30", "2026-09-30T08:30"),
        ("message.first_reply", "2026-09-30T18:00", "2026-10-08T08:30"),
        ("message.first_reply", "2026-10-10T09:00", "2026-10-10T09:00"),
    ],
    ids=["事件 夜里也发", "上班时", "上班前", "下班后", "国庆顺延", "调休上班"],
)
def test_notices_wait_for_the_office_unless_it_is_an_incident(rule: str, now: str, expected: str) -> None:
    assert LADDERS.send_at(rule, _at(now), CALENDAR) == _at(expected)


def _at(text: str) -> datetime:
    return parse_instant(text)
