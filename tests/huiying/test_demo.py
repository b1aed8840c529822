"""The demo bureau: what it loads, at whatever hour, and what it leaves alone."""

from __future__ import annotations

import json
import os
import re
import socket
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from api.security.accounts import NewPerson, add_person
from api.security.passwords import verify_password
from core.clock import iso, local_day, parse_instant
from core.errors import Conflict, InvalidInput
from core.rule_files import rules_folder
from core.vocabulary import ImportKind, Role
from core.working_days import load_calendar
from huiying.cli.demo import demo_command
from huiying.demo.bureau import read_bureau
from huiying.demo.loading import DemoLogins, load_demo
from huiying.demo.moments import Moments
from huiying.demo.opening import moments_of, open_demo
from huiying.demo.workbooks import write_workbooks
from huiying.importing import Wish, import_file
from huiying.office import Office, open_office
from reports.response_times import Query, response_times
from storage import deadlines, imports, people
from storage.database import Row

BUREAU = read_bureau()
HOUR = timedelta(hours=1)
HOURS_OF_TROUBLE = {
    "周一早上": "2026-11-23T09:00:31+08:00",
    "周日下午": "2026-11-22T15:30:00+08:00",
    "调休上班的周日": "2026-09-20T08:05:00+08:00",
    "国庆长假里": "2026-10-04T10:00:00+08:00",
    "平日23点50分": "2026-11-24T23:50:00+08:00",
    "周五22点整": "2026-11-20T22:00:00+08:00",
    "周五21点59分": "2026-11-20T21:59:59+08:00",
    "过了零点": "2026-11-25T00:04:00+08:00",
    "日历没有公布的年份": "2027-01-02T14:00:00+08:00",
}

OpenAt = Callable[[str], AbstractContextManager[Office]]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch, data_dir: Path) -> OpenAt:
    """Opens the demo in the test's folder, with "now" where the test wants it."""
    monkeypatch.setenv("HUIYING_DATA_DIR", str(data_dir))

    @contextmanager
    def opened(now: str) -> Iterator[Office]:
        monkeypatch.setenv("HUIYING_NOW", now)
        with open_demo(os.environ, BUREAU) as office:
            yield office

    return opened


def load(office: Office) -> DemoLogins:
    return load_demo(office, BUREAU)


def clocks(office: Office, state: str | None = None) -> list[Row]:
    with office.database.read() as connection:
        now = office.clock.now()
        return list(deadlines.standing(connection, state=state, as_of=now, soon=HOUR))


def statuses(office: Office, rule: str) -> Counter[str]:
    return Counter(row["status"] for row in clocks(office) if row["rule_key"] == rule)


@pytest.mark.parametrize("now", HOURS_OF_TROUBLE.values(), ids=HOURS_OF_TROUBLE)
def test_thirty_messages_in_every_state_at_any_hour(at: OpenAt, now: str) -> None:
    with at(now) as office:
        assert load(office).stored == 30
        first_replies = {"on_time": 10, "late": 2, "overdue": 3, "time_unknown": 1, "open": 14}
        assert statuses(office, "message.first_reply") == first_replies
        limits = {"on_time": 2, "late": 1, "overdue": 1, "open": 5}
        assert statuses(office, "hotline.order_limit") == limits

        overdue = [row for row in clocks(office, "overdue") if not row["is_history"]]
        assert [row["title"] for row in overdue] == ["小太阳托管班没有证照给四十个孩子做午饭"]
        (soon,) = clocks(office, "due_soon")
        assert (soon["rule_key"], soon["section"]) == ("hotline.order_limit", "特设科")
        assert office.clock.now() + HOUR - soon["due_at"] < timedelta(minutes=1)
        assert {row["is_history"] for row in clocks(office, "running")} == {True, False}


def test_what_falls_due_today_does_so_on_a_working_day(at: OpenAt) -> None:
    with at("2026-11-23T09:00+08:00") as office:
        load(office)
        due = {row["title"]: row["due_at"] for row in clocks(office, "running")}
    assert iso(due["小区便利店卖过期牛奶,已经第三次了"]) == "2026-11-24T00:00:00+08:00"


