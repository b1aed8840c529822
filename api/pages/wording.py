"""Instants, spans and figures as an official reads them; the filters of the templates. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from core.clock import shanghai
from core.model import Limit

_WEEKDAYS = "一二三四五六日"
NOTHING = "—"


def instant(value: datetime | None) -> str:
    """`2026-11-23 09:05`, on the office's wall clock; a dash for None."""
    return f"{shanghai(value):%Y-%m-%d %H:%M}" if value is not None else NOTHING


def deadline(value: datetime) -> str:
    """A due instant with its weekday; a midnight is the 24:00 of the day before, as the law counts it."""
    local = shanghai(value)
    if (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0):
        before = local.date() - timedelta(days=1)
        return f"{day(before)} 24:00"
    return f"{day(local.date())} {local:%H:%M}"


def day(value: date) -> str:
    """`2026-11-23 周一`."""
    return f"{value.isoformat()} 周{_WEEKDAYS[value.weekday()]}"


def short_day(value: date) -> str:
    """`11月23日`."""
    return f"{value.month}月{value.day}日"


def clock(value: datetime) -> str:
    """`08:30`, on the office's wall clock."""
    return f"{shanghai(value):%H:%M}"


def clock_end(value: datetime) -> str:
    """The end of a stretch within a day: a midnight is its 24:00."""
    shown = clock(value)
    return "24:00" if shown == "00:00" else shown


def span(length: timedelta) -> str:
    """A length in the two units that matter: `3天4小时`, `5小时12分`, `不到1分钟`."""
    minutes = int(abs(length).total_seconds()) // 60
    if minutes < 1:
        return "不到1分钟"
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days:
        return f"{days:,}天{hours}小时" if hours else f"{days:,}天"
    if hours:
        return f"{hours}小时{minutes}分" if minutes else f"{hours}小时"
    return f"{minutes}分钟"


def countdown(due_at: datetime, now: datetime) -> str:
    """How long is left, or for how long it is overdue."""
    return f"超期 {span(now - due_at)}" if now > due_at else f"还剩 {span(due_at - now)}"


def number(value: float | None) -> str:
    """`1,234` or `2.5`; a dash for None."""
    if value is None:
        return NOTHING
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def rate(value: float | None) -> str:
    """`97.3%`, never rounded up to 100.0%; a dash for None."""
    if value is None:
        return NOTHING
    shown = f"{value:.1%}"
    return "99.9%" if shown == "100.0%" and value < 1 else shown


def limit(value: Limit) -> str:
    """`5个工作日`, `提前3个工作日`, or that the order itself says it."""
    if value.amount is None:
        return "按派单载明的时限"
    units = {"hour": "小时", "calendar_day": "日", "working_day": "个工作日"}
    return f"{'提前' if value.backwards else ''}{value.amount}{units[value.unit.value]}"


FILTERS = {
    "instant": instant,
    "deadline": deadline,
    "day": day,
    "short_day": short_day,
    "number": number,
    "rate": rate,
    "limit": limit,
    "clock": clock,
    "clock_end": clock_end,
    "span": span,
}
