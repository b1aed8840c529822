"""Every word of the vocabulary has its own Chinese."""

from __future__ import annotations

from enum import StrEnum

import pytest

from core import vocabulary
from core.labels import label
from core.vocabulary import CaseKind, MessageKind

WORDS = [
    word
    for enum in vars(vocabulary).values()
    if isinstance(enum, type) and issubclass(enum, StrEnum) and enum is not StrEnum
    for word in enum
]


@pytest.mark.parametrize("word", WORDS, ids=lambda word: f"{type(word).__name__}.{word.name}")
def test_each_word_has_a_label_in_chinese(word: StrEnum) -> None:
    assert any("\u4e00" <= character <= "\u9fff" for character in label(word)) or word.name in {
        "I",
        "II",
        "III",
    }


def test_words_spelt_alike_in_two_vocabularies_keep_their_own_labels() -> None:
    assert str(MessageKind.REQUEST) == str(CaseKind.REQUEST)
    assert (label(MessageKind.REQUEST), label(CaseKind.REQUEST)) == ("求助", "申请")
