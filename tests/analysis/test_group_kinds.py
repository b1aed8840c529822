"""What a group of one wording is: a campaign, reposts, one who repeats, or many voices."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from analysis.group_kinds import GroupKind, GroupMember, group_kind, is_repost, load_group_rules
from core.clock import parse_instant
from core.rule_files import rules_folder

RULES = load_group_rules(rules_folder() / "groups.yml")
START = parse_instant("2026-03-02T09:00")
LETTER = GroupMember("甲", START, 200, is_repost=False, is_public=False)


def letters(count: int, *, days: int = 1) -> list[GroupMember]:
    step = timedelta(days=days)
    return [replace(LETTER, author=f"a{n}", received_at=START + n * step) for n in range(count)]


def test_five_writers_of_one_long_letter_within_two_weeks_are_a_campaign() -> None:
    kind, reason = group_kind(letters(5), RULES)
    assert (kind, reason) == (GroupKind.CAMPAIGN, "14天内5人用同一文本来信，各件各走各的时限。")
    assert group_kind([replace(one, author="") for one in letters(5)], RULES)[0] is GroupKind.CAMPAIGN


def test_few_late_short_or_public_ones_are_many_voices_only() -> None:
    assert group_kind(letters(4), RULES) == (GroupKind.REPEATED, "4人反映，共4件。")
    assert group_kind(letters(5, days=20), RULES)[0] is GroupKind.REPEATED
    assert group_kind([replace(one, length=20) for one in letters(9)], RULES)[0] is GroupKind.REPEATED
    assert group_kind([replace(one, is_public=True) for one in letters(9)], RULES)[0] is GroupKind.REPEATED


def test_one_who_writes_again_and_again_is_told_from_many() -> None:
    assert group_kind([LETTER] * 7, RULES) == (GroupKind.ONE_AUTHOR, "同一人反映了7次。")


def test_reposts_are_named_and_all_of_them_counted() -> None:
    posts = [replace(one, is_public=True, is_repost=n > 0) for n, one in enumerate(letters(8))]
    assert group_kind(posts, RULES) == (GroupKind.REPOSTS, "8条中7条是转发，都计入声量。")


@pytest.mark.parametrize(
    ("body", "kind", "columns"),
    [
        ("说得对//@某某：停水三天了", "", []),
        ("转发微博", "", []),
        ("停水三天了", "转发", []),
        ("停水三天了", "", ["点赞数", "转发自"]),
        ("【转】停水三天了", "", []),
    ],
)
def test_a_repost_is_known_by_its_marks(body: str, kind: str, columns: list[str]) -> None:
    assert is_repost(body, kind, columns)
    assert not is_repost("停水三天了，请转告自来水公司 https://a.cn/b", "投诉", ["点赞数"])
