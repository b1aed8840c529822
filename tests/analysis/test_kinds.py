"""Kinds and simple questions on letters written before anybody looked at what the lexicon says of them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from analysis.kinds import kind_of
from analysis.lexicon import load_lexicon
from analysis.normalize import normalize
from analysis.sentiment.corpus.compose import read_letters
from analysis.simple import is_simple
from core.rule_files import rules_folder
from core.vocabulary import MessageKind

LETTERS = Path(__file__).with_name("kinds_letters.tsv")
LEXICON = load_lexicon(rules_folder() / "lexicon")


def _kind(text: str) -> MessageKind:
    return kind_of(normalize(text), LEXICON.kinds)[0]


def test_kinds_of_fresh_letters_are_found_as_often_as_written_down() -> None:
    rows = [line.split("\t") for line in LETTERS.read_text("utf-8").splitlines()]
    right = Counter(_kind(text).value == kind for kind, _, text in rows)
    assert right.total() == 35
    # The other ten say what happened without saying what they want; they are "other", never another kind.
    assert right[True] >= 25


def test_simple_questions_among_fresh_letters_are_told_from_the_others() -> None:
    rows = [line.split("\t") for line in LETTERS.read_text("utf-8").splitlines()]
    wrong = [
        text
        for _, simple, text in rows
        if is_simple(normalize(text), _kind(text), LEXICON.simple)[0] != (simple == "是")
    ]
    assert len(wrong) <= 1


def test_kinds_of_the_corpus_letters_do_not_get_worse() -> None:
    letters = [letter for letter in read_letters() if letter.kind is not None]
    right = sum(_kind(letter.text) is letter.kind for letter in letters)
    assert right >= 0.9 * len(letters)
