"""Group D: when a clock runs out, and what may move it."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.actors import Actor
from alerts.answering import Reply, reply
from alerts.calendar_watch import alarm_missing_year, missing_year
from alerts.casework import Law
from alerts.deadlines import DueTimes
from alerts.extending import ask_extension, grant_extension, refuse_extension
from alerts.grading import grade
from alerts.handling import assign, send_back, set_simple
from alerts.merging import merge, split
from alerts.pausing import pause, resume
from alerts.publishing import publish
from alerts.recomputing import Order, recompute
from alerts.segments import segments
from core.clock import FixedClock, iso, parse_instant
from core.errors import Conflict, InvalidInput, NotAllowed, RuleError
from core.rulebook import Rulebook, rules_folder
from core.vocabulary import Channel, Level, Role
from core.working_days import load_calendar
from reports.response_times import Query, response_times
from storage.database import Database
from tests.alerts.bureau import INCIDENT_RULES, ROADS, WATER, Bureau, local, public_post, publication
from tests.alerts.watchroom import Watchroom
from tests.api.office import WebOffice
from tests.factories import ANSWER, make_record, make_reply

FIRST, FIVE_DAYS = "incident.first_response", "message.first_reply"


def dues(bureau: Bureau, case_id: int) -> dict[str, str | None]:
    """Rule → due instant of its running clock."""
    return {row["rule_key"]: local(row["due_at"]) for row in bureau.clocks(case_id, "running")}


def test_d01_holidays_do_not_stop_an_hour_clock(bureau: Bureau) -> None:
    bureau.clock.move_to(parse_instant("2026-02-16T22:30"))
    case = bureau.incident(seen="2026-02-16T22:30", level=Level.I)
    assert dues(bureau, case) == {FIRST: "2026-02-17T03:30"}


@pytest.mark.parametrize(
    ("received", "five", "simple"),
    [
        pytest.param("2026-02-13T17:50", "2026-02-28T00:00", "2026-02-15T00:00", id="d02"),
        pytest.param("2026-09-30T09:00", "2026-10-14T00:00", "2026-10-09T00:00", id="d03 before"),
        pytest.param("2026-10-01T10:00", "2026-10-14T00:00", "2026-10-09T00:00", id="d03 inside"),
        pytest.param("2026-10-03T10:00", "2026-10-14T00:00", "2026-10-09T00:00", id="d04"),
        pytest.param("2026-09-18T10:00", "2026-09-25T00:00", "2026-09-21T00:00", id="d05"),
    ],
)
def test_d02_d03_d04_d05_days_are_counted_by_the_official_tables(
    bureau: Bureau, received: str, five: str, simple: str
) -> None:
    bureau.clock.move_to(parse_instant(received))
    case = bureau.letter(make_record(received))
    bureau.do(set_simple, case, bureau.press, bureau.law, is_simple=True, reason="一问一答")
    assert dues(bureau, case) == {FIVE_DAYS: five, "message.simple_answer": simple}


@pytest.fixture(params=["UTC", "America/New_York", "Asia/Kathmandu"])
def server_zone(request: pytest.FixtureRequest) -> Iterator[str]:
    """The zone that the server's own clock shows."""
    former = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    if former is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = former
    time.tzset()


@pytest.mark.usefixtures("server_zone")
def test_d06_day_zero_is_the_offices_own_day_whatever_the_servers_zone(bureau: Bureau) -> None:
    bureau.clock.move_to(parse_instant("2026-03-03T00:00"))
    late = bureau.letter(make_record("2026-03-02T23:59:59.999"))
    early = bureau.letter(make_record("2026-03-03T00:00:00.000"))
    assert dues(bureau, late) == {FIVE_DAYS: "2026-03-10T00:00"}
    assert dues(bureau, early) == {FIVE_DAYS: "2026-03-11T00:00"}


