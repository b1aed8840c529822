"""How far a post went, by the counts its platform tells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# Names under which exports and crawls keep the counts.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "reposts": ("转发", "转发数"),
    "comments": ("评论", "评论数"),
    "likes": ("赞", "点赞", "点赞数"),
    "reads": ("阅读", "阅读数", "阅读量", "播放数"),
}
_COUNT = re.compile(r"^([0-9][0-9,]*(?:\.[0-9]+)?)\s*(万|亿)?\+?$")
_UNITS = {"": 1, "万": 10_000, "亿": 100_000_000}
# One who reads does less than one who passes it on: a hundred reads are one act.
_READS_AN_ACT = 100
_MOST = 10**12


@dataclass(frozen=True, slots=True)
class Reach:
    """What a platform counts of one post, or of several together; 0 where it does not tell."""

    reposts: int = 0
    comments: int = 0
    likes: int = 0
    reads: int = 0

    @property
    def acts(self) -> int:
        """Reposts, comments and likes, and a hundredth of the reads."""
        return self.reposts + self.comments + self.likes + self.reads // _READS_AN_ACT

    @property
    def told(self) -> str:
        """The counts that are known, in Chinese; empty for none."""
        named = (("转发", self.reposts), ("评论", self.comments), ("点赞", self.likes), ("阅读", self.reads))
        return "、".join(f"{name}{count}" for name, count in named if count)


def reach_of(extras: Iterable[Mapping[str, str] | None]) -> Reach:
    """The counts of posts together, from their extra columns; what is no count is passed over."""
    sums = dict.fromkeys(_NAMES, 0)
    for extra in extras:
        for field, names in _NAMES.items():
            found = (count_of(extra[name]) for name in names if extra and name in extra)
            sums[field] += next((one for one in found if one is not None), 0)
    return Reach(**sums)


def acts_of(extras: Iterable[Mapping[str, str] | None]) -> int:
    """The acts of several posts together; see `Reach.acts`."""
    return reach_of(extras).acts


def count_of(text: str) -> int | None:
    """A count as platforms write it (`1234`, `1,234`, `1.2万`, `10万+`); None for anything else."""
    found = _COUNT.match(str(text).strip())
    if found is None:
        return None
    value = float(found.group(1).replace(",", "")) * _UNITS[found.group(2) or ""]
    return int(value) if value < _MOST else None
