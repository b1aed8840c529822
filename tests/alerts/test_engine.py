"""The tick: each step once, at its moment or late and marked; the bad set aside; nobody unanswered for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from alerts.casework import Law
from core.clock import FixedClock, parse_instant
from core.vocabulary import Role
from storage.database import Database
from storage.tables import acknowledgements, people, planned_actions
from tests.alerts.watchroom import Watchroom


@pytest.fixture
def room(database: Database, law: Law, clock: FixedClock) -> Watchroom:
    clock.move_to(parse_instant("2026-02-16T22:30"))
    return Watchroom(database, law, clock)


def test_l01_each_step_fires_once_in_order_at_its_planned_moment(room: Watchroom) -> None:
    room.staff()
    clock_id = room.open_case()
    start = room.clock.now()
    for minute in range(0, 8 * 60, 5):
        room.tick_at(start + timedelta(minutes=minute))
    actions = room.actions()
    assert {action.state for action in actions} == {"fired"}
    assert [action.lag_seconds for action in actions] == [0.0] * len(actions)
    tags = [event["tag"].split(":")[1] for event in room.events(clock_id)]
    before_due = ["warned"] * 2 + ["reminded"] * 3 + ["warned", "reminded"] + ["warned"] * 2
    assert tags == [*before_due, "breached", *["escalated"] * 3]
    times = [event["occurred_at"] for event in room.events(clock_id)]
    assert times == sorted(times)
    assert room.audit_is_whole()


def test_an_idle_tick_and_a_second_tick_do_nothing(room: Watchroom) -> None:
    room.staff()
    room.open_case()
    first = room.engine.tick()
    assert (first.fired, first.notices) == (2, 2)
    assert room.engine.tick().fired == 0
    assert len(room.notices()) == 2


def test_l02_after_downtime_the_owed_steps_fire_once_late_and_merge_per_person(room: Watchroom) -> None:
    room.staff()
    clock_id = room.open_case()
    start = room.clock.now()
    room.tick_at(start)
    room.tick_at(start + timedelta(hours=5, minutes=45))
    late = [a for a in room.actions() if a.kind in {"due", "escalate"} and a.state == "fired"]
    assert [(a.kind, a.audience, a.lag_seconds) for a in late] == [
        ("due", "press", 45 * 60),
        ("escalate", "manager", 45 * 60),
        ("escalate", "duty", 15 * 60),
    ]
    assert {a.state for a in room.actions() if 3 <= a.n <= 9} == {"skipped"}
    assert [a.state for a in room.actions() if a.n == 13] == ["planned"]
    after = room.notices()[2:]
    assert sorted(n.login for n in after) == ["duty", "manager", "press"]
    assert all("本通知晚发" in n.body for n in after)
    breach = next(e for e in room.events(clock_id) if e["tag"] == "deadline:breached")
    assert breach["occurred_at"] == start + timedelta(hours=5)
    assert breach["payload"]["lag_seconds"] == 45 * 60


def test_one_person_in_two_roles_of_one_tick_gets_one_notice_that_names_both(room: Watchroom) -> None:
    room.hire("值班", Role.DUTY)
    room.hire("管理", Role.ADMIN)
    room.open_case()
    room.engine.tick()
    (notice,) = [n for n in room.notices() if n.login == "值班"]
    assert [why["audience"] for why in notice.resolved] == ["duty", "press"]
    assert [why["reached"] for why in notice.resolved] == ["duty", "duty"]


def test_l15_nobody_on_duty_falls_through_at_once_and_the_administrators_are_told_once_a_day(
    room: Watchroom,
) -> None:
    room.hire("领导", Role.MANAGER)
    room.hire("管理", Role.ADMIN)
    clock_id = room.open_case()
    room.open_case()
    room.engine.tick()
    redirected = [e for e in room.events(clock_id) if e["tag"] == "notice:redirected"]
    assert [(e["payload"]["audience"], e["payload"]["reached"]) for e in redirected] == [
        ("duty", "manager"),
        ("press", "manager"),
    ]
    assert sorted((n.login, n.kind) for n in room.notices()) == [
        ("管理", "nobody"),
        ("管理", "nobody"),
        ("领导", "warn"),
        ("领导", "warn"),
    ]


def test_an_empty_office_records_that_nobody_was_reached(room: Watchroom) -> None:
    clock_id = room.open_case()
    assert room.engine.tick().fired == 2
    assert room.notices() == []
    reached = [e["payload"]["reached"] for e in room.events(clock_id) if e["tag"] == "notice:redirected"]
    assert reached == [None, None]


def test_l15_a_disabled_person_is_not_told(room: Watchroom) -> None:
    gone, here = room.hire("走", Role.DUTY), room.hire("在", Role.DUTY)
    with room.database.write() as connection:
        connection.execute(people.update().where(people.c.id == gone).values(disabled_at=room.clock.now()))
    room.open_case()
    room.engine.tick()
    assert {n.person_id for n in room.notices()} == {here}


def test_an_acknowledged_incident_is_not_called_again_but_still_warned(room: Watchroom) -> None:
    room.staff()
    room.open_case()
    start = room.clock.now()
    room.tick_at(start)
    with room.database.write() as connection:
        connection.execute(
            acknowledgements.insert().values(case_id=1, cycle=1, person_id=1, at=start, is_first=True)
        )
    room.tick_at(start + timedelta(minutes=40))
    states = ["skipped", "skipped", "planned", "planned"]
    assert [a.state for a in room.actions() if a.kind == "remind"] == states
    assert [n.kind for n in room.notices()][-1] == "warn"


@pytest.mark.parametrize("state", ["met", "paused", "cancelled", "superseded"])
def test_a_clock_that_does_not_run_fires_nothing(room: Watchroom, state: str) -> None:
    room.staff()
    clock_id = room.open_case()
    room.set_clock_state(clock_id, state)
    assert room.tick_at(room.clock.now() + timedelta(hours=9)).fired == 0
    assert room.notices() == []


def test_l12_a_bad_row_holds_up_nobody_and_ends_in_quarantine_with_an_alarm(room: Watchroom) -> None:
    room.staff()
    bad, good = room.open_case(), room.open_case()
    with room.database.write() as connection:
        connection.execute(
            planned_actions.update()
            .where(planned_actions.c.deadline_id == bad, planned_actions.c.n == 1)
            .values(audience="mayor")
        )
    first = room.engine.tick()
    assert (first.fired, first.quarantined) == (2, 0)
    assert all(event["payload"]["deadline"] == good for event in room.events(good))
    for _ in range(10):
        room.engine.tick()
    by_state = {(a.deadline_id, a.state) for a in room.actions() if a.n in {1, 2}}
    assert by_state == {(bad, "quarantined"), (good, "fired")}
    assert [e["tag"] for e in room.events(bad)] == ["action:quarantined"]
    assert [(n.login, n.kind) for n in room.notices() if n.kind == "quarantine"] == [("admin", "quarantine")]
    assert room.tick_at(room.clock.now() + timedelta(minutes=15)).fired == 2
    assert room.audit_is_whole()


def test_a_person_with_very_many_routine_notices_gets_one_digest(room: Watchroom) -> None:
    room.staff()
    room.open_cases(60, "message.first_reply", hours=48, section="一科")
    room.open_case()
    done = room.tick_at(room.clock.now() + timedelta(hours=25))
    assert done.fired >= 60
    assert [n.kind for n in room.notices() if n.login == "handler"] == ["digest"]
    (digest,) = [n for n in room.notices() if n.kind == "digest"]
    assert "60 项" in digest.body
    assert len(digest.resolved[0]["clocks"]) == 60


def test_two_digests_of_one_hour_are_both_told_and_count_everything(room: Watchroom) -> None:
    room.hire("handler", Role.HANDLER, "一科")
    for hours in (4, 4.2):
        room.open_cases(30, "message.first_reply", hours=hours, section="一科")
    begin = room.clock.now()
    for minutes in (120, 126):
        room.tick_at(begin + timedelta(minutes=minutes))
    digests = [one for one in room.notices() if one.kind == "digest"]
    counted = [number for one in digests for number in one.resolved[0]["clocks"]]
    assert len(digests) == 2
    assert len(counted) == len(set(counted)) == 60


def test_l04_many_clocks_due_at_once_fire_once_each(room: Watchroom) -> None:
    room.staff()
    room.open_cases(500)
    done = room.engine.tick()
    assert (done.fired, done.notices) == (1000, 1000)
    keys = [n.dedupe_key for n in room.notices()]
    assert len(set(keys)) == 1000
    assert room.audit_is_whole()


def test_l14_a_ladder_that_is_edited_or_deleted_changes_no_plan_that_stands(room: Watchroom) -> None:
    room.staff()
    room.open_case()
    without = replace(room.law, ladders=replace(room.law.ladders, by_family={}))
    later = Watchroom(room.database, without, room.clock, room.recorder)
    assert later.engine.tick().fired == 2
    assert later.tick_at(room.clock.now() + timedelta(minutes=150)).fired == 3
    assert len([a for a in room.actions() if a.state == "planned"]) == 7


def test_the_due_query_uses_the_partial_index(room: Watchroom) -> None:
    query = "SELECT id FROM planned_actions WHERE state = 'planned' AND planned_at <= {} ORDER BY planned_at"
    with room.database.read() as connection:
        if room.database.is_sqlite:
            plan = connection.execute(sa.text(f"EXPLAIN QUERY PLAN {query.format(1)}")).all()
        else:
            # A table this small is read whole unless told otherwise; the question is whether the index fits.
            connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
            plan = connection.execute(sa.text(f"EXPLAIN {query.format('now()')}")).all()
    assert "ix_planned_actions_due" in str(plan)
