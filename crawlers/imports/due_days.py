"""The last day of a task, as plans write it: `6月底前`, `三季度`, `全年`, or a date. Pure."""

from __future__ import annotations

import calendar
import re
from datetime import date

from core.clock import local_day
from crawlers.parsing.dates import read_moment

_MONTH = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(?:份|底|末|上旬|中旬|下旬)?(?:以?前|之前|完成)*")
_MONTH_DAY = re.compile(r"(\d{1,2})月(\d{1,2})[日号](?:以?前|之前|完成)*")
_QUARTERS = {"一": 3, "二": 6, "三": 9, "四": 12, "1": 3, "2": 6, "3": 9, "4": 12}
_QUARTER = re.compile(r"第?([一二三四1-4])季度(?:底|末)?(?:以?前|之前|完成)*")
_TENTH = {"上旬": 10, "中旬": 20}
_HALF = re.compile(r"上半年(?:底|末)?(?:以?前|之前|完成)*")
_YEAR = re.compile(
    r"(?:全年|年内|下半年|年底|年末|长期|持续|常年|贯穿全年)(?:以?前|之前|完成|推进|坚持|实施)*"
)


def read_due_day(cell: object, year: int) -> date | None:
    """The last day a task may be done on; None where the cell says none.

    A month or quarter ends on its last day; what goes on the whole year ends on 31 December.

    Args:
        cell: text, or a date or number as a workbook reader gives it.
        year: the year of the plan, for texts that name none.
    """
    text = re.sub(r"\s+", "", str(cell)).strip("。；;，,") if isinstance(cell, str) else ""
    for pattern, day in ((_MONTH_DAY, _of_day), (_MONTH, _of_month), (_QUARTER, _of_quarter)):
        found = pattern.fullmatch(text)
        if found is not None:
            return day(found, year)
    if _HALF.fullmatch(text):
        return date(year, 6, 30)
    if _YEAR.fullmatch(text):
        return date(year, 12, 31)
    moment = read_moment(re.sub(r"(?:以?前|之前|完成)+$", "", text) if text else cell)
    return local_day(moment.at) if moment is not None else None


def _of_day(found: re.Match[str], year: int) -> date | None:
    try:
        return date(year, int(found[1]), int(found[2]))
    except ValueError:
        return None


def _of_month(found: re.Match[str], year: int) -> date | None:
    in_year, month = int(found[1] or year), int(found[2])
    if not 1 <= month <= 12:
        return None
    tenth = next((day for words, day in _TENTH.items() if words in found[0]), None)
    return date(in_year, month, tenth or calendar.monthrange(in_year, month)[1])


def _of_quarter(found: re.Match[str], year: int) -> date:
    month = _QUARTERS[found[1]]
    return date(year, month, calendar.monthrange(year, month)[1])
