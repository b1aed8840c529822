"""留言办理梳理分析: what citizens wrote in a period, what it is about, and how it was answered.

Source: 嘉市监办〔2021〕102号, task 10: messages are analysed regularly; concentrated problems get a second
interpretation.
"""

from __future__ import annotations

from core.labels import label
from core.vocabulary import DeadlineStatus, PaperKind
from reports.papers.briefing import by_column, counts_grid
from reports.papers.lists import clocks_list, messages_list
from reports.papers.paper import Appendix, Block, Grid, Heading, Paper, Paragraph, Part
from reports.papers.scope import Desk, Period
from reports.response_times import DEFAULT_RULE, Query, response_times
from storage import sections
from storage.database import Connection

_TOPICS_SHOWN = 12
_STATES = (
    DeadlineStatus.ON_TIME,
    DeadlineStatus.LATE,
    DeadlineStatus.OVERDUE,
    DeadlineStatus.OPEN,
    DeadlineStatus.TIME_UNKNOWN,
)


def message_review(connection: Connection, period: Period, desk: Desk) -> Paper:
    """The review of a month, a quarter or any period."""
    earlier = period.before
    received = messages_list(connection, "received", "本期", period.since, period.until)
    before = messages_list(connection, "before", "上期", earlier.since, earlier.until)
    query = Query(period.since, period.until, desk.as_of, DEFAULT_RULE)
    rows = response_times(connection, query, desk.calendar, desk.rules).rows
    answers = clocks_list("answers", "首次答复时限", rows, desk.rules, sections.names(connection))
    blocks = [
        *_received(received, before, period),
        *_concentrated(received, before),
        *_answers(answers),
        Heading("问题和改进"),
        Paragraph(("（由拟稿人填写：集中问题的原因、二次解读或专题回应、流程改进。）",)),
    ]
    return Paper(
        kind=PaperKind.MESSAGE_REVIEW,
        title=f"{label(PaperKind.MESSAGE_REVIEW)}（{period.text}）",
        issuer=desk.issuer,
        period=period.text,
        as_of=desk.as_of,
        blocks=tuple(blocks),
        appendices=(received, before, answers),
    )


def _received(received: Appendix, before: Appendix, period: Period) -> list[Block]:
    first: tuple[Part, ...] = (
        f"{period.text}收到来文", received.count(), "件，上一个同样长的时期", before.count(), "件。",
    )  # fmt: skip
    both = (received, before)
    return [
        Heading("来文情况"),
        Paragraph(first),
        counts_grid("渠道", "渠道", _all(received, before, "渠道"), both),
        counts_grid("类型", "类型", _all(received, before, "类型"), both),
    ]


def _concentrated(received: Appendix, before: Appendix) -> list[Block]:
    topics = by_column(received, "主题", _TOPICS_SHOWN)
    heading = Heading("集中的主题")
    if not topics:
        return [heading, Paragraph(("本期没有来文。",))]
    grid = counts_grid("主题", "主题", topics, (received, before))
    return [heading, grid, Paragraph(("主题由程序归类，未经逐件复核。",))]


def _answers(answers: Appendix) -> list[Block]:
    heading = Heading("答复情况")
    if not answers.lines:
        return [heading, Paragraph(("本期没有应答复的来文。",))]
    states = [label(state) for state in _STATES]
    lines: list[tuple[Part, ...]] = [
        (section, *(answers.count(("科室", section), ("状态", state)) for state in states))
        for section in sorted(by_column(answers, "科室"))
    ]
    total: tuple[Part, ...] = ("合计", *(answers.count(("状态", state)) for state in states))
    return [
        heading,
        Paragraph(("本期开始计时的首次答复时限", answers.count(), "个，按科室（按名称排列，不作排名）：")),
        Grid("答复", ("科室", *states), (*lines, total)),
    ]


def _all(received: Appendix, before: Appendix, column: str) -> list[str]:
    """Everything that stands in a column of either list, the most frequent of the first before the rest."""
    here = by_column(received, column)
    return here + [text for text in by_column(before, column) if text not in here]
