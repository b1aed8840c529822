"""The words of a notice: short, in Chinese, and nothing a citizen wrote can do harm in them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alerts.notices import due_text, length, plain, remaining_text, words
from core.clock import parse_instant

FACTS = {
    "rule": "首次回应",
    "kind": "事件",
    "case": "12",
    "title": "南门路积水",
    "section": "一科",
    "due": "2月17日03:30",
    "remaining": "还剩1小时",
}


@pytest.mark.parametrize("kind", ["warn", "due", "escalate", "remind"])
def test_every_notice_of_a_clock_says_which_case_and_by_when(kind: str) -> None:
    written = words(kind, FACTS)
    text = written.subject + written.body
    assert "$" not in text
    assert all(FACTS[fact] in text for fact in ("rule", "case", "title", "due", "section"))
    assert "\n" not in written.subject


def test_a_late_notice_says_so() -> None:
    assert words("due", FACTS, timedelta(minutes=75)).body.endswith("本通知晚发1小时15分钟。")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("一行\n【超期】假的\r\n三行", "一行 【超期】假的 三行"),
        ("请看@all 谢谢", "请看all 谢谢"),
        ("\uff20所有人 @@allall 看", "所有人 allall 看"),
        ("\u202e反写\u0000\u200b零宽", "反写零宽"),
        ("**加粗**[链接](x)<b>", "加粗链接(x)b"),
        ("${case} 模板", "${case} 模板"),
        ("字" * 10000, "字" * 39 + "…"),
        ("😀积水", "😀积水"),
    ],
    ids=["lines", "@all", "full-width", "direction", "markup", "template", "long", "emoji"],
)
def test_a_citizens_title_is_shown_without_its_tricks(title: str, expected: str) -> None:
    assert plain(title) == expected
    assert len(words("warn", {**FACTS, "title": title}).body) <= 500


def test_midnight_is_the_end_of_the_day_before() -> None:
    assert due_text(parse_instant("2026-10-14T00:00")) == "10月13日24:00"
    assert due_text(parse_instant("2026-02-17T03:30")) == "2月17日03:30"


def test_time_left_and_time_over() -> None:
    due = parse_instant("2026-02-17T03:30")
    assert remaining_text(due, due - timedelta(hours=2, minutes=30)) == "还剩2小时30分钟"
    assert remaining_text(due, due) == "已超期不到1分钟"
    assert length(timedelta(days=1, hours=3, minutes=5)) == "1天3小时"