@pytest.mark.parametrize(("late_by", "status"), [(0, "on_time"), (1, "late")])
def test_d07_the_due_instant_is_on_time_and_a_microsecond_later_is_not(
    office: WebOffice, late_by: int, status: str
) -> None:
    office.clock.move_to(parse_instant("2026-03-02T09:00"))
    office.receive(make_record("2026-03-02T09:00", section="市政科"))
    office.clock.move_to(parse_instant("2026-03-10T00:00") + timedelta(microseconds=late_by))
    handler, reader = office.sender("wang", Role.HANDLER, section="市政科"), office.signed_in("zhou")
    assert handler.post("/api/v1/cases/1/reply", json={"text": ANSWER}).status_code == 200
    listed = reader.get("/api/v1/cases?limit=1").json()["items"][0]["deadlines"][0]
    shown = reader.get("/api/v1/deadlines/1").json()
    page = reader.get("/cases/1").text
    march = Query(date(2026, 3, 1), date(2026, 3, 31), office.clock.now(), rule=FIVE_DAYS)
    services = office.services
    with office.database.read() as connection:
        figures = response_times(connection, march, services.calendar, services.rule_labels)
    assert listed["status"] == shown["status"] == status
    assert ("按时" in page) is (status == "on_time")
    assert figures.total.on_time == (1 if status == "on_time" else 0)


def under(law: Law, known_on: str, *, since: date = date(2019, 1, 1)) -> Law:
    """The law as it was known on a day, for an office that was live already."""
    calendar = load_calendar(rules_folder() / "calendar", known_on=date.fromisoformat(known_on))
    return replace(law, due_times=DueTimes(calendar), go_live_on=since)


@pytest.fixture
def spring_2020(database: Database, law: Law, clock: FixedClock) -> Bureau:
    """Monday 20 January 2020, before anybody knew that the holiday would be extended."""
    clock.move_to(parse_instant("2020-01-20T10:00"))
    return Bureau(database, under(law, "2020-01-20"), clock)


def test_d08_an_extended_holiday_moves_what_runs_and_repeats_nothing(spring_2020: Bureau, law: Law) -> None:
    bureau = spring_2020
    case = bureau.letter(make_record("2020-01-20T10:00", section=ROADS))
    assert dues(bureau, case) == {FIVE_DAYS: "2020-02-02T00:00"}
    room = Watchroom(bureau.database, bureau.law, bureau.clock)
    room.tick_at(parse_instant("2020-01-27T12:00"))
    fired = {(row.plan_no, row.n) for row in room.actions() if row.state == "fired"}
    assert fired
    newer = under(law, "2020-01-27")
    (change,) = recompute(bureau.database, newer, actor="何管理", now=bureau.clock.now())
    assert (iso(change.due_at), change.breach_withdrawn) == ("2020-02-05T00:00:00+08:00", False)
    assert dues(bureau, case) == {FIVE_DAYS: "2020-02-05T00:00"}
    (event,) = [one for one in bureau.trail(case) if one["tag"] == "deadline:recalculated"]
    facts = event["payload"]
    assert (facts["was"], facts["due_at"]) == ("2020-02-02T00:00:00+08:00", "2020-02-05T00:00:00+08:00")
    assert (facts["calendar_was"], facts["calendar"]) == ("2020.1", "2020.2")
    assert facts["notices"] == ["国办发明电〔2020〕1号"]
    assert {row.state for row in room.actions() if row.plan_no == 1} <= {"fired", "superseded", "skipped"}
    room.tick_at(parse_instant("2020-02-06T12:00"))
    breaches = [one for one in bureau.trail(case) if one["tag"] == "deadline:breached"]
    assert [iso(one["occurred_at"]) for one in breaches] == ["2020-02-05T00:00:00+08:00"]
    assert recompute(bureau.database, newer, actor="何管理", now=bureau.clock.now()) == []


