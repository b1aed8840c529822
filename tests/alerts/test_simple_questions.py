"""The sooner clock of simple questions starts by itself, and a person's word stands over the program's."""

from __future__ import annotations

from typing import Any

import pytest

from alerts.actors import Actor, program
from alerts.answering import Reply, reply
from alerts.handling import set_simple
from alerts.simple_questions import follow_analysis, follow_person
from core.vocabulary import Channel
from storage import assessments
from storage.assessments import AssessmentRow
from tests.alerts.bureau import Bureau
from tests.factories import ANSWER, make_record

FIRST_REPLY, SIMPLE = "message.first_reply", "message.simple_answer"


@pytest.fixture
def letter(bureau: Bureau) -> int:
    return bureau.letter(make_record("2026-03-02T08:00", title="几点上班"))


def judge(bureau: Bureau, message_id: int, *, is_simple: bool, revision: int = 1) -> None:
    values: dict[str, Any] = {
        "sentiment_raw": 0.5,
        "sentiment_log_odds": 0.0,
        "sentiment_words": [],
        "unknown_share": 0.0,
        "polarity": "unsure",
        "kind": "enquiry",
        "topic": "",
        "suggested_section": "",
        "keywords": [],
        "risk_level": "low",
        "risk_score": 0.0,
        "reasons": {"is_simple": ["问办公时间：几点上班。"]},
    }
    row = AssessmentRow(message_id=message_id, revision=revision, model="t", is_simple=is_simple, **values)
    with bureau.database.write() as connection:
        assessments.save(connection, [row], bureau.clock.now())


def follow(bureau: Bureau) -> int:
    return follow_analysis(bureau.database, bureau.law, bureau.act(program("analysis")))


def decisions(bureau: Bureau, case_id: int) -> list[tuple[str, bool, str]]:
    return [
        (row["actor"], row["payload"]["is_simple"], row["payload"]["reason"])
        for row in bureau.trail(case_id)
        if row["tag"] == "case:simple_set"
    ]


def test_the_clock_starts_once_counted_from_the_receipt_with_the_reasons(bureau: Bureau, letter: int) -> None:
    judge(bureau, 1, is_simple=True)
    assert [follow(bureau), follow(bureau)] == [1, 0]
    assert bureau.states(letter) == {FIRST_REPLY: "running", SIMPLE: "running"}
    assert decisions(bureau, letter) == [("系统(analysis)", True, "问办公时间：几点上班。")]


def test_another_question_starts_nothing(bureau: Bureau, letter: int) -> None:
    judge(bureau, 1, is_simple=False)
    assert follow(bureau) == 0
    assert bureau.states(letter) == {FIRST_REPLY: "running"}


def test_what_the_analysis_takes_back_is_cancelled_and_stays_in_the_history(
    bureau: Bureau, letter: int
) -> None:
    judge(bureau, 1, is_simple=True)
    follow(bureau)
    judge(bureau, 1, is_simple=False)
    assert [follow(bureau), follow(bureau)] == [1, 0]
    assert bureau.states(letter) == {FIRST_REPLY: "running", SIMPLE: "cancelled"}
    assert [is_simple for _, is_simple, _ in decisions(bureau, letter)] == [True, False]


def test_a_persons_word_stands_over_the_programs(bureau: Bureau, letter: int) -> None:
    judge(bureau, 1, is_simple=True)
    follow(bureau)
    bureau.do(set_simple, letter, bureau.press, bureau.law, is_simple=False, reason="要查档案")
    judge(bureau, 1, is_simple=True)
    assert follow(bureau) == 0
    assert bureau.states(letter)[SIMPLE] == "cancelled"


def test_a_judgement_of_an_older_revision_starts_nothing(bureau: Bureau, letter: int) -> None:
    judge(bureau, 1, is_simple=True, revision=0)
    assert follow(bureau) == 0
    assert SIMPLE not in bureau.states(letter)


@pytest.mark.parametrize("channel", [Channel.PETITION, Channel.HOTLINE_12315])
def test_a_channel_without_the_rule_is_left_alone(bureau: Bureau, channel: Channel) -> None:
    bureau.letter(make_record("2026-03-02T08:00", channel=channel))
    judge(bureau, 1, is_simple=True)
    assert follow(bureau) == 0


def test_history_and_what_was_answered_is_left_alone(bureau: Bureau, letter: int) -> None:
    bureau.do(reply, letter, bureau.press, bureau.law, Reply(ANSWER, None, "", None))
    bureau.letter(make_record("2025-03-03T08:00", title="旧事"))
    judge(bureau, 1, is_simple=True)
    judge(bureau, 2, is_simple=True)
    assert follow(bureau) == 0


def test_the_clock_follows_a_person_who_corrects_the_analysis(bureau: Bureau, letter: int) -> None:
    def correct(actor: Actor, *, is_simple: bool) -> None:
        with bureau.database.write() as connection:
            follow_person(connection, letter, bureau.act(actor), bureau.law, is_simple=is_simple)

    correct(bureau.press, is_simple=False)
    assert SIMPLE not in bureau.states(letter)
    correct(bureau.press, is_simple=True)
    correct(bureau.press, is_simple=True)
    assert bureau.states(letter)[SIMPLE] == "running"
    correct(bureau.leader, is_simple=False)
    assert bureau.states(letter)[SIMPLE] == "cancelled"
    assert [who for who, _, _ in decisions(bureau, letter)] == ["李宣传", "周局长"]
