"""The lists behind the figures of a paper: one line a message, a clock, an incident."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from core.clock import day_end, day_start, due_day, shanghai
from core.labels import label
from core.vocabulary import CaseState, Channel, Level
from reports.papers.paper import Appendix
from reports.response_times import NO_SECTION, ReportRow
from storage import assessments, incidents, period_facts, sections
from storage.database import Connection, Row

NOT_ASSESSED = "未分析"
NO_TOPIC = "未归类"
NO_GRADE = "未定级"


def instant_text(instant: datetime | None) -> str:
    """An instant on the office's wall clock, to the minute; a dash for None."""
    return "—" if instant is None else f"{shanghai(instant):%Y-%m-%d %H:%M}"


def due_text(due_at: datetime) -> str:
    """A due instant; midnight is the 24:00 of the day before, as the law counts it."""
    is_midnight = shanghai(due_at).time() == time.min
    return f"{due_day(due_at)} 24:00" if is_midnight else instant_text(due_at)


def messages_list(connection: Connection, key: str, title: str, since: date, until: date) -> Appendix:
    """The messages received from `since` to `until`, both days counted whole, with what stands about each."""
    rows = period_facts.received(connection, day_start(since), day_end(until))
    said = assessments.effective(connection, [row["id"] for row in rows])
    names = sections.names(connection)
    head = ("编号", "来源编号", "收到", "日期", "渠道", "科室", "类型", "主题", "风险", "标题")
    lines = tuple(_message_line(row, said.get(row["id"]), names) for row in rows)
    return Appendix(key, title, head, lines)


def _message_line(row: Row, said: assessments.Effective | None, names: Mapping[str, str]) -> tuple[str, ...]:
    received = instant_text(row["received_at"])
    section = names.get(row["section"], row["section"]) or NO_SECTION
    return (
        str(row["id"]),
        row["native_id"],
        received,
        received[:10],
        label(Channel(row["channel"])),
        section,
        label(said.kind) if said else NOT_ASSESSED,
        (said.topic or NO_TOPIC) if said else NOT_ASSESSED,
        label(said.risk_level) if said else NOT_ASSESSED,
        row["title"],
    )


def clocks_list(
    key: str, title: str, rows: Sequence[ReportRow], rules: Mapping[str, str], names: Mapping[str, str]
) -> Appendix:
    """Clocks as the response-time report counts them."""
    head = ("办件", "来源编号", "渠道", "科室", "规则", "收到", "截止", "答复", "状态", "标题")
    lines = tuple(
        (
            str(row.case),
            row.native_id or "—",
            label(Channel(row.channel)),
            names.get(row.section, row.section) or NO_SECTION,
            rules.get(row.rule, row.rule),
            instant_text(row.received_at),
            due_text(row.due_at),
            instant_text(row.met_at),
            label(row.state),
            row.title,
        )
        for row in rows
    )
    return Appendix(key, title, head, lines)


def incidents_list(connection: Connection, key: str, title: str, since: date, until: date) -> Appendix:
    """The incidents first seen from `since` to `until`, the newest first."""
    found = incidents.listed(connection, since=day_start(since), until=day_end(until))
    voices = incidents.voices(connection, [row["case_id"] for row in found])
    head = ("办件", "首次发现", "级别", "状态", "来文数", "标题")
    lines = tuple(
        (
            str(row["case_id"]),
            instant_text(row["first_seen_at"]),
            grade_text(row["level"]),
            label(CaseState(row["state"])),
            str(len(voices[row["case_id"]])),
            row["title"],
        )
        for row in found
    )
    return Appendix(key, title, head, lines)


def grade_text(level: str | None) -> str:
    """The grade of an incident in words."""
    return label(Level(level)) if level else NO_GRADE
