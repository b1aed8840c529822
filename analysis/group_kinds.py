"""What a group of (nearly) the same words is: a campaign letter, reposts, one who repeats, many voices."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from pydantic import Field

from core.rule_files import RuleFileModel, read_rule_file

_REPOST = re.compile(r"//\s*@|^\s*转发微博|^\s*转[:：]|【转】|^\s*(?:[Rr][Tt])\s*@")
_REPOST_COLUMNS = ("转发自", "原微博")


class GroupKind(StrEnum):
    """What messages of one wording are together."""

    CAMPAIGN = "campaign"
    REPOSTS = "reposts"
    ONE_AUTHOR = "one_author"
    REPEATED = "repeated"


GROUP_NAMES = {
    GroupKind.CAMPAIGN: "统一文本的联名来信",
    GroupKind.REPOSTS: "转发",
    GroupKind.ONE_AUTHOR: "同一人重复反映",
    GroupKind.REPEATED: "多人反映（多频工单）",
}


@dataclass(frozen=True, slots=True)
class GroupMember:
    """A message of a group.

    Attributes:
        author: empty for unknown, who counts as one of his own.
        is_public: posted where everybody reads it.
    """

    author: str
    received_at: datetime
    length: int
    is_repost: bool
    is_public: bool


class _Campaign(RuleFileModel):
    authors: int = Field(ge=2)
    days: int = Field(ge=1)
    characters: int = Field(ge=1)
    why: str = Field(min_length=1)


class GroupRules(RuleFileModel):
    """The numbers of `rules/groups.yml`, with their reasons."""

    campaign: _Campaign


def load_group_rules(path: Path) -> GroupRules:
    """The rules of a file such as `rules/groups.yml`.

    Raises:
        RuleError: the file has a wrong shape, or a number without its reason.
    """
    return read_rule_file(path, GroupRules)


def is_repost(body: str, kind: str, columns: Sequence[str]) -> bool:
    """Whether a post passes on another one.

    Args:
        kind: what its source calls it.
        columns: names of the extra columns that its record has.
    """
    return kind == "转发" or any(one in columns for one in _REPOST_COLUMNS) or bool(_REPOST.search(body))


def group_kind(members: Sequence[GroupMember], rules: GroupRules) -> tuple[GroupKind, str]:
    """The kind of a group of two or more, and a Chinese sentence with the numbers.

    Nothing is dropped by it: every message keeps its own clock, reposts too.
    """
    known = {one.author for one in members if one.author}
    authors = len(known) + sum(not one.author for one in members)
    reposts = sum(one.is_repost for one in members)
    if reposts * 2 >= len(members):
        return GroupKind.REPOSTS, f"{len(members)}条中{reposts}条是转发，都计入声量。"
    if authors == 1:
        return GroupKind.ONE_AUTHOR, f"同一人反映了{len(members)}次。"
    letters = [one for one in members if not one.is_public and one.length >= rules.campaign.characters]
    writers = _most_within(letters, timedelta(days=rules.campaign.days))
    if writers >= rules.campaign.authors:
        told = f"{rules.campaign.days}天内{writers}人用同一文本来信，各件各走各的时限。"
        return GroupKind.CAMPAIGN, told
    return GroupKind.REPEATED, f"{authors}人反映，共{len(members)}件。"


def _most_within(letters: Sequence[GroupMember], window: timedelta) -> int:
    """The most different writers in any window of this length."""
    ordered = sorted(letters, key=lambda one: one.received_at)
    return max(
        (_writers(ordered[place:], first.received_at + window) for place, first in enumerate(ordered)),
        default=0,
    )


def _writers(letters: Sequence[GroupMember], until: datetime) -> int:
    authors = [one.author for one in letters if one.received_at <= until]
    return len({author for author in authors if author}) + authors.count("")