def test_the_report_counts_the_holding_replies_and_the_two_channels(at: OpenAt) -> None:
    with at("2026-11-23T09:00+08:00") as office:
        load(office)
        query = Query(date(2026, 1, 1), date(2026, 12, 31), office.clock.now())
        with office.database.read() as connection:
            report = response_times(connection, query, office.calendar, {})
    assert (report.total.received, report.total.holding_only) == (30, 2)
    assert Counter(row.channel for row in report.rows) == {"leader_mailbox": 18, "hotline_12345": 12}
    assert {row.section for row in report.rows} == {*BUREAU.sections, ""} - {"办公室"}


def test_a_second_load_stores_nothing_and_gives_the_same_passwords(at: OpenAt) -> None:
    with at("2026-11-23T09:00+08:00") as office:
        first = load(office)
    with at("2026-11-25T16:00+08:00") as office:
        second = load(office)
        with office.database.read() as connection:
            assert len(imports.newest(connection, 10)) == 2
            assert len(people.listed(connection)) == 5
        assert len(clocks(office)) == 30 + 9
    assert (first.stored, second.stored) == (30, 0)
    assert (second.logins, second.began_at) == (first.logins, first.began_at)


def test_a_load_that_was_killed_between_the_files_is_finished_by_the_next(at: OpenAt, tmp_path: Path) -> None:
    with at("2026-11-23T09:00+08:00") as office:
        letters, _ = write_workbooks(BUREAU, moments_of(office), tmp_path)
        assert import_file(office, letters, Wish(ImportKind.MAILBOX)).counts.stored == 18
    with at("2026-11-23T09:07+08:00") as office:
        assert load(office).stored == 12
        assert statuses(office, "message.first_reply").total() == 30


def test_no_invented_telephone_number_is_left_unmasked_in_any_file(at: OpenAt, data_dir: Path) -> None:
    with at("2026-11-23T09:00+08:00") as office:
        load(office)
    everything = {path: path.read_bytes() for path in data_dir.rglob("*") if path.is_file()}
    phones = [one.phone for one in (*BUREAU.letters, *BUREAU.orders) if one.phone]
    assert len(phones) > 15
    assert all(phone.startswith("1380000") for phone in phones)
    for path, content in everything.items():
        assert path.suffix != ".xlsx"
        assert re.search(rb"138[ -]?0000[ -]?\d{4}|yuedong_weiquan|yegui2077", content) is None, path
    assert b"138****4412" in everything[data_dir / "huiying.db"]


def test_each_role_has_a_login_whose_password_opens_the_account(at: OpenAt, data_dir: Path) -> None:
    with at("2026-11-23T09:00+08:00") as office:
        logins = load(office).logins
        with office.database.read() as connection:
            rows = {row["login"]: row for row in people.listed(connection)}
    assert [one.role for one in logins] == list(Role)
    assert len({one.password for one in logins}) == 5
    for one in logins:
        assert verify_password(one.password, rows[one.login]["password_hash"])
        assert not rows[one.login]["must_change_password"]
    assert stat.S_IMODE((data_dir / "demo-logins.json").stat().st_mode) == 0o600


def test_lost_passwords_are_drawn_again_and_work(at: OpenAt, data_dir: Path) -> None:
    with at("2026-11-23T09:00+08:00") as office:
        before = load(office).logins[0]
        (data_dir / "demo-logins.json").unlink()
        after = load(office).logins[0]
        with office.database.read() as connection:
            row = people.find(connection, after.login)
    assert after.password != before.password
    assert row is not None
    assert verify_password(after.password, row["password_hash"])


