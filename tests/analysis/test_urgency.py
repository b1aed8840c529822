"""How pressing a message is, part by part; and that tone only orders what is otherwise equal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from analysis.lexicon import load_lexicon
from analysis.urgency import Situation, in_order, load_urgency_rules, urgency_of
from core.rule_files import rules_folder
from core.vocabulary import RiskLevel

RULES = load_urgency_rules(rules_folder() / "urgency.yml")
RISKS = load_lexicon(rules_folder() / "lexicon").risks
PLAIN = Situation(0.15, ("弱势群体：出现“八十岁”。",), topic="供水", channel="leader_mailbox")


@pytest.mark.parametrize(
    ("more", "score", "reason"),
    [
        ({}, 0.15, "弱势群体：出现“八十岁”。"),
        ({"voices": 5}, 0.25, "5人反映同一件事。"),
        ({"voices": 20}, 0.35, "20人反映同一件事。"),
        ({"voices": 6, "recent": 4, "before": 2}, 0.35, "正在增长：最近4条，此前2条。"),
        ({"due_in_hours": 23.6}, 0.25, "时限还有24小时。"),
        ({"due_in_hours": -1.0}, 0.3, "时限已超期。"),
        ({"reach": 1000}, 0.25, "转评赞共1000次。"),
    ],
)
def test_each_circumstance_adds_what_the_rules_say_with_its_reason(
    more: dict[str, Any], score: float, reason: str
) -> None:
    found = urgency_of(replace(PLAIN, **more), RULES, RISKS)
    assert found.score == pytest.approx(score)
    assert found.reasons[-1] == reason


def test_a_message_becomes_high_by_what_surrounds_it_and_never_above_one() -> None:
    crowd = replace(PLAIN, voices=30, recent=20, before=3, due_in_hours=-5.0, reach=20_000)
    assert urgency_of(crowd, RULES, RISKS).level is RiskLevel.HIGH
    assert urgency_of(replace(crowd, risk_score=0.9), RULES, RISKS).score == 1.0
    assert urgency_of(PLAIN, RULES, RISKS).level is RiskLevel.LOW


def test_tone_changes_no_urgency() -> None:
    for log_odds in (-1e6, 0.0, 1e6, None):
        assert urgency_of(replace(PLAIN, log_odds=log_odds), RULES, RISKS) == urgency_of(PLAIN, RULES, RISKS)


def test_tone_orders_equals_by_their_place_within_topic_and_channel() -> None:
    def one(score: float, channel: str, log_odds: float | None) -> tuple[Situation, Any]:
        situation = replace(PLAIN, risk_score=score, channel=channel, log_odds=log_odds)
        return situation, urgency_of(situation, RULES, RISKS)

    given = {
        1: one(0.1, "weibo", -9.0),  # the angriest of all, yet the least risky
        2: one(0.4, "weibo", -1.0),
        3: one(0.4, "weibo", -2.0),
        4: one(0.4, "leader_mailbox", -0.1),  # mild, but the harshest of its own channel
        5: one(0.4, "leader_mailbox", 3.0),
        6: one(0.4, "weibo", None),
    }
    assert in_order(given) == [4, 3, 6, 5, 2, 1]
