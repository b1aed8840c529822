"""舆情日报、周报: what came in, what it is about, what needs a look, and how answering stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from core.clock import local_day
from core.labels import label
from core.vocabulary import DeadlineStatus, PaperKind, RiskLevel
from reports.papers.lists import clocks_list, incidents_list, messages_list
from reports.papers.paper import Appendix, Block, Chart, Grid, Heading, Paper, Paragraph, Part
from reports.papers.scope import Desk, Period
from reports.response_times import DEFAULT_RULE, Basis, Query, ReportRow, response_times
from storage import sections
from storage.database import Connection

_TOPICS_SHOWN = 8
_DAYS_AHEAD = 7
_CHANNEL, _TOPIC, _KIND, _RISK, _DAY, _STATE = "渠道", "主题", "类型", "风险", "日期", "状态"


def daily_briefing(connection: Connection, period: Period, desk: Desk) -> Paper:
    """The briefing of one day, or of any few days."""
    return _briefing(connection, period, desk, PaperKind.DAILY_BRIEFING)


def weekly_briefing(connection: Connection, period: Period, desk: Desk) -> Paper:
    """The briefing of a week, with the volume of each day."""
    return _briefing(connection, period, desk, PaperKind.WEEKLY_BRIEFING)


def _briefing(connection: Connection, period: Period, desk: Desk, kind: PaperKind) -> Paper:
    names = sections.names(connection)
    earlier = period.before
    received = messages_list(connection, "received", "本期来文", period.since, period.until)
    before = messages_list(connection, "before", "上期来文", earlier.since, earlier.until)
    incidents = incidents_list(connection, "incidents", "本期事件", period.since, period.until)
    due = clocks_list("due", "本期到期的时限", _due(connection, period, desk), desk.rules, names)
    ahead = clocks_list("ahead", "即将到期的时限", _ahead(connection, desk), desk.rules, names)
    blocks = [
        *_volume(received, before, period),
        *_matters(received),
        *_risks(received),
        *_incidents(incidents),
        *_answering(due, ahead),
    ]
    return Paper(
        kind=kind,
        title=f"{label(kind)}（{period.text}）",
        issuer=desk.issuer,
        period=period.text,
        as_of=desk.as_of,
        blocks=tuple(blocks),
        appendices=(received, before, incidents, due, ahead),
    )


def by_column(counted_from: Appendix, column: str, shown: int | None = None) -> list[str]:
    """What stands in a column, the most frequent first; at most `shown`."""
    at = counted_from.head.index(column)
    counts = Counter(line[at] for line in counted_from.lines)
    return [text for text, _ in sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:shown]]


def counts_grid(caption: str, column: str, texts: Sequence[str], lists: Sequence[Appendix]) -> Grid:
    """A table that counts each of `texts` in each of `lists`."""
    head = (column, *(one.title for one in lists))
    lines: list[tuple[Part, ...]] = [(text, *(one.count((column, text)) for one in lists)) for text in texts]
    return Grid(caption, head, tuple(lines))


def _due(connection: Connection, period: Period, desk: Desk) -> Sequence[ReportRow]:
    """The clocks of the first reply that fell due in the period, as the response-time report counts them."""
    query = Query(period.since, period.until, desk.as_of, DEFAULT_RULE, Basis.DUE)
    return response_times(connection, query, desk.calendar, desk.rules).rows


def _ahead(connection: Connection, desk: Desk) -> Sequence[ReportRow]:
    today = local_day(desk.as_of)
    query = Query(today, today + timedelta(days=_DAYS_AHEAD), desk.as_of, DEFAULT_RULE, Basis.DUE)
    rows = response_times(connection, query, desk.calendar, desk.rules).rows
    return [row for row in rows if row.state is DeadlineStatus.OPEN]


def _volume(received: Appendix, before: Appendix, period: Period) -> list[Block]:
    channels = by_column(received, _CHANNEL)
    blocks: list[Block] = [
        Heading("总体情况"),
        Paragraph((f"{period.text}，共收到来文", received.count(), "件，上期", before.count(), "件。")),
    ]
    if not received.lines:
        return [*blocks, Paragraph(("本期没有收到来文。请同时查看各来源是否正常。",))]
    blocks.append(counts_grid("来文渠道", _CHANNEL, channels, (received, before)))
    if len(period.days) > 1:
        days = [day.isoformat() for day in period.days]
        values = tuple(received.count((_DAY, day)).value for day in days)
        blocks.append(Chart("每日来文量（件）", tuple(day[5:] for day in days), values, is_line=True))
    else:
        values = tuple(received.count((_CHANNEL, one)).value for one in channels)
        blocks.append(Chart("各渠道来文量（件）", tuple(channels), values))
    return blocks


def _matters(received: Appendix) -> list[Block]:
    if not received.lines:
        return []
    kinds: list[Part] = ["按诉求类型："]
    for kind in by_column(received, _KIND):
        kinds += [kind, received.count((_KIND, kind)), "件，"]
    kinds[-1] = "件。"
    topics = by_column(received, _TOPIC, _TOPICS_SHOWN)
    return [
        Heading("主要诉求"),
        Paragraph(tuple(kinds)),
        counts_grid("较集中的主题", _TOPIC, topics, (received,)),
        Paragraph(("类型、主题由程序归类，未经逐件复核；更正后重新生成即改变。",)),
    ]


def _risks(received: Appendix) -> list[Block]:
    high = label(RiskLevel.HIGH)
    figure = received.count((_RISK, high))
    blocks: list[Block] = [Heading("需要关注的来文")]
    if not figure.value:
        return [*blocks, Paragraph(("本期没有程序标为高风险的来文。",))]
    at = {name: received.head.index(name) for name in ("编号", "收到", _CHANNEL, _TOPIC, "标题", _RISK)}
    lines = [line for line in received.lines if line[at[_RISK]] == high]
    shown = ("编号", "收到", _CHANNEL, _TOPIC, "标题")
    grid = Grid("高风险来文", shown, tuple(tuple(line[at[name]] for name in shown) for line in lines))
    return [*blocks, Paragraph(("程序标为高风险的来文", figure, "件，理由见系统中各件页面：")), grid]


def _incidents(incidents: Appendix) -> list[Block]:
    blocks: list[Block] = [Heading("事件")]
    if not incidents.lines:
        return [*blocks, Paragraph(("本期没有新发现的事件。",))]
    grid = Grid("本期事件", incidents.head, incidents.lines)
    return [*blocks, Paragraph(("本期新发现事件", incidents.count(), "起：")), grid]


def _answering(due: Appendix, ahead: Appendix) -> list[Block]:
    on_time, late, overdue = (
        due.count((_STATE, label(state)))
        for state in (DeadlineStatus.ON_TIME, DeadlineStatus.LATE, DeadlineStatus.OVERDUE)
    )
    judged = on_time.value + late.value + overdue.value
    rate = f"，按时率{on_time.value / judged:.1%}" if judged else ""
    parts: tuple[Part, ...] = (
        "本期到期的首次答复时限", due.count(), "个：按时", on_time, "，逾期答复", late, "，超期未答", overdue,
        f"{rate}。",
    )  # fmt: skip
    blocks: list[Block] = [Heading("答复时效"), Paragraph(parts)]
    blocks.append(Paragraph((f"今后{_DAYS_AHEAD}日内到期、尚未答复的", ahead.count(), "个。")))
    at = [ahead.head.index(name) for name in ("办件", "截止", "科室", "标题")]
    if ahead.lines:
        soonest = sorted(ahead.lines, key=lambda line: line[at[1]])[:10]
        lines = tuple(tuple(line[one] for one in at) for line in soonest)
        blocks.append(Grid("最先到期的（至多十个）", ("办件", "截止", "科室", "标题"), lines))
    return blocks
