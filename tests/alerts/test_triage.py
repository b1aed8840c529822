"""Triage: what draws an eye, and that how a text sounds never does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.grade_suggestion import Circumstances
from alerts.triage import (
    Assessed,
    Decision,
    OpenMatter,
    Step,
    Stirring,
    TriageRules,
    load_triage_rules,
    triage,
)
from core.clock import parse_instant
from core.errors import RuleError
from core.rule_files import rules_folder
from core.vocabulary import Channel, Level

FILE = rules_folder() / "triage.yml"
RULES: TriageRules = load_triage_rules(FILE)
PUBLIC = frozenset({Channel.WEIBO})
START = parse_instant("2026-03-02T09:00")
ENOUGH = RULES.cluster.messages


def post(
    number: int,
    *,
    after: timedelta = timedelta(0),
    channel: Channel = Channel.WEIBO,
    topic: str = "供水",
    place: str = "柳河路",
    risk: str = "low",
    sentiment: float = 0.5,
) -> Assessed:
    reasons = ("提到有人受伤。",) if risk == "high" else ()
    polarity = "negative" if sentiment < 0.5 else "positive"
    return Assessed(
        number, channel, START + after, "又停水了", topic, place, risk, reasons, polarity, sentiment
    )


def posts(count: int, **given: object) -> list[Assessed]:
    """`count` posts one minute apart."""
    return [post(n, after=timedelta(minutes=n), **given) for n in range(1, count + 1)]  # type: ignore[arg-type] # passed through


def decide(assessed: Sequence[Assessed], *matters: OpenMatter) -> list[Decision]:
    return triage(assessed, matters, RULES, PUBLIC)


def test_a_sentiment_score_alone_never_raises_an_alert() -> None:
    furious = [
        post(n, topic=f"事项{n}", place=f"第{n}路", sentiment=0.0, channel=channel)
        for n, channel in enumerate([*Channel] * 3, start=1)
    ]
    assert decide(furious) == []


def test_the_score_changes_no_decision() -> None:
    for count in (ENOUGH - 1, ENOUGH):
        assert decide(posts(count, sentiment=0.0)) == decide(posts(count, sentiment=1.0))


def test_a_risky_message_raises_an_alert_with_the_reasons_of_the_analysis() -> None:
    (decision,) = decide([post(1, channel=Channel.LEADER_MAILBOX, risk="high", sentiment=0.99)])
    assert (decision.step, decision.key) == (Step.RAISE_ALERT, "risk:1")
    assert decision.reasons == ("提到有人受伤。",)


def test_enough_public_voices_about_one_matter_open_an_incident() -> None:
    assert decide(posts(ENOUGH - 1)) == []
    (decision,) = decide(posts(ENOUGH))
    assert decision.step is Step.OPEN_INCIDENT
    assert decision.message_ids == tuple(range(1, ENOUGH + 1))
    assert decision.suggested_level is Level.IV
    assert decision.reasons
    assert all(reason.endswith("。") for reason in decision.reasons)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"channel": Channel.LEADER_MAILBOX}, id="不公开"),
        pytest.param({"topic": ""}, id="类别不明"),
        pytest.param({"place": ""}, id="地点不明"),
        pytest.param({"topic": "道路"}, id="另一类事"),
        pytest.param({"place": "东湖路"}, id="另一条路"),
        pytest.param({"after": -RULES.window}, id="太早"),
    ],
)
def test_a_voice_that_is_not_of_the_matter_does_not_fill_it_up(changed: dict[str, object]) -> None:
    odd = post(99, **changed)  # type: ignore[arg-type] # passed through
    assert decide([*posts(ENOUGH - 1), odd]) == []


def test_voices_at_both_edges_of_the_window_are_one_matter() -> None:
    edge = [post(n) for n in range(1, ENOUGH)] + [post(ENOUGH, after=RULES.window)]
    assert len(decide(edge)) == 1
    beyond = [*edge[:-1], post(ENOUGH, after=RULES.window + timedelta(seconds=1))]
    assert decide(beyond) == []


def test_many_voices_with_a_risk_among_them_suggest_a_major_incident() -> None:
    most = max(one.messages for one in RULES.suggested_levels)
    assessed = [*posts(most - 1), post(99, after=timedelta(hours=1), risk="high")]
    (incident,) = [one for one in decide(assessed) if one.step is Step.OPEN_INCIDENT]
    assert incident.suggested_level is Level.II
    assert "提到有人受伤。" in incident.reasons


def test_new_voices_of_an_open_incident_join_it_and_open_no_second_one() -> None:
    known = posts(ENOUGH)
    matter = OpenMatter(
        7, "供水", "柳河路", known[-1].received_at, frozenset(one.message_id for one in known)
    )
    assert decide(known, matter) == []
    (joined,) = decide([*known, post(42, after=timedelta(hours=1))], matter)
    assert (joined.step, joined.case_id, joined.message_ids) == (Step.JOIN_INCIDENT, 7, (42,))


def test_the_order_of_the_messages_does_not_matter() -> None:
    assessed = [*posts(ENOUGH), post(50, risk="high", topic="道路")]
    assert decide(assessed) == decide(list(reversed(assessed)))


def test_a_number_without_its_reason_does_not_load(tmp_path: Path) -> None:
    bare = FILE.read_text("utf-8").replace(
        "  why: 一天之内五条公开信息说同一地点的同一类事,已不是个别诉求;少于五条的多为同一人重复。\n", ""
    )
    broken = tmp_path / "triage.yml"
    broken.write_text(bare, "utf-8")
    with pytest.raises(RuleError, match=r"cluster\.why"):
        load_triage_rules(broken)


def stirring(*, stirs: bool = True, case_id: int | None = None, recent: int = ENOUGH) -> Stirring:
    return Stirring(
        matter=3,
        name="星河广场地面塌陷",
        stirred_at=START if stirs else None,
        reasons=("突发:1小时内6人反映。",),
        message_ids=(11, 12, 13),
        circumstances=Circumstances(recent, 3, risks=frozenset({"low"})),
        case_id=case_id,
        joined=frozenset({11}),
    )


def test_a_matter_that_stirs_opens_an_incident_named_after_what_happened() -> None:
    (decision,) = triage([], [], RULES, PUBLIC, [stirring()])
    assert (decision.step, decision.title, decision.matter) == (Step.OPEN_INCIDENT, "星河广场地面塌陷", 3)
    assert decision.reasons[0] == "突发:1小时内6人反映。"
    assert decision.suggested_level is Level.IV


def test_a_matter_that_only_goes_on_opens_nothing() -> None:
    assert triage([], [], RULES, PUBLIC, [stirring(stirs=False)]) == []


def test_a_slow_burn_raises_a_candidate_with_a_level_and_its_reason() -> None:
    slow = replace(stirring(recent=1), circumstances=Circumstances(1, 24, is_slow_burn=True))
    (decision,) = triage([], [], RULES, PUBLIC, [slow])
    assert (decision.step, decision.suggested_level) == (Step.OPEN_INCIDENT, Level.III)
    assert "久拖不决" in decision.reasons[-1]
    assert "累计24条" in decision.reasons[-1]


def test_what_was_dismissed_and_grew_has_a_key_of_its_own() -> None:
    first, again = (
        triage([], [], RULES, PUBLIC, [replace(stirring(), again_after=number)])[0] for number in (None, 9)
    )
    assert first.key != again.key
    assert again.key == "matter:3:after:9"


def test_a_dismissed_matter_has_grown_by_enough_in_number_and_in_share() -> None:
    assert RULES.has_grown(6, 5)
    assert not RULES.has_grown(6, 4)
    assert not RULES.has_grown(40, 19)
    assert RULES.has_grown(40, 20)


def test_a_matter_that_stirs_with_few_recent_voices_is_suggested_no_level() -> None:
    (decision,) = triage([], [], RULES, PUBLIC, [stirring(recent=1)])
    assert decision.suggested_level is None


def test_what_a_matter_gains_joins_its_incident() -> None:
    (decision,) = triage([], [], RULES, PUBLIC, [stirring(stirs=False, case_id=7)])
    assert (decision.step, decision.case_id, decision.message_ids) == (Step.JOIN_INCIDENT, 7, (12, 13))


def test_public_messages_that_a_matter_has_taken_open_no_second_incident() -> None:
    known = posts(ENOUGH)
    matter = replace(stirring(), message_ids=tuple(one.message_id for one in known))
    (decision,) = triage(known, [], RULES, PUBLIC, [matter])
    assert decision.matter == 3
