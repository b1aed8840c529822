from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from analysis.assessment import Analyser
from analysis.engine import assess_again, assess_pending
from analysis.lexicon import load_lexicon
from analysis.places import load_gazetteer
from analysis.sentiment.fast import SnowNlpScorer
from core.clock import FixedClock
from core.errors import Conflict, InvalidInput
from core.model import MessageRecord
from core.rule_files import rules_folder
from core.vocabulary import Channel, MessageKind, Polarity, RiskLevel, Role, Tag
from storage import assessments, corrections, events, messages, people, sections, sources
from storage.database import Database
from storage.events import OFFICE_STREAM
from storage.tables import cases
from tests.factories import make_record


@pytest.fixture
def analyser(scorer: SnowNlpScorer) -> Analyser:
    """The shipped model and lexicon."""
    return Analyser(scorer, load_lexicon(rules_folder() / "lexicon"))


def store(database: Database, clock: FixedClock, *records: MessageRecord) -> list[int]:
    """Messages without cases."""
    with database.write() as connection:
        source = sources.ensure(connection, "信箱", Channel.LEADER_MAILBOX, clock.now()).id
        stored = messages.insert(connection, source, records, import_id=None, now=clock.now())
    return [one.id for one in stored]


def standing(database: Database, message_id: int) -> assessments.Effective:
    with database.read() as connection:
        return assessments.effective(connection, [message_id])[message_id]


@pytest.fixture
def person(database: Database, clock: FixedClock) -> int:
    """李 of the press section."""
    with database.write() as connection:
        return people.add(
            connection,
            login="li",
            name="李",
            role=Role.PRESS,
            section="",
            password_hash="x",
            must_change_password=False,
            now=clock.now(),
        )


def test_every_message_is_assessed_once(database: Database, analyser: Analyser, clock: FixedClock) -> None:
    ids = store(database, clock, *(make_record() for _ in range(5)))
    assert assess_pending(database, analyser, clock, batch=2) == 5
    assert assess_pending(database, analyser, clock, batch=2) == 0
    with database.read() as connection:
        assert sorted(assessments.effective(connection, ids)) == ids


def test_assessment_is_stored_with_its_reasons(
    database: Database, analyser: Analyser, clock: FixedClock
) -> None:
    with database.write() as connection:
        sections.ensure(connection, ["市政科", "办公室"], clock.now())
    record = make_record(title="停水", body="小区停水三天了，多次反映没人管，恳请帮助。")
    (message,) = store(database, clock, record)
    assess_pending(database, analyser, clock)
    found = standing(database, message)
    assert (found.topic, found.section, found.risk_level) == ("城建市容", "市政科", RiskLevel.RAISED)
    assert found.reasons["risk"][0].startswith("基本民生中断")
    assert (found.sentiment_label, found.model) == ("uncalibrated", "snownlp-0.12.3")
    assert found.sentiment_raw == analyser.scorer.score_many([f"{record.title}\n{record.body}"])[0].raw
    assert found.corrected == frozenset()


def test_revised_message_is_assessed_again(database: Database, analyser: Analyser, clock: FixedClock) -> None:
    (message,) = store(database, clock, make_record(body="路灯坏了"))
    assess_pending(database, analyser, clock)
    with database.write() as connection:
        revised = make_record(body="路灯漏电，有人触电受伤")
        messages.revise(connection, message, revised, before={}, import_id=None, now=clock.now())
    assert assess_pending(database, analyser, clock) == 1
    assert standing(database, message).risk_level is RiskLevel.HIGH


def test_late_answer_about_an_older_revision_does_not_replace_a_newer_one(
    database: Database, analyser: Analyser, clock: FixedClock
) -> None:
    (message,) = store(database, clock, make_record(body="路灯坏了"))
    with database.read() as connection:
        (old,) = assessments.waiting(connection, limit=9)
    with database.write() as connection:
        revised = make_record(body="路灯漏电，有人触电受伤")
        messages.revise(connection, message, revised, before={}, import_id=None, now=clock.now())
    assess_pending(database, analyser, clock)
    late = assessments.AssessmentRow(
        message, old.revision, "m", 0.5, 0.0, [], 0.0, "unsure", "other", False, "", "", [], "low", 0.0, {}
    )
    with database.write() as connection:
        assessments.save(connection, [late], clock.now())
    assert standing(database, message).risk_level is RiskLevel.HIGH


def test_withdrawn_message_is_left_alone(database: Database, analyser: Analyser, clock: FixedClock) -> None:
    ids = store(database, clock, make_record(), make_record())
    with database.write() as connection:
        messages.withdraw(connection, ids[:1], clock.now())
    assert assess_pending(database, analyser, clock) == 1
    with database.read() as connection:
        assert list(assessments.effective(connection, ids)) == ids[1:]


def test_assessing_again_takes_every_message(
    database: Database, analyser: Analyser, clock: FixedClock
) -> None:
    store(database, clock, *(make_record() for _ in range(3)))
    assess_pending(database, analyser, clock)
    assert assess_again(database, analyser, clock, batch=2) == 3


