from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.normalize import normalize


@pytest.mark.parametrize(
    ("written", "read"),
    [
        pytest.param("服務態度很差", "服务态度很差", id="traditional becomes simplified"),
        pytest.param("計程車亂收費", "出租车乱收费", id="words of Taiwan become the mainland's"),
        pytest.param("乾隆年间的桥，著名景点", "乾隆年间的桥，著名景点", id="simplified words stay"),
        pytest.param("１２３４５　ＡＢｃ", "12345 ABc", id="wide letters, digits and blanks become narrow"),
        pytest.param("太差了！！！！真的？？", "太差了！真的？", id="a repeated mark is kept once"),
        pytest.param("见https://t.example/a?b=1。谢谢", "见 。谢谢", id="web address goes, the rest stays"),
        pytest.param("@某某局 请处理", "请处理", id="called names go"),
        pytest.param("【求助】#停水#三天了", "求助停水三天了", id="marks go, their words stay"),
        pytest.param("同感//@路人: 我要跳楼", "同感", id="what others wrote is not the author's"),
        pytest.param("停\u200b水\x00了\ufeff", "停水了", id="invisible characters go"),
        pytest.param(" \t\n　", "", id="blanks are nothing"),
    ],
)
def test_text_is_read_in_one_spelling(written: str, read: str) -> None:
    assert normalize(written) == read


@given(st.text())
def test_any_text_can_be_normalized_without_control_characters(text: str) -> None:
    result = normalize(text)
    assert result == result.strip()
    assert not any(character in result for character in "\x00\u200b\n\t")
