"""`/health` turns red when something lags, and the figures of a watchdog."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from alerts.halting import Halt, halt
from alerts.watch import audit_plans, look
from core.clock import iso
from core.vocabulary import Role, Scope
from storage import engine_state
from storage.database import Database
from storage.vitals import unplanned
from tests.alerts.watchroom import Watchroom
from tests.api.office import WebOffice


def room_of(office: WebOffice) -> Watchroom:
    room = Watchroom(office.database, office.law, office.clock)
    room.staff()
    return room


def tick(office: WebOffice) -> None:
    with office.database.write() as connection:
        engine_state.put(connection, engine_state.LAST_TICK_AT, str(iso(office.clock.now())))


def troubles(office: WebOffice) -> list[str]:
    answer = office.browser().get("/api/v1/health")
    facts = answer.json()
    assert answer.status_code == (200 if facts["ok"] else 503)
    assert facts["ok"] == (not facts["troubles"])
    found: list[str] = facts["troubles"]
    return found


def test_r12_health_is_red_when_nobody_carries_out_what_is_due(office: WebOffice) -> None:
    room = room_of(office)
    room.open_case()
    assert troubles(office) == []
    office.clock.advance(seconds=61)
    tick(office)
    (trouble,) = troubles(office)
    assert "到点未执行" in trouble
    room.engine.tick()
    assert troubles(office) == []


def test_r12_health_is_red_when_engines_live_and_nothing_is_sent(office: WebOffice) -> None:
    room = room_of(office)
    room.open_case()
    room.engine.tick()
    office.clock.advance(seconds=61)
    room.engine.tick()
    tick(office)
    (trouble,) = troubles(office)
    assert "没有发出" in trouble
    room.dispatcher.drain()
    assert troubles(office) == []


def test_r12_health_is_red_two_minutes_after_the_last_engine_has_gone(office: WebOffice) -> None:
    tick(office)
    office.clock.advance(seconds=60)
    assert troubles(office) == []
    office.clock.advance(seconds=60)
    assert "没有运行" in troubles(office)[0]


def test_health_is_red_while_a_decision_is_awaited(office: WebOffice) -> None:
    with office.database.write() as connection:
        halt(connection, office.law.ladders.delivery, Halt("数据库时间倒退了900秒", office.clock.now()))
    assert troubles(office) == ["提醒引擎已停下，等待决定：数据库时间倒退了900秒。"]


def figures(office: WebOffice) -> dict[str, float]:
    text = office.browser().get("/api/v1/metrics", headers=office.token(Scope.READ)).text
    lines = [line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, value in lines}


def test_the_figures_say_how_far_behind_each_lane_is(office: WebOffice) -> None:
    room = room_of(office)
    room.open_case()
    tick(office)
    room.engine.tick()
    room.open_case()
    office.clock.advance(seconds=90)
    found = figures(office)
    assert found['huiying_outbox_oldest_seconds{lane="major"}'] == 90
    assert found['huiying_outbox_depth{lane="major"}'] == 2
    assert found['huiying_outbox_depth{lane="warn"}'] == 0
    assert found["huiying_oldest_due_action_seconds"] == 90
    assert found["huiying_last_tick_age_seconds"] == 90
    assert found["huiying_healthy"] == 0
    room.engine.tick()
    found = figures(office)
    assert found["huiying_late_fires_last_hour"] == 2
    assert found["huiying_oldest_due_action_seconds"] == 0


def test_figures_need_a_token(office: WebOffice) -> None:
    assert office.browser().get("/api/v1/metrics").status_code == 401
    assert office.browser().get("/api/v1/metrics", headers=office.token(Scope.INTAKE)).status_code == 403


def test_r13_a_running_clock_that_nothing_is_planned_for_is_found_and_told_once(office: WebOffice) -> None:
    room = room_of(office)
    room.open_cases(3)
    forget(room, 2)
    now = office.clock.now()
    with office.database.write() as connection:
        assert unplanned(connection, now, 10) == [(2, 2)]
        assert audit_plans(connection, room.law.ladders.delivery, now) == 1
        assert audit_plans(connection, room.law.ladders.delivery, now + timedelta(minutes=1)) == 1
    alarms = [one for one in room.notices() if one.kind == "unplanned"]
    assert [one.login for one in alarms] == [Role.ADMIN.value]
    assert "办件 2" in alarms[0].body
    forget(room, 3)
    with office.database.write() as connection:
        assert audit_plans(connection, room.law.ladders.delivery, now + timedelta(minutes=2)) == 2
    assert len([one for one in room.notices() if one.kind == "unplanned"]) == 2


def test_a_clock_past_its_ladder_is_not_forgotten(office: WebOffice) -> None:
    room = room_of(office)
    room.open_case()
    room.tick_at(office.clock.now() + timedelta(hours=9))
    with office.database.read() as connection:
        assert unplanned(connection, office.clock.now(), 10) == []


def forget(room: Watchroom, deadline: int) -> None:
    with room.database.write() as connection:
        connection.execute(
            sa.text("UPDATE planned_actions SET state = 'superseded' WHERE deadline_id = :n"), {"n": deadline}
        )


def test_what_is_looked_at_is_one_instant(database: Database, office: WebOffice) -> None:
    with database.read() as connection:
        state = look(connection, office.clock.now(), timedelta(seconds=60))
    assert state.now == office.clock.now()
    assert state.is_well
