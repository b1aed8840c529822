"""The response-time report as a workbook: figures, definitions, and every row behind them."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

from core.clock import shanghai
from core.labels import label
from core.vocabulary import Channel
from reports.figures import Figures
from reports.response_times import Basis, Report

_TEXT = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
_BASIS = {Basis.RECEIVED: "收到日", Basis.DUE: "到期日"}

COLUMNS = (
    ("received", "收到"),
    ("on_time", "按时答复"),
    ("late", "逾期答复"),
    ("overdue", "超期未答"),
    ("open", "未到期"),
    ("time_unknown", "答复时间不明"),
    ("cancelled", "已取消"),
    ("answered", "已答复"),
    ("holding_only", "仅告知收悉"),
    ("on_time_rate", "按时率"),
    ("median_working_days", "答复用时中位（工作日）"),
    ("p90_working_days", "九成答复不超过（工作日）"),
    ("median_hours", "答复用时中位（小时）"),
    ("p90_hours", "九成答复不超过（小时）"),
)
DEFINITIONS = (
    ("收到", "期间内开始计时（或到期）的时限数：按时、逾期答复、超期未答、未到期、时间不明、已取消之和。"),
    ("按时答复", "在截止时刻或之前作出实质答复。“已收悉”一类告知不算答复。"),
    ("逾期答复", "在截止时刻之后作出实质答复。"),
    ("超期未答", "截至统计时刻没有实质答复，且已过截止时刻。"),
    ("未到期", "截至统计时刻没有实质答复，尚未到截止时刻。"),
    ("答复时间不明", "有实质答复，但来源没有给出时间；单列，不推测。"),
    ("仅告知收悉", "超期未答和未到期中，已作过收悉告知的。"),
    ("按时率", "按时 ÷（按时+逾期答复+超期未答）；分母为零时不计。"),
    ("答复用时（工作日）", "收到当日不计，到答复当日为止经过的工作日；当日答复为0。只算按时和逾期答复。"),
    ("答复用时（小时）", "从收到到答复的自然小时，含夜间和假日；只有日期的答复不计入。"),
    ("九成答复不超过", "不少于百分之九十的答复不超过的最小值。"),
)
ROW_COLUMNS = (
    "办件",
    "时限",
    "规则",
    "来源",
    "来源编号",
    "渠道",
    "科室",
    "标题",
    "收到",
    "截止",
    "答复",
    "收悉告知",
    "状态",
    "工作日",
)


def response_times_xlsx(report: Report, office_name: str) -> bytes:
    """The report as an xlsx file with three sheets: figures, rows, definitions.

    Cells with citizens' words are written as text: a title that begins with `=` runs nothing.
    """
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    book = xlsxwriter.Workbook(buffer, options)
    formats = {
        "title": book.add_format({**_TEXT, "bold": True, "font_size": 16}),
        "head": book.add_format({**_TEXT, "bold": True, "bottom": 1, "text_wrap": True}),
        "text": book.add_format(_TEXT),
        "rate": book.add_format({**_TEXT, "num_format": "0.0%"}),
        "number": book.add_format({**_TEXT, "num_format": "#,##0.##"}),
        "instant": book.add_format({**_TEXT, "num_format": "yyyy-mm-dd hh:mm:ss"}),
    }
    _figures_sheet(book.add_worksheet("时效报告"), report, office_name, formats)
    _rows_sheet(book.add_worksheet("明细"), report, formats)
    _definitions_sheet(book.add_worksheet("口径"), formats)
    book.close()
    return buffer.getvalue()


def _figures_sheet(sheet: Any, report: Report, office_name: str, formats: dict[str, Any]) -> None:
    q = report.query
    sheet.write_string(0, 0, f"{office_name}办理时效报告", formats["title"])
    scope = f"{q.since} 至 {q.until}（按{_BASIS[q.basis]}），规则：{q.rule}"
    sheet.write_string(1, 0, f"{scope}，统计截至 {shanghai(q.as_of):%Y-%m-%d %H:%M:%S}", formats["text"])
    t = report.total
    note = f"尚未答复 {t.unanswered} 件（超期 {t.overdue}，未到期 {t.open}）。"
    if report.provisional:
        note += f"其中 {report.provisional} 件截止日依据尚未公布的日历，为暂定。"
    sheet.write_string(2, 0, note, formats["text"])
    for column, (_, name) in enumerate((("", "分组"), *COLUMNS)):
        sheet.write_string(4, column, name, formats["head"])
    lines = [(group.label, group.figures) for group in report.groups]
    for line, (name, figures) in enumerate([*lines, ("合计", t)], start=5):
        sheet.write_string(line, 0, name, formats["text"])
        _figures_line(sheet, line, figures, formats)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, len(COLUMNS), 12)
    sheet.freeze_panes(5, 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _figures_line(sheet: Any, line: int, figures: Figures, formats: dict[str, Any]) -> None:
    for column, (name, _) in enumerate(COLUMNS, start=1):
        value = getattr(figures, name)
        if value is None:
            sheet.write_string(line, column, "—", formats["text"])
        else:
            sheet.write_number(line, column, value, formats["rate" if name == "on_time_rate" else "number"])


def _rows_sheet(sheet: Any, report: Report, formats: dict[str, Any]) -> None:
    for column, name in enumerate(ROW_COLUMNS):
        sheet.write_string(0, column, name, formats["head"])
    for line, row in enumerate(report.rows, start=1):
        texts = {
            2: row.rule,
            3: row.source or "",
            4: row.native_id or "",
            5: label(Channel(row.channel)),
            6: row.section,
            7: row.title,
            12: label(row.state),
        }
        sheet.write_number(line, 0, row.case, formats["text"])
        sheet.write_number(line, 1, row.deadline, formats["text"])
        for column, text in texts.items():
            sheet.write_string(line, column, text, formats["text"])
        for column, instant in enumerate((row.received_at, row.due_at, row.met_at, row.holding_at), start=8):
            if instant is not None:
                sheet.write_datetime(line, column, shanghai(instant).replace(tzinfo=None), formats["instant"])
        if row.working_days is not None:
            sheet.write_number(line, 13, row.working_days, formats["number"])
    sheet.set_column(7, 7, 40)
    sheet.set_column(8, 11, 20)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(report.rows), 1), len(ROW_COLUMNS) - 1)


def _definitions_sheet(sheet: Any, formats: dict[str, Any]) -> None:
    for line, (name, meaning) in enumerate(DEFINITIONS):
        sheet.write_string(line, 0, name, formats["head"])
        sheet.write_string(line, 1, meaning, formats["text"])
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 90)
