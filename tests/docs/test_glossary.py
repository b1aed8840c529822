"""The glossary's second table is the vocabulary of the code, word for word."""

from __future__ import annotations

import inspect
from enum import StrEnum
from pathlib import Path

from core import vocabulary
from core.labels import label

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"
BEGIN, END = "<!-- vocabulary -->\n", "<!-- /vocabulary -->\n"


def vocabulary_table() -> str:
    """The part between the marks, as it must stand."""
    lines = ["| list | word | 中文 |\n", "|---|---|---|\n"]
    for name, words in inspect.getmembers(vocabulary, inspect.isclass):
        if issubclass(words, StrEnum) and words is not StrEnum:
            lines += [f"| {name} | `{word.value}` | {label(word)} |\n" for word in words]
    return "".join(lines)


def test_the_glossary_holds_every_word_of_the_vocabulary() -> None:
    text = GLOSSARY.read_text("utf-8")
    stands = text[text.index(BEGIN) + len(BEGIN) : text.index(END)]
    assert stands == vocabulary_table(), "put the expected text between the marks of docs/glossary.md"