def test_d09_an_overdue_that_turns_out_to_be_none_is_withdrawn_and_not_erased(
    spring_2020: Bureau, law: Law
) -> None:
    bureau = spring_2020
    case = bureau.letter(make_record("2020-01-20T10:00", section=ROADS))
    room = Watchroom(bureau.database, bureau.law, bureau.clock)
    room.tick_at(parse_instant("2020-02-02T09:00"))
    assert [row["status"] for row in bureau.clocks(case)] == ["overdue"]
    (change,) = recompute(bureau.database, under(law, "2020-01-27"), actor="何管理", now=bureau.clock.now())
    assert change.breach_withdrawn
    assert [row["status"] for row in bureau.clocks(case)] == ["open"]
    tags = bureau.tags(case)
    assert "deadline:breached" in tags
    assert tags[-2:] == ["deadline:recalculated", "deadline:breach_withdrawn"]


def test_d09_a_reply_counted_late_is_on_time_under_the_newer_table(spring_2020: Bureau, law: Law) -> None:
    bureau = spring_2020
    case = bureau.letter(make_record("2020-01-20T10:00", section=ROADS))
    bureau.clock.move_to(parse_instant("2020-02-03T10:00"))
    bureau.do(reply, case, bureau.roads, bureau.law, Reply(ANSWER))
    assert [row["status"] for row in bureau.clocks(case)] == ["late"]
    (change,) = recompute(bureau.database, under(law, "2020-01-27"), actor="何管理", now=bureau.clock.now())
    assert change.breach_withdrawn
    assert [row["status"] for row in bureau.clocks(case)] == ["on_time"]


def test_d10_a_year_without_a_table_gives_a_provisional_due_time_and_an_alarm(
    database: Database, law: Law, clock: FixedClock, tmp_path: Path
) -> None:
    clock.move_to(parse_instant("2026-12-29T10:00"))
    bureau = Bureau(database, law, clock)
    case = bureau.letter(make_record("2026-12-29T10:00"))
    (clock_row,) = bureau.clocks(case)
    assert (local(clock_row["due_at"]), clock_row["is_provisional"]) == ("2027-01-07T00:00", True)
    room = Watchroom(database, law, clock)
    assert alarm_missing_year(database, law.ladders, law.due_times.calendar, clock.now()) == 1
    assert alarm_missing_year(database, law.ladders, law.due_times.calendar, clock.now()) == 0
    assert [(row.login, row.kind) for row in room.notices()] == [("he", "calendar")]
    (change,) = recompute(database, published(law, tmp_path), actor="何管理", now=clock.now())
    (clock_row,) = bureau.clocks(case)
    assert (local(clock_row["due_at"]), clock_row["is_provisional"]) == ("2027-01-08T00:00", False)
    assert iso(change.was) == "2027-01-07T00:00:00+08:00"


def published(law: Law, folder: Path) -> Law:
    """The law with an invented table of 2027 in which 4 January is off, too."""
    calendar = folder / "calendar"
    shutil.copytree(rules_folder() / "calendar", calendar)
    (calendar / "2027.yml").write_text(
        """year: 2027
versions:
  - published_on: 2026-12-30
    notice: {title: 测试用放假安排, number: 测试1号, url: "http://www.example.cn/2027"}
    off:
      - {name: 元旦, from: 2027-01-01, to: 2027-01-04}
    work: []
""",
        "utf-8",
    )
    return replace(law, due_times=DueTimes(load_calendar(calendar)))


def test_d10_nothing_is_missed_before_the_table_is_expected(law: Law) -> None:
    expected = law.ladders.delivery.calendar_expected
    calendar = law.due_times.calendar
    assert missing_year(calendar, date(2026, 10, 31), expected) is None
    assert missing_year(calendar, date(2026, 11, 1), expected) == 2027
    assert missing_year(calendar, date(2027, 1, 2), expected) == 2027


