"""Earlier answers offered for a new letter."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from analysis.suggestions import LEAST_ALIKE, Answered, suggest

ANSWERED = [
    Answered("heating", "我家暖气一直不热,供暖公司电话打不通,室温只有十四度"),
    Answered("register", "请问新生儿落户需要带哪些材料,在派出所办理吗"),
    Answered("bus", "36路公交车早高峰等了四十分钟,希望增加班次"),
    Answered("cold", "供暖开始一周了,暖气片还是凉的,请问什么时候能热"),
]


def test_letters_about_the_same_thing_come_first_and_others_not_at_all() -> None:
    found = suggest("暖气一直不热,暖气片是凉的,打供暖公司电话没人接", ANSWERED, limit=3)
    assert [one.key for one in found] == ["heating", "cold"]
    assert found[0].similarity > found[1].similarity >= LEAST_ALIKE


def test_the_same_words_are_wholly_alike() -> None:
    assert suggest(ANSWERED[1].asked, ANSWERED, limit=1)[0].similarity == 1.0


def test_traditional_and_full_width_letters_find_the_same() -> None:
    assert suggest("新生兒落戶需要帶哪些材料", ANSWERED, limit=1)[0].key == "register"


def test_nothing_is_offered_for_nothing() -> None:
    assert suggest("", ANSWERED, limit=3) == []
    assert suggest("😀😀", ANSWERED, limit=3) == []
    assert suggest("暖气", [], limit=3) == []


@given(st.text(max_size=80), st.lists(st.text(max_size=80), max_size=6), st.integers(0, 4))
def test_any_letter_gives_ordered_answers_within_bounds(letter: str, others: list[str], limit: int) -> None:
    found = suggest(letter, [Answered(place, text) for place, text in enumerate(others)], limit)
    assert len(found) <= limit
    assert all(LEAST_ALIKE <= one.similarity <= 1.0 for one in found)
    assert found == sorted(found, key=lambda one: -one.similarity)
