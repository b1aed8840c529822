"""Rows under a list that are no part of it: totals, who made it, when it was printed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawlers.imports.cells import Cell, as_line

_WORDS = re.compile(
    r"合计|总计|小计|共计|制表|填表|统计时间|统计人|统计日期|审核人|导出时间|导出人|打印时间|数据来源"
)


def looks_like_total(cells: Sequence[Cell]) -> bool:
    """Whether the first filled cell of a row begins like a total or a maker's line."""
    first = next((text for cell in cells if (text := as_line(cell))), "")
    return _WORDS.match(first) is not None