_BAD_TABLES = {
    "no working day": "      - {name: 长假, from: 2026-01-01, to: 2026-12-31}",
    "overlapping": "      - {name: 甲, from: 2026-01-01, to: 2026-01-03}\n"
    "      - {name: 乙, from: 2026-01-03, to: 2026-01-04}",
    "listed twice": "      - {name: 甲, from: 2026-01-01, to: 2026-01-01}\n"
    "      - {name: 甲, from: 2026-01-01, to: 2026-01-01}",
}


@pytest.mark.parametrize("off", _BAD_TABLES.values(), ids=_BAD_TABLES.keys())
def test_d11_a_table_that_contradicts_itself_is_refused_and_running_clocks_stay(
    bureau: Bureau, tmp_path: Path, off: str
) -> None:
    case = bureau.letter(make_record("2026-03-02T08:00"))
    before = bureau.clocks(case)
    calendar = tmp_path / "calendar"
    shutil.copytree(rules_folder() / "calendar", calendar)
    head = "    notice: {title: 错, number: 错1号, url: 'http://www.example.cn/'}\n    off:\n"
    (calendar / "2026.yml").write_text(
        f"year: 2026\nversions:\n  - published_on: 2026-03-01\n{head}{off}\n    work: []\n", "utf-8"
    )
    with pytest.raises(RuleError):
        load_calendar(calendar)
    assert bureau.clocks(case) == before


def test_d12_information_stops_only_the_clock_that_waits_for_it(bureau: Bureau) -> None:
    case = bureau.incident(seen="2026-03-02T08:00", level=Level.I)
    bureau.do(grade, case, bureau.press, bureau.law, level=Level.I, reason="全城停水")
    bureau.clock.move_to(parse_instant("2026-03-02T12:00"))
    bureau.do(publish, case, bureau.press, bureau.law, publication("2026-03-02T12:00"))
    assert bureau.states(case) == {
        FIRST: "met",
        "incident.press_conference": "running",
        "incident.rolling_update": "running",
    }


def test_d14_a_merged_duplicate_leaves_one_clock_from_the_earliest_anchor(bureau: Bureau) -> None:
    older = bureau.incident(seen="2026-03-02T08:30", level=Level.I)
    bureau.clock.move_to(parse_instant("2026-03-02T09:30"))
    (post,) = bureau.receive(public_post("2026-03-02T08:00"))
    duplicate = bureau.incident(seen="2026-03-02T08:00", level=Level.II, message_ids=[post])
    done = bureau.do(merge, duplicate, bureau.press, bureau.law, into=older, reason="同一件事")
    assert (done.state, bureau.states(duplicate)) == ("merged", {FIRST: "superseded"})
    assert dues(bureau, older) == {FIRST: "2026-03-02T13:00"}
    assert [row["state"] for row in bureau.clocks(older)] == ["superseded", "running"]
    assert bureau.planned(duplicate) == 0
    assert bureau.tags(duplicate)[-1] == "case:merged"
    absorbed = bureau.trail(older)[-1]
    assert (absorbed["tag"], absorbed["payload"]["case"]) == ("case:absorbed", duplicate)


def test_d14_a_later_duplicate_moves_nothing(bureau: Bureau) -> None:
    older = bureau.letter(make_record("2026-03-02T08:00", section=ROADS))
    bureau.clock.move_to(parse_instant("2026-03-03T09:00"))
    newer = bureau.letter(make_record("2026-03-03T08:00", section=ROADS))
    before = bureau.clocks(older)
    bureau.do(merge, newer, bureau.duty, bureau.law, into=older, reason="同一人重复来信")
    assert [dict(row) for row in bureau.clocks(older)] == [dict(row) for row in before]


