"""Hits are marked where they stand in the stored text, in its own spelling."""

from __future__ import annotations

import pytest

from storage.search.highlight import mark, snippet
from storage.search.query import parse


def _marked(text: str, query: str) -> str:
    return "".join(f"[{piece}]" if hit else piece for piece, hit in mark(text, parse(query)).pieces())


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("小区停水三天", "停水", "小区[停水]三天"),
        ("自來水停了", "自来水", "[自來水]停了"),
        ("ＷｅＣｈａｔ支付", "wechat", "[ＷｅＣｈａｔ]支付"),
        ("iphone和phone", "phone", "iphone和[phone]"),
        ("停水停水了", "停水 水了", "[停水][停水了]"),
        ("没有演习", "-演习 没有", "[没有]演习"),
    ],
)
def test_a_hit_is_marked(text: str, query: str, marked: str) -> None:
    assert _marked(text, query).replace("][", "") == marked.replace("][", "")


def test_a_snippet_stands_around_the_first_hit_on_one_line() -> None:
    text = "前" * 200 + "\n小区停水\n" + "后" * 200
    found = snippet(text, parse("停水"), 60)
    assert [piece for piece, hit in found.pieces() if hit] == ["停水"]
    assert found.text.startswith("…")
    assert found.text.endswith("…")
    assert len(found.text) <= 62
