"""舆情快报、专报: one incident as it stands, for those who decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from core.clock import local_day
from core.labels import label
from core.vocabulary import (
    CaseKind,
    CaseState,
    Channel,
    DeadlineState,
    DeadlineStatus,
    PaperKind,
    ResponseKind,
)
from reports.papers.briefing import by_column, counts_grid
from reports.papers.lists import due_text, grade_text, instant_text
from reports.papers.paper import Appendix, Block, Chart, Grid, Heading, Paper, Paragraph
from reports.papers.scope import Desk
from storage import case_pages, cases, incidents, responses
from storage.database import Connection, Row

_VOICES_SHOWN = 10
_GONE = (DeadlineState.CANCELLED.value, DeadlineState.SUPERSEDED.value)
_PUBLIC = (ResponseKind.STATEMENT.value, ResponseKind.PRESS_CONFERENCE.value)


def flash_report(connection: Connection, case_id: int, desk: Desk) -> Paper:
    """快报: what happened, who says it, which clock runs; one page.

    Raises:
        NotFound: no such incident.
    """
    case, details = _incident(connection, case_id)
    voices = _voices(connection, case_id)
    blocks = [
        *_what(details, voices),
        *_clocks(connection, case_id, desk),
        *_measures(connection, case_id),
    ]
    return _paper(PaperKind.FLASH_REPORT, case, desk, blocks, (voices,))


def special_report(connection: Connection, case_id: int, desk: Desk) -> Paper:
    """专报: the same with its spread over time, the voices and what was published.

    Raises:
        NotFound: no such incident.
    """
    case, details = _incident(connection, case_id)
    voices = _voices(connection, case_id)
    blocks = [
        *_what(details, voices),
        *_spread(voices),
        *_clocks(connection, case_id, desk),
        *_measures(connection, case_id),
        Heading("下一步工作建议"),
        Paragraph(("（由拟稿人填写。）",)),
    ]
    return _paper(PaperKind.SPECIAL_REPORT, case, desk, blocks, (voices,))


def _paper(
    kind: PaperKind, case: Row, desk: Desk, blocks: Sequence[Block], appendices: tuple[Appendix, ...]
) -> Paper:
    return Paper(
        kind=kind,
        title=f"{label(kind)}：{case['title']}",
        issuer=desk.issuer,
        period=f"截至{instant_text(desk.as_of)}",
        as_of=desk.as_of,
        blocks=tuple(blocks),
        appendices=appendices,
    )


def _incident(connection: Connection, case_id: int) -> tuple[Row, Row]:
    case = cases.get(connection, case_id)
    if case["kind"] != CaseKind.INCIDENT.value:
        raise cases.no_such(case_id)
    return case, incidents.get(connection, case_id)


def _voices(connection: Connection, case_id: int) -> Appendix:
    rows = incidents.voices(connection, [case_id])[case_id]
    head = ("编号", "来源编号", "时间", "日期", "渠道", "主题", "标题")
    lines = tuple(
        (
            str(row["message_id"]),
            row["native_id"],
            instant_text(row["received_at"]),
            local_day(row["received_at"]).isoformat(),
            label(Channel(row["channel"])),
            row["topic"] or "—",
            row["title"],
        )
        for row in rows
    )
    return Appendix("voices", "有关来文", head, lines)


def _what(details: Row, voices: Appendix) -> list[Block]:
    facts = (
        ("发生时间", details["occurred_at"]),
        ("首次公开发布时间", details["first_public_at"]),
        ("首次发现时间", details["first_seen_at"]),
        ("立项时间", details["raised_at"]),
        ("定级时间", details["graded_at"]),
    )
    grid = Grid("时间", ("事项", "时刻"), tuple((name, instant_text(at)) for name, at in facts))
    blocks: list[Block] = [
        Heading("基本情况"),
        Paragraph((details["summary"] or "（请填写事件概要。）",)),
        Paragraph((f"级别：{_grade(details)}。有关来文", voices.count(), "件，渠道分布如下。")),
        counts_grid("来文渠道", "渠道", by_column(voices, "渠道"), (voices,)),
        grid,
    ]
    return blocks


def _grade(details: Row) -> str:
    """The grade, and how long after the first sight it was given: late grading never hides lost hours."""
    graded_at = details["graded_at"]
    if graded_at is None:
        return f"{grade_text(None)}（建议{grade_text(details['suggested_level'])}）"
    return f"{grade_text(details['level'])}，发现后{_length(graded_at - details['first_seen_at'])}定级"


def _length(length: timedelta) -> str:
    minutes = int(length.total_seconds()) // 60
    return f"{minutes // 60}小时{minutes % 60}分" if minutes >= 60 else f"{minutes}分"


def _spread(voices: Appendix) -> list[Block]:
    if not voices.lines:
        return [Heading("传播情况"), Paragraph(("还没有归入来文。",))]
    days = sorted(by_column(voices, "日期"))
    values = tuple(voices.count(("日期", day)).value for day in days)
    at = [voices.head.index(name) for name in ("时间", "渠道", "标题")]
    earliest = tuple(tuple(line[one] for one in at) for line in voices.lines[:_VOICES_SHOWN])
    return [
        Heading("传播情况"),
        Chart("每日来文量（件）", tuple(day[5:] for day in days), values, is_line=len(days) > 1),
        Paragraph((f"按时间先后，最早的（至多{_VOICES_SHOWN}件）如下。",)),
        Grid("最早的来文", ("时间", "渠道", "标题"), earliest),
    ]


def _clocks(connection: Connection, case_id: int, desk: Desk) -> list[Block]:
    rows = [
        row
        for row in case_pages.clocks_of(connection, [case_id], desk.as_of)[case_id]
        if row["state"] not in _GONE
    ]
    heading = Heading("回应时限")
    if not rows:
        return [heading, Paragraph(("目前没有在走的时限。",))]
    lines = tuple(
        (
            desk.rules.get(row["rule_key"], row["rule_key"]) + ("（暂定）" if row["is_provisional"] else ""),
            instant_text(row["started_at"]),
            due_text(row["due_at"]),
            instant_text(row["met_at"]),
            label(DeadlineStatus(row["status"])),
        )
        for row in rows
    )
    return [heading, Grid("时限", ("时限", "起算", "截止", "回应", "状态"), lines)]


def _measures(connection: Connection, case_id: int) -> list[Block]:
    standing = [row for row in responses.of_case(connection, case_id) if row["withdrawn_at"] is None]
    published = [row for row in standing if row["kind"] in _PUBLIC]
    case = cases.get(connection, case_id)
    heading = Heading("处置回应情况")
    state = Paragraph((f"当前状态：{label(CaseState(case['state']))}。",))
    if not published:
        return [heading, state, Paragraph(("尚未对外发布。",))]
    lines = tuple(
        (
            instant_text(row["occurred_at"]),
            label(ResponseKind(row["kind"])),
            row["publisher"] or "—",
            row["title"] or "—",
            (row["copy_sha256"] or "—")[:16],
        )
        for row in published
    )
    return [heading, state, Grid("已发布", ("时间", "形式", "发布者", "标题", "存档指纹"), lines)]