def test_d14_a_case_is_not_merged_into_itself_another_kind_or_one_that_is_over(bureau: Bureau) -> None:
    letter = bureau.letter(make_record("2026-03-02T08:00"))
    incident = bureau.incident(seen="2026-03-02T08:30")
    with pytest.raises(InvalidInput, match="自身"):
        bureau.do(merge, letter, bureau.press, bureau.law, into=letter, reason="x")
    with pytest.raises(Conflict, match="留言不能并入事件"):
        bureau.do(merge, letter, bureau.press, bureau.law, into=incident, reason="x")


def test_d14_an_incident_that_is_two_is_split_and_wins_no_time(bureau: Bureau) -> None:
    posts = bureau.receive(public_post("2026-03-02T07:00"), public_post("2026-03-02T08:00", "停电了"))
    both = bureau.incident(seen="2026-03-02T08:30", level=Level.I, message_ids=posts)
    done = bureau.do(
        split,
        both,
        bureau.press,
        bureau.law,
        INCIDENT_RULES,
        message_ids=[posts[1]],
        title="柳河路停电",
        reason="停水停电是两件事",
    )
    assert dues(bureau, done.facts["case"]) == {FIRST: "2026-03-02T13:00"}
    with pytest.raises(InvalidInput, match="全部"):
        bureau.do(
            split,
            both,
            bureau.press,
            bureau.law,
            INCIDENT_RULES,
            message_ids=[posts[0]],
            title="x",
            reason="x",
        )


def test_d15_transfers_restart_no_clock_and_the_shares_add_up(bureau: Bureau) -> None:
    case = bureau.letter(make_record("2026-03-02T09:00"))
    before = dues(bureau, case)
    moves: list[tuple[str, Any, Actor, dict[str, Any]]] = [
        ("2026-03-02T11:00", assign, bureau.duty, {"section": ROADS}),
        ("2026-03-03T09:00", send_back, bureau.roads, {"reason": "不属本科室"}),
        ("2026-03-03T10:00", assign, bureau.duty, {"section": WATER}),
    ]
    for at, verb, actor, given in moves:
        bureau.clock.move_to(parse_instant(at))
        bureau.do(verb, case, actor, **given)
    assert dues(bureau, case) == before
    until = parse_instant("2026-03-04T10:00")
    found = segments(bureau.trail(case), section=WATER, since=parse_instant("2026-03-02T09:00"), until=until)
    assert [(one.section, one.length) for one in found] == [
        ("", timedelta(hours=2)),
        (ROADS, timedelta(hours=22)),
        ("", timedelta(hours=1)),
        (WATER, timedelta(hours=24)),
    ]
    assert sum((one.length for one in found), timedelta()) == until - parse_instant("2026-03-02T09:00")


FOI = "foi.answer"


def application(bureau: Bureau, received: str) -> int:
    """A request for information, whose rule allows a pause and an extension."""
    bureau.clock.move_to(parse_instant(received))
    return bureau.letter(make_record(received, channel=Channel.FOI, section=ROADS))


def test_d16_paused_days_are_not_counted_and_pausing_twice_counts_once(bureau: Bureau) -> None:
    case = application(bureau, "2026-09-09T09:00")  # day zero; due 20 working days on
    before = dues(bureau, case)[FOI]
    paper: dict[str, Any] = {"reason": "征求第三方意见", "authority": "征求意见函3号"}
    bureau.clock.move_to(parse_instant("2026-09-18T16:00"))  # a Friday; the Sunday after is a working day
    bureau.do(pause, case, bureau.press, bureau.law, **paper)
    assert bureau.states(case)[FOI] == "paused"
    assert not [one for one in bureau.clocks(case) if one["rule_key"] == FOI and one["status"] != "open"]
    with pytest.raises(Conflict, match="已在暂停中"):
        bureau.do(pause, case, bureau.press, bureau.law, **paper)
    bureau.clock.move_to(parse_instant("2026-09-22T10:00"))  # Tuesday
    facts = bureau.do(resume, case, bureau.press, bureau.law, reason="已收到意见").facts
    # Friday, the working Sunday and Monday ended inside the pause: three working days more.
    assert (before, dues(bureau, case)[FOI]) == ("2026-10-14T00:00", "2026-10-17T00:00")
    assert facts["was"] == ["2026-10-14T00:00:00+08:00"]
    with pytest.raises(Conflict, match="没有暂停中"):
        bureau.do(resume, case, bureau.press, bureau.law, reason="x")


