"""The report and the rows behind it agree, and both equal a hand count."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest

from alerts.casework import Law, Origin, Registrar
from core.clock import FixedClock, due_day, parse_instant
from core.errors import InvalidInput
from core.rulebook import rules_folder
from core.vocabulary import Channel, DeadlineStatus
from core.working_days import WorkCalendar, load_calendar
from reports.render.response_times_xlsx import response_times_xlsx
from reports.response_times import ALL_RULES, Basis, GroupBy, Query, Report, response_times
from storage import messages, sources
from storage.database import Database
from tests.factories import HOLDING, make_record, make_reply

AS_OF = parse_instant("2026-05-01T00:00")


@pytest.fixture(scope="module")
def calendar() -> WorkCalendar:
    """The tables that ship."""
    return load_calendar(rules_folder() / "calendar")


@pytest.fixture
def filled(database: Database, law: Law, clock: FixedClock) -> Database:
    """Six messages of March and one of April in two sections, in every state."""
    records = [
        make_record("2026-03-02T09:00", section="一科", replies=(make_reply(at="2026-03-02T15:00"),)),
        make_record("2026-03-02T09:00", section="一科", replies=(make_reply(at="2026-03-04T09:00"),)),
        make_record("2026-03-06T09:00", section="二科", replies=(make_reply(at="2026-03-20T09:00"),)),
        make_record(
            "2026-03-09T09:00",
            section="二科",
            title="=1+1",
            replies=(make_reply(HOLDING, "2026-03-09T10:00"),),
        ),
        make_record("2026-03-10T09:00", section="", replies=(make_reply(at=None),)),
        make_record("2026-03-31T23:59:59", section="一科"),
        make_record("2026-04-29T09:00", section="一科"),
    ]
    clock.move_to(parse_instant("2026-04-30T00:00"))
    with database.write() as connection:
        source = sources.ensure(connection, "mailbox", Channel.LEADER_MAILBOX, clock.now())
        stored = messages.insert(connection, source.id, records, import_id=None, now=clock.now())
        Registrar(law, Origin(None, "测试")).register(connection, stored, clock.now())
    return database


def report(database: Database, calendar: WorkCalendar, **asked: object) -> Report:
    query = Query(**{"since": date(2026, 3, 1), "until": date(2026, 4, 30), "as_of": AS_OF, **asked})  # type: ignore[arg-type]  # plain keywords of the test
    with database.read() as connection:
        return response_times(connection, query, calendar, {"message.first_reply": "首次回复"})


def test_the_total_equals_a_hand_count(filled: Database, calendar: WorkCalendar) -> None:
    total = report(filled, calendar).total
    assert (total.received, total.on_time, total.late, total.overdue) == (7, 2, 1, 2)
    assert (total.open, total.time_unknown, total.answered, total.holding_only) == (1, 1, 4, 1)
    assert total.on_time_rate == 2 / 5
    assert (total.median_working_days, total.p90_working_days) == (2, 10)
    assert total.median_hours == 48


@pytest.mark.parametrize("by", list(GroupBy))
@pytest.mark.parametrize("basis", list(Basis))
def test_groups_add_up_to_the_total_and_rows_to_the_groups(
    filled: Database, calendar: WorkCalendar, by: GroupBy, basis: Basis
) -> None:
    whole = report(filled, calendar, by=by, basis=basis)
    assert sum(group.figures.received for group in whole.groups) == whole.total.received == len(whole.rows)
    for group in whole.groups:
        behind = report(filled, calendar, by=by, basis=basis, group=group.key)
        assert behind.total == group.figures
        assert len(behind.rows) == group.figures.received


def test_r06_the_two_bases_place_a_case_once_each(filled: Database, calendar: WorkCalendar) -> None:
    march = {"since": date(2026, 3, 1), "until": date(2026, 3, 31)}
    april = {"since": date(2026, 4, 1), "until": date(2026, 4, 30)}
    assert report(filled, calendar, **march).total.received == 6
    assert report(filled, calendar, **march, basis=Basis.DUE).total.received == 5
    assert report(filled, calendar, **april, basis=Basis.DUE).total.received == 1


def test_what_is_due_at_the_end_of_a_day_falls_due_on_that_day(
    filled: Database, calendar: WorkCalendar
) -> None:
    """Received on Friday 6 March, due at the 24:00 of Friday the 13th."""
    friday, saturday = date(2026, 3, 13), date(2026, 3, 14)
    on_friday = report(filled, calendar, basis=Basis.DUE, since=friday, until=friday)
    assert [row.received_at for row in on_friday.rows] == [parse_instant("2026-03-06T09:00")]
    on_saturday = report(filled, calendar, basis=Basis.DUE, since=saturday, until=saturday)
    assert on_saturday.total.received == 0


def test_what_is_due_at_the_end_of_a_month_belongs_to_it(filled: Database, calendar: WorkCalendar) -> None:
    march = report(
        filled, calendar, since=date(2026, 3, 1), until=date(2026, 3, 31), basis=Basis.DUE, by=GroupBy.MONTH
    )
    assert [group.key for group in march.groups] == ["2026-03"]
    assert due_day(parse_instant("2026-04-01T00:00")) == date(2026, 3, 31)
    assert due_day(parse_instant("2026-04-01T00:00:01")) == date(2026, 4, 1)


def test_months_are_those_of_the_basis(filled: Database, calendar: WorkCalendar) -> None:
    by_month = report(filled, calendar, by=GroupBy.MONTH)
    assert [(g.key, g.figures.received) for g in by_month.groups] == [("2026-03", 6), ("2026-04", 1)]


def test_sections_without_a_name_are_called_unassigned(filled: Database, calendar: WorkCalendar) -> None:
    labels = {group.key: group.label for group in report(filled, calendar, by=GroupBy.SECTION).groups}
    assert labels == {"": "未分办", "一科": "一科", "二科": "二科"}


def test_an_earlier_as_of_knows_only_what_was_recorded_by_then(
    filled: Database, calendar: WorkCalendar
) -> None:
    before = report(filled, calendar, as_of=parse_instant("2026-04-29T23:59"))
    assert before.total.answered == 0
    assert before.total.overdue == 6


def test_a_rule_nobody_has_gives_an_empty_report(filled: Database, calendar: WorkCalendar) -> None:
    empty = report(filled, calendar, rule="foi.answer")
    assert empty.total.received == 0
    assert empty.total.on_time_rate is None
    assert report(filled, calendar, rule=ALL_RULES).total.received == 7


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(InvalidInput, match="早于"):
        Query(since=date(2026, 3, 2), until=date(2026, 3, 1), as_of=AS_OF)


def test_the_json_has_the_contracts_fields(filled: Database, calendar: WorkCalendar) -> None:
    answer = report(filled, calendar, by=GroupBy.CHANNEL).as_json()
    assert {"from", "to", "basis", "rule", "by", "as_of", "provisional", "groups", "total"} <= set(answer)
    assert answer["groups"][0]["label"] == "领导信箱"
    row = report(filled, calendar).rows_as_json()["rows"][0]
    assert set(row) == {
        "case",
        "deadline",
        "rule",
        "source",
        "native_id",
        "channel",
        "section",
        "title",
        "received_at",
        "due_at",
        "met_at",
        "holding_at",
        "state",
        "working_days",
    }
    assert row["state"] == DeadlineStatus.ON_TIME.value
    assert row["working_days"] == 0


def test_the_workbook_holds_the_figures_and_every_row_and_runs_no_formula(
    filled: Database, calendar: WorkCalendar
) -> None:
    whole = report(filled, calendar, by=GroupBy.SECTION)
    book = openpyxl.load_workbook(io.BytesIO(response_times_xlsx(whole, "测试局")))
    figures = list(book["时效报告"].iter_rows(min_row=5, values_only=True))
    assert figures[0][:3] == ("分组", "收到", "按时答复")
    assert figures[-1][:5] == ("合计", 7, 2, 1, 2)
    rows = list(book["明细"].iter_rows(min_row=2))
    assert len(rows) == 7
    titles = {cell.value: cell.data_type for row in rows for cell in row[7:8]}
    assert titles["=1+1"] == "s"
