"""The charts of 时效报告: how long answers took, and how it went month by month; drawn without a script."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from core.vocabulary import DeadlineStatus
from reports.figures import CountedClock, figures_of
from reports.response_times import GroupBy, Report, group_of

# Longer answers stand in one last bar.
LONGEST = 15
_STATES = (
    (DeadlineStatus.ON_TIME, "met", "按时"),
    (DeadlineStatus.LATE, "due_soon", "逾期答复"),
    (DeadlineStatus.OVERDUE, "overdue", "超期未答"),
)


@dataclass(frozen=True, slots=True)
class Part:
    """One colour of a bar; `share` of the tallest bar, 0 to 100."""

    state: str
    share: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what stands below it, what it says, and the rows behind it; None where there are none."""

    name: str
    words: str
    value: str
    parts: Sequence[Part]
    href: str | None


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars under a title; `note` says how they are counted."""

    title: str
    note: str
    bars: Sequence[Bar]


Link = Callable[..., str]


def distribution(report: Report, link: Link) -> Chart | None:
    """How many working days the answers took, on time and late; None where nothing was answered.

    Args:
        link: the rows of so many working days, as `days`.
    """
    counts: dict[int, dict[DeadlineStatus, int]] = {}
    for row in report.rows:
        if row.working_days is not None and row.state in {DeadlineStatus.ON_TIME, DeadlineStatus.LATE}:
            here = counts.setdefault(min(row.working_days, LONGEST), {})
            here[row.state] = here.get(row.state, 0) + 1
    if not counts:
        return None
    most = max(sum(one.values()) for one in counts.values())
    bars = []
    for day in range(max(counts) + 1):
        found = counts.get(day, {})
        name = f"{day}" if day < LONGEST else f"{LONGEST}+"
        said = "，".join(f"{words}{found[state]:,}件" for state, _, words in _STATES if found.get(state))
        count = sum(found.values())
        href = link(figure="median_working_days", days=day) if count else None
        words = f"{name}个工作日：{said or '没有'}"
        bars.append(Bar(name, words, f"{count:,}" if count else "", _parts(found, most), href))
    note = "横轴是从收到到答复的工作日数，当日答复为0；只算按时和逾期答复。"
    return Chart("答复用了几个工作日", note, bars)


def trend(report: Report, link: Link) -> Chart | None:
    """Each month's clocks by how they ended, with the rate; None where there are fewer than two months.

    Args:
        link: the rows of one month.
    """
    by_month = replace(report.query, by=GroupBy.MONTH)
    members: dict[str, list[DeadlineStatus]] = {}
    clocks: dict[str, list[CountedClock]] = {}
    for row in report.rows:
        month = group_of(row, by_month)
        members.setdefault(month, []).append(row.state)
        clocks.setdefault(month, []).append(row.clock)
    if len(members) < 2:
        return None
    counted = {
        month: {state: states.count(state) for state, _, _ in _STATES} for month, states in members.items()
    }
    most = max(1, *(sum(one.values()) for one in counted.values()))
    bars = []
    for month in sorted(members):
        rate = figures_of(clocks[month]).on_time_rate
        shown = "—" if rate is None else f"{rate:.0%}"
        said = "，".join(f"{words}{counted[month][state]:,}件" for state, _, words in _STATES)
        words = f"{month}：{said}，按时率{shown}"
        bars.append(Bar(month[2:], words, shown, _parts(counted[month], most), link(by="month", group=month)))
    return Chart("各月办理结果和按时率", "柱高是件数，柱上是按时率。", bars)


def _parts(found: dict[DeadlineStatus, int], most: int) -> list[Part]:
    return [
        Part(colour, round(100 * found[state] / most, 2)) for state, colour, _ in _STATES if found.get(state)
    ]
