"""Which paper is made how: one table for the command line, the interface and the pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from core.errors import InvalidInput
from core.labels import label
from core.vocabulary import PaperKind
from reports.papers.briefing import daily_briefing, weekly_briefing
from reports.papers.message_review import message_review
from reports.papers.orders import assignment_order, supervision_paper
from reports.papers.paper import Paper
from reports.papers.scope import Desk, Period
from reports.papers.special import flash_report, special_report
from storage.database import Connection

OF_PERIOD: Mapping[PaperKind, Callable[[Connection, Period, Desk], Paper]] = {
    PaperKind.DAILY_BRIEFING: daily_briefing,
    PaperKind.WEEKLY_BRIEFING: weekly_briefing,
    PaperKind.MESSAGE_REVIEW: message_review,
}
# 时效报告 is a paper over a report that was asked for in detail; it is given out, not drafted here.
OF_CASE: Mapping[PaperKind, Callable[[Connection, int, Desk], Paper]] = {
    PaperKind.FLASH_REPORT: flash_report,
    PaperKind.SPECIAL_REPORT: special_report,
    PaperKind.ASSIGNMENT_ORDER: assignment_order,
    PaperKind.SUPERVISION_PAPER: supervision_paper,
}


def make(
    connection: Connection, kind: PaperKind, desk: Desk, *, period: Period | None, case_id: int | None
) -> Paper:
    """A paper from what is stored now.

    Args:
        period: for the kinds of `OF_PERIOD`.
        case_id: for the kinds of `OF_CASE`.

    Raises:
        InvalidInput: what the kind needs is missing.
        NotFound: no such case.
    """
    if kind in OF_PERIOD:
        if period is None:
            raise InvalidInput(f"{label(kind)}要写明起止日期。", mend="请填写起止日期。", field="from")
        return OF_PERIOD[kind](connection, period, desk)
    if case_id is None:
        raise InvalidInput(f"{label(kind)}要写明办件编号。", mend="请填写办件编号。", field="case")
    return OF_CASE[kind](connection, case_id, desk)
