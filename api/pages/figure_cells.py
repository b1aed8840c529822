"""The figures of the report with their names, definitions and the links to the rows behind them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from api.pages.report_contexts import FigureCell
from api.pages.wording import number, rate
from reports.figures import Figures
from reports.render.response_times_xlsx import COLUMNS, DEFINITIONS

UNANSWERED = "unanswered"
_LABELS = {**dict(COLUMNS), UNANSWERED: "尚未答复"}
_OURS = {
    "answered": "按时答复、逾期答复和答复时间不明之和。",
    "cancelled": "按规定取消的时限，不计入按时率。",
    UNANSWERED: "超期未答与未到期之和。只答复容易的来文，用时再短，也要看这一栏。",
    "median_working_days": (
        "一半的答复不超过的用时。收到当日不计，到答复当日为止经过的工作日。只算按时和逾期答复。"
    ),
    "median_hours": "一半的答复不超过的用时，自然小时，含夜间和假日。只有日期的答复不计入。",
    "p90_working_days": "不少于百分之九十的答复不超过的工作日数。只算按时和逾期答复。",
    "p90_hours": "不少于百分之九十的答复不超过的自然小时数。只有日期的答复不计入。",
}
# The workbook defines the plain counts; the same words stand on the page.
_MEANINGS = {name: _OURS.get(name) or dict(DEFINITIONS)[text] for name, text in _LABELS.items()}
_BRACKET = re.compile("[(\uff08]")

HEADLINE = ("on_time_rate", "overdue", UNANSWERED, "median_working_days")
DETAIL = (
    "received",
    "on_time",
    "late",
    "overdue",
    "open",
    "time_unknown",
    "cancelled",
    "answered",
    "holding_only",
    "p90_working_days",
    "median_hours",
    "p90_hours",
)
COLUMN_NAMES = (
    "received",
    "on_time",
    "late",
    "overdue",
    "open",
    "time_unknown",
    UNANSWERED,
    "on_time_rate",
    "median_working_days",
    "p90_working_days",
)


def label_of(name: str) -> str:
    """What an official calls a figure."""
    return _LABELS[name]


def definition_of(name: str) -> str:
    """How a figure is counted, in one or two sentences."""
    return _MEANINGS[name]


def cells(
    figures: Figures | None, names: Sequence[str], link: Callable[[str], str] | None = None
) -> list[FigureCell]:
    """The figures called `names`; without `figures` only their heads.

    A figure that counts nothing has no link, since there are no rows to see.
    """
    return [_cell(figures, name, link) for name in names]


def _cell(figures: Figures | None, name: str, link: Callable[[str], str] | None) -> FigureCell:
    value = getattr(figures, name) if figures is not None else None
    shown = rate(value) if name.endswith("_rate") else number(value)
    has_rows = value is not None and (value > 0 or not isinstance(value, int))
    href = link(name) if link is not None and has_rows else None
    return FigureCell(name, label_of(name), _short(label_of(name)), shown, href, definition_of(name))


def _short(text: str) -> str:
    """A name without its unit, for the narrow head of a column that says the unit underneath."""
    return _BRACKET.split(text)[0].replace("答复用时", "用时")