def test_a_real_office_is_refused_and_stays_as_it_was(at: OpenAt, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_office() as office, office.database.write() as connection:
        new = NewPerson("lin", "林某", Role.ADMIN, "", "beautiful-long-words", False)
        add_person(connection, new, actor="test", now=datetime(2026, 11, 2, tzinfo=UTC))
    for fresh in (False, True):
        with pytest.raises(Conflict) as refused, open_demo(os.environ, BUREAU, fresh=fresh):
            pytest.fail("the demo opened a real office")
        assert refused.value.code == "demo.not_a_demo"
    with open_office() as office, office.database.read() as connection:
        assert [row["login"] for row in people.listed(connection)] == ["lin"]


def test_the_database_the_settings_name_is_not_touched(
    at: OpenAt, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HUIYING_DATABASE__URL", f"sqlite:///{tmp_path / 'real.db'}")
    with at("2026-11-23T09:00+08:00") as office:
        load(office)
    assert not (tmp_path / "real.db").exists()


def test_what_arrived_before_the_bureau_went_live_is_history(at: OpenAt) -> None:
    with at("2026-11-23T09:00+08:00") as office:
        load(office)
        went_live = office.go_live_on
        assert went_live == date(2026, 11, 3)
        for row in clocks(office):
            assert row["is_history"] == (local_day(row["started_at"]) < went_live)


MOMENTS = {
    "昨天是工作日": ("2026-11-24 09:00", "W-1 16:30", "2026-11-23T16:30:00+08:00"),
    "周一往前一个工作日是周五": ("2026-11-23 09:00", "W-1 16:30", "2026-11-20T16:30:00+08:00"),
    "周日往后一个工作日是周一": ("2026-11-22 09:00", "W+1 12:00", "2026-11-23T12:00:00+08:00"),
    "长假不计": ("2026-10-08 09:00", "W-1 09:00", "2026-09-30T09:00:00+08:00"),
    "调休上班的周日计": ("2026-09-21 09:00", "W-1 09:00", "2026-09-20T09:00:00+08:00"),
    "自然日照数周末": ("2026-11-23 09:00", "D-2 21:40", "2026-11-21T21:40:00+08:00"),
    "快到午夜时今天是明天": ("2026-11-24 22:00", "W-1 16:30", "2026-11-24T16:30:00+08:00"),
    "离午夜还早时今天是今天": ("2026-11-24 21:59", "W-1 16:30", "2026-11-23T16:30:00+08:00"),
    "从此刻往前": ("2026-11-24 00:30:59", "-95m", "2026-11-23T22:55:00+08:00"),
    "从此刻往后": ("2026-11-24 23:50:59", "+1h", "2026-11-25T00:50:00+08:00"),
}


@pytest.mark.parametrize(("now", "text", "expected"), MOMENTS.values(), ids=MOMENTS)
def test_a_moment_is_counted_on_the_office_calendar(now: str, text: str, expected: str) -> None:
    moments = Moments(parse_instant(now), load_calendar(rules_folder() / "calendar"))
    found = moments.read(text)
    assert isinstance(found, datetime)
    assert iso(found) == expected


def test_a_moment_without_a_time_is_a_day_and_nonsense_is_refused() -> None:
    moments = Moments(parse_instant("2026-11-23 09:00"), load_calendar(rules_folder() / "calendar"))
    assert moments.read("W-1") == date(2026, 11, 20)
    with pytest.raises(InvalidInput):
        moments.read("昨天")


@pytest.fixture
def command_line() -> typer.Typer:
    app = typer.Typer()
    app.command()(demo_command)
    return app


def test_the_command_loads_into_demo_data_and_prints_one_object(
    command_line: typer.Typer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HUIYING_DATA_DIR", raising=False)
    runs = [
        CliRunner().invoke(command_line, ["--load-only", "--json", *more]) for more in ([], [], ["--fresh"])
    ]
    assert [run.exit_code for run in runs] == [0, 0, 0]
    first, again, fresh = (json.loads(run.stdout) for run in runs)
    assert (first["stored"], again["stored"], fresh["stored"]) == (30, 0, 30)
    assert first["office"] == "滨江市市场监督管理局"
    assert again["logins"] == first["logins"]
    assert {one["password"] for one in fresh["logins"]}.isdisjoint(one["password"] for one in first["logins"])
    assert (tmp_path / "demo-data" / "huiying.db").is_file()
    table = CliRunner().invoke(command_line, ["--load-only"])
    assert fresh["logins"][0]["password"] in table.stdout


def test_a_busy_port_is_named_before_anything_is_loaded(
    command_line: typer.Typer, monkeypatch: pytest.MonkeyPatch, data_dir: Path
) -> None:
    monkeypatch.setenv("HUIYING_DATA_DIR", str(data_dir))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        run = CliRunner().invoke(command_line, ["--port", str(port), "--json"])
    assert run.exit_code == 1
    assert json.loads(run.stdout)["error"]["code"] == "port.busy"
    assert str(port) in json.loads(run.stdout)["error"]["message"]
    assert list(data_dir.iterdir()) == []
