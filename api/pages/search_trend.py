"""The trend of what was found, as bars of a chart that needs no script."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from api.pages.search_asked import Asked
from api.pages.search_contexts import Bar, Trend
from core.clock import local_day

WIDTH, HEIGHT = 600, 96
# One bar a day up to so many days, then a week, then thirty days.
_STRETCHES = ((62, 1), (434, 7))
_LONGEST_STRETCH = 30
_MOST_BARS = 200
_GAP = 0.2
_THICKEST = 40.0


def trend_of(days: Sequence[tuple[datetime, int]], asked: Asked) -> Trend | None:
    """The bars from the first day with any to the last; None where there are none."""
    if not days:
        return None
    counted = [(local_day(at), count) for at, count in days]
    first, last = counted[0][0], counted[-1][0]
    width = _stretch((last - first).days + 1)
    counts: dict[int, int] = {}
    for day, count in counted:
        at = (day - first).days // width
        counts[at] = counts.get(at, 0) + count
    number, most = max(counts) + 1, max(counts.values())
    bars = [
        _bar(at, number, counts[at] / most, first + timedelta(days=at * width), width, counts[at], asked)
        for at in sorted(counts)
    ]
    unit = {1: "日", 7: "周"}.get(width, f"{width}天")
    total = sum(counts.values())
    words = f"{first.isoformat()} 至 {last.isoformat()} 共 {total:,} 件，按{unit}统计，最多 {most:,} 件"
    return Trend(bars, words, first.isoformat(), last.isoformat(), most)


def _stretch(days: int) -> int:
    for limit, width in _STRETCHES:
        if days <= limit:
            return width
    return max(_LONGEST_STRETCH, -(-days // _MOST_BARS))


def _bar(at: int, number: int, share: float, day: date, width: int, count: int, asked: Asked) -> Bar:
    step = WIDTH / number
    thickness = min(step * (1 - _GAP), _THICKEST)
    height = max(2.0, round(share * HEIGHT, 1))
    end = day + timedelta(days=width - 1)
    period = day.isoformat() if width == 1 else f"{day.isoformat()} 至 {end.isoformat()}"
    return Bar(
        x=round(at * step + (step - thickness) / 2, 2),
        y=round(HEIGHT - height, 1),
        width=round(thickness, 2),
        height=height,
        words=f"{period}：{count:,} 件",
        href=asked.href(**{"from": day.isoformat(), "to": end.isoformat()}),
    )
