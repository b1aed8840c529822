from __future__ import annotations

from dataclasses import replace

from core.rule_files import rules_folder
from core.vocabulary import Channel, MessageKind
from reports.concentrated import (
    Common,
    Heard,
    Suggestion,
    concentrated,
    consumer_complaints,
    load_concentrated_rules,
)

RULES = load_concentrated_rules(rules_folder() / "concentrated.yml")
LETTER = Heard(1, "信箱", "N1", Channel.LEADER_MAILBOX, MessageKind.COMPLAINT, "供水", "", "")


def many(count: int, **changes: object) -> list[Heard]:
    return [replace(LETTER, message=number, **changes) for number in range(count)]  # type: ignore[arg-type] # passed through


def test_ten_messages_of_one_field_suggest_a_second_interpretation_with_the_messages_behind_it() -> None:
    assert concentrated(many(RULES.topic.messages - 1), RULES) == []
    (problem,) = concentrated(many(RULES.topic.messages), RULES)
    assert (problem.common, problem.name, problem.count) == (Common.TOPIC, "供水", 10)
    assert problem.suggests is Suggestion.SECOND_INTERPRETATION
    assert [one.message for one in problem.messages] == list(range(10))
    assert problem.reasons[0] == "领域“供水”10件，占10件的100%。"


def test_a_field_that_is_a_small_part_of_all_is_not_concentrated() -> None:
    others = [replace(LETTER, message=100 + n, topic=f"领域{n}") for n in range(90)]
    assert concentrated([*many(10), *others], RULES) == []


def test_five_complaints_about_an_item_suggest_a_special_response() -> None:
    (problem,) = concentrated(many(5, item="营业执照", topic=""), RULES)
    assert (problem.common, problem.suggests) == (Common.ITEM, Suggestion.SPECIAL_RESPONSE)
    assert concentrated(many(5, item="营业执照", topic="", kind=MessageKind.ENQUIRY), RULES) == []


def test_three_low_ratings_of_an_item_are_a_problem_and_good_ones_none() -> None:
    rated = {"channel": Channel.RATING, "item": "营业执照", "topic": "", "kind": MessageKind.OTHER}
    (problem,) = concentrated(many(3, grade=2, **rated), RULES)
    assert (problem.common, problem.count) == (Common.LOW_RATING, 3)
    assert concentrated(many(30, grade=3, **rated), RULES) == []


def test_thanks_are_no_problem() -> None:
    assert concentrated(many(20, kind=MessageKind.THANKS), RULES) == []


def test_consumer_complaints_are_counted_by_item() -> None:
    hotline = {"channel": Channel.HOTLINE_12315, "topic": ""}
    heard = many(3, item="预付卡", **hotline) + many(1, item="", kind=MessageKind.TIP_OFF, **hotline)
    assert consumer_complaints([*heard, LETTER]) == [
        {"item": "预付卡", "complaints": 3, "tip_offs": 0, "total": 3},
        {"item": "未注明", "complaints": 0, "tip_offs": 1, "total": 1},
    ]
