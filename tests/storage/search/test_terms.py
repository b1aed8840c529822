"""Text becomes the same terms in documents and in queries."""

from __future__ import annotations

import pytest

from storage.search.terms import document_terms, fold, phrases


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("小区停水", "| 小区 区停 停水 水"),
        ("停", "| 停"),
        ("停水,断电", "| 停水 水 | 断电 电"),
        ("用WeChat支付", "| 用 wechat 支付 付"),
        ("12345热线", "| 12345 热线 线"),
        ("ios14 更新", "| ios 14 | 更新 新"),
        ("Ａ１座", "| a 1 座"),
        ("自來水廠", "| 自来 来水 水厂 厂"),
        ("——!?", ""),
        ("", ""),
    ],
    ids=lambda value: value or "nothing",
)
def test_a_text_becomes_pairs_runs_and_breaks(text: str, terms: str) -> None:
    assert document_terms(text) == terms


def test_a_phrase_does_not_cross_from_the_title_into_the_body() -> None:
    assert document_terms("停水", "小区") == "| 停水 水 | 小区 区"


@pytest.mark.parametrize("text", ["乾隆年間的電腦軟體", "ＡＢＣ①ﬁ½İß", "\U00020000ａ\ud800"])
def test_folding_keeps_every_place(text: str) -> None:
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(
    ("word", "terms", "is_open"),
    [
        ("停", ("停",), True),
        ("停水", ("停水",), False),
        ("停水了", ("停水", "水了"), False),
        ("用wechat", ("用", "wechat"), False),
        ("wechat支", ("wechat", "支"), True),
        ("热线12345", ("热线", "线", "12345"), False),
    ],
)
def test_a_word_asks_for_terms_one_after_the_other(word: str, terms: tuple[str, ...], is_open: bool) -> None:
    (phrase,) = phrases(word)
    assert (phrase.terms, phrase.is_open) == (terms, is_open)


def test_a_run_beyond_what_an_engine_takes_is_cut_alike_in_both() -> None:
    (phrase,) = phrases("a" * 70_000)
    assert " ".join(phrase.terms) == document_terms("a" * 70_000).removeprefix("| ")
    assert max(map(len, phrase.terms)) == 64
