"""The figures of the yearly openness report, counted from steps that people recorded."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import load_workbook

from alerts.handling import close, dismiss
from alerts.procedure_steps import StepGiven, take_step
from core.clock import parse_instant
from core.errors import InvalidInput
from core.vocabulary import Channel
from reports.openness import Openness, openness, result_names
from reports.render.openness_xlsx import openness_xlsx
from tests.alerts.bureau import ROADS, Bureau
from tests.factories import make_record


def applied(bureau: Bureau, at: str, title: str = "申请公开") -> int:
    bureau.clock.move_to(parse_instant(at))
    return bureau.letter(make_record(at, channel=Channel.FOI, section=ROADS, title=title))


def take(bureau: Bureau, case_id: int, key: str, at: str, **given: Any) -> None:
    bureau.clock.move_to(parse_instant(at))
    given.setdefault("document", "文书1号")
    bureau.do(take_step, case_id, bureau.roads, bureau.law, StepGiven(key, **given))


def counted(bureau: Bureau, year: int) -> Openness:
    with bureau.database.read() as connection:
        names = result_names(bureau.law.procedures)
        return openness(connection, year, now=bureau.clock.now(), results=names)


def behind(bureau: Bureau, year: int) -> dict[str, list[int]]:
    """Figure → the cases behind it, of those that are not nought."""
    return {one.key: [row.case for row in one.rows] for one in counted(bureau, year).figures if one.count}


def test_every_application_stands_once_in_the_year_it_came_and_the_year_it_was_answered(
    bureau: Bureau,
) -> None:
    bureau.letter(make_record("2026-03-02T08:00", section=ROADS))  # a letter is no application
    first = applied(bureau, "2026-03-03T09:00")
    late = applied(bureau, "2026-12-31T23:59:59")
    new = applied(bureau, "2027-01-01T00:00")
    take(bureau, first, "answered", "2027-01-04T09:00", result="partly")
    take(bureau, late, "answered", "2027-01-05T09:00", result="refused")
    assert behind(bureau, 2026) == {"received": [first, late], "carried_on": [first, late]}
    assert behind(bureau, 2027) == {
        "received": [new],
        "carried_over": [first, late],
        "result.partly": [first],
        "result.refused": [late],
        "results": [first, late],
        "carried_on": [new],
    }
    assert {counted(bureau, year).balance for year in (2026, 2027)} == {(2, 2), (3, 3)}


def test_all_eleven_results_are_listed_even_where_none_came(bureau: Bureau) -> None:
    figures = counted(bureau, 2026).figures
    assert sum(one.key.startswith("result.") for one in figures) == 12  # and those nobody recorded
    assert not any(one.count for one in figures)


def test_what_was_put_aside_counts_nowhere_but_is_told(bureau: Bureau) -> None:
    case = applied(bureau, "2026-03-03T09:00")
    bureau.do(dismiss, case, bureau.press, reason="误登记")
    found = counted(bureau, 2026)
    assert (found.left_out, found.balance) == (1, (0, 0))


def test_reviews_and_lawsuits_count_by_how_they_ended(bureau: Bureau) -> None:
    both, sued = applied(bureau, "2026-03-03T09:00"), applied(bureau, "2026-03-03T10:00")
    for case in (both, sued):
        take(bureau, case, "registered", "2026-03-03T11:00")
        take(bureau, case, "answered", "2026-03-10T09:00", result="refused")
        bureau.do(close, case, bureau.roads, bureau.law, outcome="已答复")
    take(bureau, both, "appeal_received", "2026-04-01T09:00")
    take(bureau, sued, "lawsuit_received", "2026-04-02T09:00")
    take(bureau, both, "appeal_decided", "2026-05-20T09:00", result="unlawful", document="复议5号")
    take(bureau, both, "lawsuit_received", "2026-06-01T09:00")
    disputes = {key: rows for key, rows in behind(bureau, 2026).items() if key.startswith(("appeal", "law"))}
    assert disputes == {
        "appeal.corrected": [both],
        "appeal.total": [both],
        "lawsuit.pending": [sued],
        "lawsuit.total": [sued],
        "lawsuit_after_appeal.pending": [both],
        "lawsuit_after_appeal.total": [both],
    }
    corrected = counted(bureau, 2026).figure("appeal.corrected")
    assert corrected is not None
    assert corrected.rows[0].document == "复议5号"
    take(bureau, sued, "lawsuit_decided", "2027-02-01T09:00", result="upheld")
    assert behind(bureau, 2026)["lawsuit.pending"] == [sued]
    later = behind(bureau, 2027)
    assert (later["lawsuit.upheld"], "appeal.total" in later) == ([sued], False)


def test_the_workbook_holds_the_figures_and_runs_no_formula(bureau: Bureau) -> None:
    applied(bureau, "2026-03-03T09:00", title="=1+1")
    book = load_workbook(io.BytesIO(openness_xlsx(counted(bureau, 2026), "测试局")))
    assert [cell.value for cell in book["数字"][2]] == [
        "收到和处理政府信息公开申请",
        "本年新收政府信息公开申请",
        1,
    ]
    assert (book["明细"]["E2"].value, book["明细"]["E2"].data_type) == ("=1+1", "s")


@pytest.mark.parametrize("year", [0, 1999, 2027, 10_000])
def test_a_year_that_cannot_be_counted_is_refused(bureau: Bureau, year: int) -> None:
    with pytest.raises(InvalidInput, match="不能统计"):
        counted(bureau, year)
