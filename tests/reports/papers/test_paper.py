"""A paper holds no number that its lists do not: not as made, not as edited, not as stored."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.clock import parse_instant
from core.errors import InvalidInput
from core.vocabulary import PaperKind
from reports.papers.paper import (
    Appendix,
    Block,
    Chart,
    Figure,
    Grid,
    Heading,
    Paper,
    Paragraph,
    numbered_headings,
)
from reports.papers.stored import from_json, to_json
from reports.papers.text import from_text, to_text

LETTERS = Appendix(
    "letters",
    "来文",
    ("编号", "渠道", "标题"),
    (("1", "微博", "甲·乙"), ("2", "微博", "丙"), ("3", "12345热线", "丁")),
)
NOTHING = Appendix("nothing", "事件", ("编号",), ())


def paper(*blocks: Block) -> Paper:
    return Paper(
        kind=PaperKind.DAILY_BRIEFING,
        title="舆情日报",
        issuer="滨江市测试局",
        period="2026年11月24日",
        as_of=parse_instant("2026-11-25T09:00"),
        blocks=blocks,
        appendices=(LETTERS, NOTHING),
    )


WHOLE = paper(
    Heading("总体情况"),
    Paragraph(("共", LETTERS.count(), "件，其中微博", LETTERS.count(("渠道", "微博")), "件。")),
    Heading("细目", 2),
    Grid("渠道", ("渠道", "件"), (("微博", LETTERS.count(("渠道", "微博"))),)),
    Chart("来文量", ("微博", "热线"), (2, 1)),
    Paragraph(("没有事件：", NOTHING.count(), "起。")),
)


def test_a_figure_that_its_list_does_not_hold_makes_no_paper() -> None:
    with pytest.raises(InvalidInput, match="数出 3") as caught:
        paper(Paragraph(("共", Figure(4, "letters"), "件。")))
    assert caught.value.code == "paper.not_counted"


def test_a_figure_in_a_table_is_counted_too() -> None:
    with pytest.raises(InvalidInput, match="数出 2"):
        paper(Grid("", ("渠道", "件"), (("微博", Figure(3, "letters", (("渠道", "微博"),))),)))


@pytest.mark.parametrize("figure", [Figure(0, "letter"), Figure(0, "letters", (("科室", "一科"),))])
def test_a_figure_of_no_list_or_no_column_makes_no_paper(figure: Figure) -> None:
    with pytest.raises(InvalidInput, match="没有对应的附表"):
        paper(Paragraph((figure,)))


def test_the_text_goes_out_and_comes_back_the_same() -> None:
    assert from_text(WHOLE, to_text(WHOLE)) == WHOLE.blocks


def test_the_text_reads_as_documented() -> None:
    assert to_text(WHOLE).splitlines() == [
        "# 总体情况",
        "共【3｜附表1】件，其中微博【2｜附表1·渠道=微博】件。",
        "## 细目",
        "【表｜1】",
        "【图｜1】",
        "没有事件：【0｜附表2】起。",
    ]


def test_a_condition_may_hold_a_dot_of_its_own() -> None:
    figure = LETTERS.count(("标题", "甲·乙"))
    one = paper(Paragraph((figure,)))
    assert from_text(one, to_text(one)) == one.blocks


def test_free_text_may_be_added_and_figures_left_out() -> None:
    edited = from_text(WHOLE, "# 说明\n\n  本期平稳。  \n其中微博【2|附表1·渠道=微博】件。")
    where = (("渠道", "微博"),)
    assert edited == (
        Heading("说明"),
        Paragraph(("本期平稳。",)),
        Paragraph(("其中微博", Figure(2, "letters", where), "件。")),
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("共【5｜附表1】件。", "数出 3"),
        ("共【3｜附表9】件。", "没有附表9"),
        ("共【1｜附表1·渠道=】件。", "数出 0"),
        ("共【3｜附表1·什么】件。", "看不懂"),
        ("【表｜2】", "只有 1 个"),
        ("【图｜0】", "只有 1 个"),
    ],
)
def test_a_changed_number_is_refused_with_the_right_one(text: str, why: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        replace(WHOLE, blocks=from_text(WHOLE, text))
    assert why in str(caught.value)


def test_a_paper_is_stored_and_read_back_whole() -> None:
    signed = WHOLE.signed(issue=7, signer="周局长", on=parse_instant("2026-11-25T10:00").date())
    assert from_json(to_json(signed)) == signed


def test_headings_are_numbered_as_the_standard_says() -> None:
    first: list[Block] = [Heading("甲"), Heading("子", 2), Heading("丑", 2), Paragraph(("文",))]
    blocks = [*first, Heading("乙"), Heading("寅", 2)]
    numbers = [number for _, number in numbered_headings(blocks)]
    assert numbers == ["一、", "（一）", "（二）", "", "二、", "（一）"]
    twelve = [number for _, number in numbered_headings([Heading("")] * 12)]
    assert twelve[9:] == ["十、", "十一、", "十二、"]
