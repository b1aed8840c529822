"""任务分解表: limits as plans write them, the section that leads, and rows that nobody could keep to."""

from __future__ import annotations

import io
from datetime import date, datetime

import pytest
import xlsxwriter

from core.errors import FileRefused
from crawlers.imports.due_days import read_due_day
from crawlers.imports.task_plans import PlannedTask, RefusedTask, read_task_plan

SECTIONS = {"市政科": "市政科", "office": "办公室", "水务科": "水务科"}
HEAD = ("序号", "工作任务", "具体措施", "责任部门", "完成时限")


def workbook(*rows: tuple[object, ...], title: str = "2026年政务公开工作任务分解表") -> io.BytesIO:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet("分解表")
    sheet.merge_range(0, 0, 0, 4, title)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for at, row in enumerate((HEAD, *rows), start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, date):
                sheet.write_datetime(at, column, datetime(cell.year, cell.month, cell.day), day)  # noqa: DTZ001 - a cell has no zone
            else:
                sheet.write(at, column, cell)
    book.close()
    stream.seek(0)
    return stream


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("6月底前", date(2026, 6, 30)),
        ("2月", date(2026, 2, 28)),
        ("9月15日前", date(2026, 9, 15)),
        ("3月上旬", date(2026, 3, 10)),
        ("三季度", date(2026, 9, 30)),
        ("第2季度末前完成", date(2026, 6, 30)),
        ("上半年", date(2026, 6, 30)),
        ("全年", date(2026, 12, 31)),
        ("长期坚持", date(2026, 12, 31)),
        ("年底前", date(2026, 12, 31)),
        ("2027年1月底", date(2027, 1, 31)),
        ("2026-10-08", date(2026, 10, 8)),
        ("2026年6月30日前", date(2026, 6, 30)),
        ("尽快", None),
        ("13月", None),
        ("2月30日", None),
        ("", None),
        (None, None),
    ],
)
def test_a_limit_is_read_as_plans_write_it(cell: object, day: date | None) -> None:
    assert read_due_day(cell, 2026) == day


def test_the_first_section_leads_and_the_others_assist() -> None:
    rows = [(1, "信息公开目录", "更新目录", "市政科、办公室", date(2026, 6, 30))]
    (task,) = read_task_plan(workbook(*rows), "plan.xlsx", 2026, SECTIONS)
    assert isinstance(task, PlannedTask)
    assert (task.section, task.assisting) == ("市政科", ("office",))
    assert (task.number, task.due_on, task.content) == ("1", date(2026, 6, 30), "更新目录")


def test_several_measures_under_one_number_are_several_tasks() -> None:
    rows = [(3, "回应关切", f"措施{n}", "市政科", "全年") for n in (1, 2, 3)]
    found = read_task_plan(workbook(*rows), "plan.xlsx", 2026, SECTIONS)
    assert [one.number for one in found if isinstance(one, PlannedTask)] == ["3", "3-2", "3-3"]


def test_a_row_nobody_could_keep_to_is_named_with_its_reason_and_loses_nothing() -> None:
    rows = [
        (1, "甲", "", "市政课", "全年"),
        (2, "乙", "", "市政科", "适时"),
        (3, "", "只有措施", "市政科", "全年"),
        (4, "丁", "", "", "全年"),
    ]
    found = read_task_plan(workbook(*rows), "plan.xlsx", 2026, SECTIONS)
    refused = [one for one in found if isinstance(one, RefusedTask)]
    assert [one.column for one in refused] == ["责任部门", "完成时限", "任务", "责任部门"]
    assert "是不是“市政科”" in refused[0].reason
    assert refused[1].cells == ("2", "乙", "", "市政科", "适时")
    assert [one.row for one in refused] == [3, 4, 5, 6]


def test_a_workbook_without_such_a_table_is_refused() -> None:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.add_worksheet("别的").write(0, 0, "姓名")
    book.close()
    stream.seek(0)
    with pytest.raises(FileRefused, match="任务分解表"):
        read_task_plan(stream, "x.xlsx", 2026, SECTIONS)
