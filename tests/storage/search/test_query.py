"""The query language."""

from __future__ import annotations

import pytest

from core.errors import InvalidInput
from storage.search.query import Query, parse


def _shape(query: Query) -> tuple[list[list[str]], list[str]]:
    must = [["+".join(p.text for p in one) for one in group] for group in query.must]
    return must, ["+".join(p.text for p in one) for one in query.excluded]


@pytest.mark.parametrize(
    ("text", "must", "excluded"),
    [
        ("停水 小区", [["停水"], ["小区"]], []),
        ("停水|断水 小区", [["停水", "断水"], ["小区"]], []),
        ("停水 | 断水|没水", [["停水", "断水", "没水"]], []),
        ("停水 -演习", [["停水"]], ["演习"]),
        ("停水　－演习", [["停水"]], ["演习"]),
        ("-演习", [], ["演习"]),
        ('"小区 停水"', [["小区+停水"]], []),
        ("“小区停水” 供水", [["小区停水"], ["供水"]], []),
        ("自來水", [["自来水"]], []),
        ("3.15晚会", [["3+15晚会"]], []),
        ("| 停水 |", [["停水"]], []),
        ("停水 !!", [["停水"]], []),
        ("", [], []),
    ],
    ids=lambda value: str(value) or "nothing",
)
def test_a_query_says_what_must_be_there_and_what_must_not(
    text: str, must: list[list[str]], excluded: list[str]
) -> None:
    assert _shape(parse(text)) == (must, excluded)


@pytest.mark.parametrize(
    ("text", "says"),
    [("，。！", "没有可以查找的文字"), ("水" * 201, "太长"), ("水 " * 21, "太多")],
    ids=["marks alone", "too long", "too many"],
)
def test_a_query_that_cannot_be_looked_for_is_refused(text: str, says: str) -> None:
    with pytest.raises(InvalidInput, match=says) as caught:
        parse(text)
    assert caught.value.field == "q"
