"""The shipped rule files: which rules stand there, and that every quote is verbatim."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.rulebook import Rule, load_rulebook, rules_folder
from core.vocabulary import LimitUnit, Trust

BOOK = load_rulebook(rules_folder())
POLICY = Path(__file__).parents[2].parent / "shared" / "policy"

H, D, W = LimitUnit.HOUR, LimitUnit.CALENDAR_DAY, LimitUnit.WORKING_DAY


def test_the_rules_switched_on_are_those_of_the_policy_documents() -> None:
    found = {(rule.key, rule.limit.amount, rule.limit.unit) for rule in BOOK.rules() if rule.enabled}
    assert found == {
        ("incident.first_response", 5, H),
        ("incident.press_conference", 24, H),
        ("incident.other_response", 48, H),
        ("incident.rolling_update", 12, H),
        ("message.first_reply", 5, W),
        ("message.simple_answer", 1, W),
        ("foi.register", 2, W),
        ("foi.answer", 20, W),
        ("petition.inform", 15, D),
        ("petition.finish", 60, D),
        ("consumer.accept", 7, W),
        ("consumer.mediate", 45, W),
        ("consumer.mediate", 60, D),
        ("report.verify", 15, W),
        ("decision.adoption", 10, W),
        ("openday.file", 3, W),
        ("workplan.file", 30, D),
        ("workplan.publish", 30, D),
        ("hotline.order_limit", None, D),
        ("supervision.order", None, D),
        # Steps of a request that only some take.
        ("foi.completion_notice", 7, W),
        ("petition.hand_back", 5, W),
        ("petition.review", 30, D),
        ("petition.reexamine", 30, D),
        ("report.tell", 5, W),
        ("appeal.answer", 10, W),
        ("lawsuit.answer", 15, D),
        # Limits that each paper of the office names.
        ("lookback.check", None, D),
        ("task.finish", None, D),
        ("rectification.finish", None, D),
    }


def test_local_rules_are_switched_off() -> None:
    local = [rule for rule in BOOK.rules() if rule.citation.trust is Trust.LOCAL]
    assert local
    assert not any(rule.enabled for rule in local)


def test_no_clock_of_an_incident_can_be_paused() -> None:
    assert not any(rule.pausable for rule in BOOK.rules() if rule.key.startswith("incident."))


def test_a_clause_in_traditional_characters_has_a_simplified_reading() -> None:
    for rule in BOOK.rules():
        if rule.citation.text == "hufuban-2020-20.txt":
            assert rule.citation.reading, rule.key
            assert rule.citation.reading != rule.citation.quote


@pytest.mark.parametrize(
    "rule",
    [rule for rule in BOOK.rules() if rule.citation.trust is Trust.SEED],
    ids=lambda rule: str(rule.key),
)
def test_every_quote_of_a_seed_document_stands_in_its_text(rule: Rule) -> None:
    assert rule.citation.text is not None
    text = rules_folder() / "texts" / rule.citation.text
    assert rule.citation.quote in text.read_text(encoding="utf-8")


@pytest.mark.real_data
@pytest.mark.skipif(not POLICY.is_dir(), reason="../shared/policy is absent")
def test_every_paragraph_of_the_texts_stands_in_the_policy_documents() -> None:
    documents = [path.read_text(encoding="utf-8") for path in sorted(POLICY.glob("*.txt"))]
    for path in sorted((rules_folder() / "texts").glob("*.txt")):
        _, *paragraphs = path.read_text(encoding="utf-8").strip().split("\n\n")
        assert paragraphs, path
        for paragraph in paragraphs:
            assert any(paragraph in document for document in documents), paragraph[:40]
