"""Plain text out of dirty cells."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.parsing.text import clean_line, clean_text


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("\n\t\t\t\t\t\n\t\t\t\t\t路灯坏了", "路灯坏了"),
        ("路灯\u3000\u3000坏了\xa0三天", "路灯 坏了 三天"),
        ("\ufeff路\u200b灯", "路灯"),
        ("路灯<br/>坏了<BR>三天", "路灯\n坏了\n三天"),
        ("路灯_x000D_\n坏了", "路灯\n坏了"),
        ("路灯\r\n\r\n坏了", "路灯\n坏了"),
        ("路\x07灯\x00", "路灯"),
        ("cafe\u0301", "café"),
        ("𠮷野家😀\ue000", "𠮷野家😀\ue000"),
        ("3 < 5", "3 < 5"),
        (" ", ""),
    ],
)
def test_dirt_goes_and_content_stays(dirty: str, clean: str) -> None:
    assert clean_text(dirty) == clean


def test_a_line_has_no_line_end() -> None:
    assert clean_line("路灯\n坏了") == "路灯 坏了"


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_clean_text_is_normal_trimmed_and_without_controls(text: str) -> None:
    clean = clean_text(text)
    assert clean == clean.strip(" \n\t")
    assert unicodedata.is_normalized("NFC", clean)
    assert not any(char < " " and char != "\n" for char in clean)
