"""How an incident spread: its voices by channel, near-duplicates folded and counted, and its volume. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from analysis.trend import trend_of
from core.clock import shanghai
from core.labels import label
from core.vocabulary import Channel
from storage.database import Row

_Row = Row | Mapping[str, Any]
# A finer step for what grew within days, so that neither has more bars than an eye can tell apart.
_BY_HOUR_UP_TO = timedelta(days=4)
_BARS = 120
_OFTEN = 2


@dataclass(frozen=True)
class ChannelShare:
    """One channel: how many messages, in how many different wordings."""

    label: str
    count: int
    wordings: int


@dataclass(frozen=True)
class VoiceGroup:
    """Messages in nearly the same words, under the first of them.

    Attributes:
        count: how many there are, the first included.
        channels: their channels, the most frequent first.
        until: when the last of them came.
    """

    title: str
    url: str
    source: str
    at: datetime
    until: datetime
    count: int
    channels: Sequence[str]
    members: Sequence[str]


@dataclass(frozen=True)
class Volume:
    """How many messages came in each step.

    Attributes:
        step: `小时` or `日`.
        steps: the name of each step, in order of time; no step in between is left out.
        series: channel → a number for each step.
    """

    step: str
    steps: Sequence[str]
    series: Mapping[str, Sequence[int]]

    @property
    def totals(self) -> Sequence[tuple[str, int]]:
        """Each step in which something came, with the sum over the channels."""
        sums = [sum(values) for values in zip(*self.series.values(), strict=True)]
        return [(name, count) for name, count in zip(self.steps, sums, strict=True) if count]


@dataclass(frozen=True)
class Spread:
    """What the page of an incident says of its voices.

    Attributes:
        trend: which way it goes and over how many accounts, as a sentence.
        places: where the messages say it is, the most frequent first; at most three.
        authors: those who spoke more than once, as masked, with how often; the most frequent first.
    """

    count: int
    channels: Sequence[ChannelShare]
    groups: Sequence[VoiceGroup]
    volume: Volume
    authors: Sequence[tuple[str, int]]
    trend: str
    places: Sequence[tuple[str, int]]


def spread_of(rows: Sequence[_Row], now: datetime) -> Spread:
    """What stands in the messages, the oldest first; the largest group of one wording comes first."""
    by_channel: dict[str, list[_Row]] = {}
    by_group: dict[int, list[_Row]] = {}
    for row in rows:
        by_channel.setdefault(row["channel"], []).append(row)
        by_group.setdefault(row["group_id"], []).append(row)
    shares = [_share(channel, some) for channel, some in by_channel.items()]
    groups = [_group(some) for some in by_group.values()]
    heard = [(row["received_at"], row["author_display"] or str(row["message_id"])) for row in rows]
    authors = Counter(row["author_display"] for row in rows if row["author_display"])
    return Spread(
        count=len(rows),
        channels=sorted(shares, key=lambda one: -one.count),
        groups=sorted(groups, key=lambda one: (-one.count, one.at)),
        volume=volume_of(rows),
        authors=[(name, count) for name, count in authors.most_common(5) if count >= _OFTEN],
        trend=trend_of(heard, now).reason if heard else "",
        places=Counter(
            row["place"] or row["area"] for row in rows if row["place"] or row["area"]
        ).most_common(3),
    )


def _share(channel: str, rows: Sequence[_Row]) -> ChannelShare:
    return ChannelShare(label(Channel(channel)), len(rows), len({row["group_id"] for row in rows}))


def _group(rows: Sequence[_Row]) -> VoiceGroup:
    first = rows[0]
    channels = Counter(label(Channel(row["channel"])) for row in rows)
    return VoiceGroup(
        title=first["title"] or "（无标题）",
        url=first["url"] or "",
        source=first["source"],
        at=first["received_at"],
        until=rows[-1]["received_at"],
        count=len(rows),
        channels=[name for name, _ in channels.most_common()],
        members=[f"{shanghai(row['received_at']):%m-%d %H:%M} {row['title']}" for row in rows[1:]],
    )


def volume_of(rows: Sequence[_Row]) -> Volume:
    """How many came in each hour, or in each day of a longer time; `rows` are the oldest first."""
    if not rows:
        return Volume("小时", [], {})
    times = [shanghai(row["received_at"]) for row in rows]
    is_hourly = times[-1] - times[0] <= _BY_HOUR_UP_TO
    step = timedelta(hours=1) if is_hourly else timedelta(days=1)
    starts = [_start(at, is_hourly=is_hourly) for at in times]
    # What came long before the rest is left to the list below.
    first = max(starts[0], starts[-1] - step * (_BARS - 1))
    length = int((starts[-1] - first) / step) + 1
    series = {label(Channel(row["channel"])): [0] * length for row in rows}
    for row, start in zip(rows, starts, strict=True):
        if start >= first:
            series[label(Channel(row["channel"]))][int((start - first) / step)] += 1
    words = "%m-%d %H时" if is_hourly else "%m-%d"
    return Volume(
        "小时" if is_hourly else "日", [f"{first + step * n:{words}}" for n in range(length)], series
    )


def _start(at: datetime, *, is_hourly: bool) -> datetime:
    hour = at.hour if is_hourly else 0
    return at.replace(hour=hour, minute=0, second=0, microsecond=0)