def test_persons_word_stands_before_the_machines_even_after_a_new_assessment(
    database: Database, analyser: Analyser, clock: FixedClock, person: int
) -> None:
    (message,) = store(database, clock, make_record(body="路灯坏了请尽快修理"))
    assess_pending(database, analyser, clock)
    machine = standing(database, message)
    said = {
        "kind": "complaint",
        "is_simple": "true",
        "topic": "交通出行",
        "section": "灯光科",
        "polarity": "negative",
    }
    with database.write() as connection:
        for field, value in said.items():
            corrections.correct(connection, message, field, value, person, clock.now())
    assess_again(database, analyser, clock)
    found = standing(database, message)
    assert (machine.kind, found.kind) == (MessageKind.REQUEST, MessageKind.COMPLAINT)
    assert (found.is_simple, found.topic, found.section) == (True, "交通出行", "灯光科")
    assert (found.polarity, found.sentiment_label) == (Polarity.NEGATIVE, "negative")
    assert found.sentiment_raw == machine.sentiment_raw
    assert found.corrected == set(said)


def test_correction_keeps_the_machines_value_and_leaves_an_event(
    database: Database, analyser: Analyser, clock: FixedClock, person: int
) -> None:
    (message,) = store(database, clock, make_record(body="路灯坏了请尽快修理"))
    assess_pending(database, analyser, clock)
    with database.write() as connection:
        corrections.correct(connection, message, "is_simple", "true", person, clock.now())
    clock.advance(hours=1)
    with database.write() as connection:
        corrections.correct(connection, message, "is_simple", "false", person, clock.now())
    with database.read() as connection:
        kept = corrections.of_message(connection, message)
        trail = events.of_stream(connection, OFFICE_STREAM)
        assert events.verify(connection).first_bad is None
    assert [(row["machine_value"], row["value"], row["person_id"]) for row in kept] == [
        ("false", "true", person),
        ("false", "false", person),
    ]
    assert kept[1]["at"] - kept[0]["at"] == timedelta(hours=1)
    assert [event["tag"] for event in trail] == [Tag.MESSAGE_CORRECTED] * 2
    assert trail[0]["actor"] == "li"
    assert standing(database, message).is_simple is False


def test_impossible_correction_is_refused(
    database: Database, analyser: Analyser, clock: FixedClock, person: int
) -> None:
    (message,) = store(database, clock, make_record())
    with database.write() as connection, pytest.raises(Conflict, match="还没有研判"):
        corrections.correct(connection, message, "topic", "交通出行", person, clock.now())
    assess_pending(database, analyser, clock)
    with database.write() as connection, pytest.raises(InvalidInput, match="不能作为"):
        corrections.correct(connection, message, "kind", "rant", person, clock.now())
    with database.write() as connection, pytest.raises(InvalidInput, match="没有可以更正的项"):
        corrections.correct(connection, message, "risk_level", "low", person, clock.now())
    with database.read() as connection:
        assert corrections.of_message(connection, message) == []


def test_place_is_stored_with_its_reason_and_an_ambiguous_one_says_so(
    database: Database, analyser: Analyser, clock: FixedClock
) -> None:
    placed = replace(analyser, gazetteer=load_gazetteer(rules_folder() / "places"))
    clear, unclear, none = store(
        database,
        clock,
        make_record(title="路灯", body="嘉定区南翔镇的路灯坏了。"),
        make_record(title="路灯", body="鼓楼区的路灯坏了。"),
        make_record(title="朝阳产业", body="想了解一下朝阳产业的政策。"),
    )
    assess_pending(database, placed, clock)
    assert standing(database, clear).place == "上海市嘉定区南翔镇"
    assert standing(database, unclear).place == ""
    assert len(standing(database, unclear).place_candidates) > 1
    assert "没有说明是哪一处" in standing(database, unclear).reasons["place"][0]
    assert (standing(database, none).place, standing(database, none).place_candidates) == ("", ())


def test_a_case_given_to_another_section_teaches_the_next_suggestion(
    database: Database, analyser: Analyser, clock: FixedClock
) -> None:
    with database.write() as connection:
        sections.ensure(connection, ["市政科", "办公室"], clock.now())
    past = store(database, clock, *(make_record(title="路灯", body="小区停水三天了。") for _ in range(5)))
    assess_pending(database, analyser, clock)
    assert {standing(database, one).section for one in past} == {"市政科"}
    with database.write() as connection:
        for one in past:
            connection.execute(cases.insert().values(**case_of(one, "办公室", clock)))
    (fresh,) = store(database, clock, make_record(title="路灯", body="小区停水四天了。"))
    assess_pending(database, analyser, clock)
    assert standing(database, fresh).section == "办公室"
    assert "5件由办公室承办" in standing(database, fresh).reasons["section"][0]


def case_of(message_id: int, section: str, clock: FixedClock) -> dict[str, object]:
    return {
        "kind": "message",
        "message_id": message_id,
        "channel": "leader_mailbox",
        "section": section,
        "title": "路灯",
        "state": "assigned",
        "cycle": 1,
        "is_history": False,
        "received_at": clock.now(),
        "registered_at": clock.now(),
        "seq": 0,
        "chain_head": "",
    }