def test_d16_a_pause_takes_no_overdue_back(bureau: Bureau) -> None:
    case = application(bureau, "2026-03-02T09:00")
    bureau.clock.move_to(parse_instant("2026-05-06T10:00"))
    with pytest.raises(Conflict, match="已经超期"):
        bureau.do(pause, case, bureau.press, bureau.law, reason="x", authority="y")


def test_d16_an_answer_during_a_pause_ends_it(bureau: Bureau) -> None:
    case = application(bureau, "2026-03-02T09:00")
    bureau.do(pause, case, bureau.press, bureau.law, reason="征求意见", authority="函1号")
    bureau.clock.move_to(parse_instant("2026-06-02T09:00"))
    bureau.do(reply, case, bureau.roads, bureau.law, Reply("您申请的信息已公开,见附件第一条。"))
    assert bureau.states(case)[FOI] == "met"
    assert [row["status"] for row in bureau.clocks(case) if row["rule_key"] == FOI] == ["on_time"]


def test_d16_an_extension_is_asked_by_one_and_granted_by_another(bureau: Bureau) -> None:
    case = application(bureau, "2026-09-01T09:00")
    clock_id = next(row["id"] for row in bureau.clocks(case) if row["rule_key"] == FOI)
    ask: dict[str, Any] = {"deadline_id": clock_id, "reason": "涉及多个部门"}
    asked = bureau.do(ask_extension, case, bureau.roads, bureau.law, **ask)
    number = asked.facts["extension"]
    assert dues(bureau, case)[FOI] == "2026-09-30T00:00"
    with pytest.raises(NotAllowed):
        bureau.do(grant_extension, case, bureau.roads, bureau.law, extension_id=number)
    with pytest.raises(Conflict, match="已经申请过"):
        bureau.do(ask_extension, case, bureau.roads, bureau.law, **ask)
    bureau.do(refuse_extension, case, bureau.leader, extension_id=number, reason="抓紧办理")
    number = bureau.do(ask_extension, case, bureau.roads, bureau.law, **ask).facts["extension"]
    bureau.do(grant_extension, case, bureau.leader, bureau.law, extension_id=number)
    assert dues(bureau, case)[FOI] == "2026-11-03T00:00"
    assert bureau.planned(case) > 0


def test_d16_five_days_know_no_extension_and_an_overdue_is_not_extended(bureau: Bureau) -> None:
    letter = bureau.letter(make_record("2026-03-02T08:00", section=ROADS))
    (clock_row,) = bureau.clocks(letter)
    with pytest.raises(Conflict, match="没有可以延期的规定"):
        bureau.do(
            ask_extension, letter, bureau.roads, bureau.law, deadline_id=clock_row["id"], reason="来不及"
        )


def test_d17_pausing_the_five_hour_clock_is_refused_with_409(office: WebOffice) -> None:
    press = office.sender("li", Role.PRESS)
    opened = press.post("/api/v1/incidents", json={"title": "停水", "suggested_level": "I"}).json()["case"]
    answer = press.post(f"/api/v1/cases/{opened}/pause", json={"reason": "等批示", "authority": "无"})
    assert (answer.status_code, answer.json()["code"]) == (409, "clock.not_pausable")
    clocks = press.get(f"/api/v1/cases/{opened}").json()["deadlines"]
    assert [one["state"] for one in clocks] == ["due_soon"]


def test_d18_a_case_that_comes_answered_has_a_met_clock_and_no_plan(bureau: Bureau) -> None:
    record = make_record("2026-02-24T09:00", section=ROADS, replies=(make_reply(ANSWER, "2026-02-25T09:00"),))
    answered = bureau.letter(record)
    # A status column alone ("已办结") is nobody's answer: the clock runs.
    closed = bureau.letter(make_record("2026-02-24T09:00", section=ROADS)._replace(status_src="已办结"))
    assert (bureau.case(answered)["state"], bureau.states(answered)) == ("replied", {FIVE_DAYS: "met"})
    assert bureau.planned(answered) == 0
    assert (bureau.case(closed)["state"], bureau.states(closed)) == ("assigned", {FIVE_DAYS: "running"})
    assert bureau.planned(closed) > 0


def test_d20_a_new_version_of_a_rule_reaches_open_clocks_by_order_only(bureau: Bureau) -> None:
    open_case = bureau.letter(make_record("2026-03-02T08:00", section=ROADS))
    answered = bureau.letter(make_record("2026-03-02T08:00", section=ROADS))
    bureau.do(reply, answered, bureau.roads, bureau.law, Reply(ANSWER))
    newer = stricter(bureau.law)
    assert recompute(bureau.database, newer, actor="何管理", now=bureau.clock.now()) == []
    assert dues(bureau, open_case) == {FIVE_DAYS: "2026-03-10T00:00"}
    unreasoned = Order(FIVE_DAYS, "2026-03-03", " ")
    with pytest.raises(InvalidInput, match="理由"):
        recompute(bureau.database, newer, actor="何", now=bureau.clock.now(), order=unreasoned)
    order = Order(FIVE_DAYS, "2026-03-03", "市里要求在办件一并执行")
    planned = recompute(
        bureau.database, newer, actor="何管理", now=bureau.clock.now(), order=order, dry_run=True
    )
    assert dues(bureau, open_case) == {FIVE_DAYS: "2026-03-10T00:00"}
    done = recompute(bureau.database, newer, actor="何管理", now=bureau.clock.now(), order=order)
    assert planned == done
    assert dues(bureau, open_case) == {FIVE_DAYS: "2026-03-06T00:00"}
    event = bureau.trail(open_case)[-1]
    assert (event["tag"], event["actor"]) == ("deadline:recalculated", "何管理")
    assert (event["payload"]["was_version"], event["payload"]["version"]) == ("2021-05-06", "2026-03-03")
    assert event["payload"]["reason"] == "市里要求在办件一并执行"
    assert bureau.tags(answered)[-1] != "deadline:recalculated"


def stricter(law: Law) -> Law:
    """The same law, with three instead of five days from 3 March 2026 on."""
    changed = []
    for rule in law.rulebook.rules():
        if rule.key == FIVE_DAYS:
            three = replace(
                rule,
                version="2026-03-03",
                in_force_from=date(2026, 3, 3),
                limit=replace(rule.limit, amount=3),
            )
            changed += [replace(rule, in_force_to=date(2026, 3, 2)), three]
        else:
            changed.append(rule)
    return replace(law, rulebook=Rulebook(changed))


def test_d22_the_explanation_names_every_day_and_the_notice_behind_the_table(office: WebOffice) -> None:
    office.clock.move_to(parse_instant("2026-02-13T17:50"))
    office.receive(make_record("2026-02-13T17:50"))
    told = office.signed_in("zhou").get("/api/v1/deadlines/1").json()
    days = told["explanation"]
    assert (days[0]["kind"], days[0]["day"]) == ("day_zero", "2026-02-13")
    assert [one["number"] for one in days if one["number"]] == [1, 2, 3, 4, 5]
    assert days[1] == {"day": "2026-02-14", "kind": "make_up_working_day", "number": 1, "name": "春节"}
    assert {one["name"] for one in days if one["kind"] == "holiday"} == {"春节"}
    assert told["calendar"] == "2026.1"
    assert [one["number"] for one in told["calendar_notices"]] == ["国办发明电〔2025〕7号"]
