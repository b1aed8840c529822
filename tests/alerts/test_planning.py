"""Plans follow the clocks: written when a live clock starts, taken back when it stops, never twice."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from alerts.casework import Law, Origin, Registrar
from alerts.planning import plan_for
from alerts.revision import revise
from core.clock import FixedClock, parse_instant
from core.model import MessageRecord
from storage import deadlines, imports, messages, planned_actions, sources
from storage.database import Database
from storage.tables import deadlines as deadlines_table
from tests.alerts.watchroom import Watchroom
from tests.factories import make_record, make_reply


@pytest.fixture
def room(database: Database, law: Law, clock: FixedClock) -> Watchroom:
    clock.move_to(parse_instant("2026-03-02T10:00"))
    room = Watchroom(database, law, clock)
    room.staff()
    return room


def register(room: Watchroom, *records: MessageRecord) -> None:
    with room.database.write() as connection:
        now = room.clock.now()
        source = sources.ensure(connection, "mailbox", records[0].channel, now)
        stored = messages.insert(connection, source.id, records, import_id=None, now=now)
        Registrar(room.law, Origin(None, "测试")).register(connection, stored, now)


def revised(room: Watchroom, record: MessageRecord) -> None:
    """A newer export of the first message, as an import of its own."""
    with room.database.write() as connection:
        now = room.clock.now()
        source = sources.ensure(connection, "mailbox", record.channel, now)
        identity = imports.Identity(source.id, "mailbox", record.content_hash, "0" * 64)
        run = imports.begin(connection, identity, "来文.csv", 1, now)
        revise(connection, Registrar(room.law, Origin(run.id, "测试")), 1, record, now)


def states(room: Watchroom) -> Counter[tuple[int, str]]:
    return Counter((action.plan_no, action.state) for action in room.actions())


def test_a_live_message_is_planned_from_its_receipt_and_its_due_instant(room: Watchroom) -> None:
    register(room, make_record("2026-03-02T09:00", section="一科"))
    received, due = parse_instant("2026-03-02T09:00"), parse_instant("2026-03-10T00:00")
    assert [action.planned_at for action in room.actions()] == [
        received + (due - received) * 0.5,
        received + (due - received) * 0.8,
        due,
        due,
        due + timedelta(days=1),
        due + timedelta(days=3),
    ]


@pytest.mark.parametrize(
    "record",
    [
        make_record("2025-12-01T09:00"),
        make_record("2026-02-20T09:00", replies=(make_reply(at="2026-02-21T09:00"),)),
    ],
    ids=["history", "answered"],
)
def test_history_and_answered_messages_wake_nobody(room: Watchroom, record: MessageRecord) -> None:
    register(room, record)
    assert room.actions() == []


def test_a_message_that_came_overdue_leaves_its_warnings_out_and_breaches_once_late(room: Watchroom) -> None:
    register(room, make_record("2026-02-02T09:00", section="一科"))
    assert states(room) == {(1, "skipped"): 2, (1, "planned"): 4}
    (registered,) = room.events(1)
    left_out = registered["payload"]["left_out"]
    assert [(fact["n"], fact["kind"]) for fact in left_out] == [(1, "warn"), (2, "warn")]
    assert room.engine.tick().fired == 4
    assert sorted(notice.login for notice in room.notices()) == ["handler", "manager"]
    assert room.engine.tick().fired == 0


def test_a_reply_in_a_newer_export_takes_the_plan_back(room: Watchroom) -> None:
    register(room, make_record("2026-03-02T09:00", native_id="A", section="一科"))
    room.clock.advance(hours=30)
    answered = make_record("2026-03-02T09:00", native_id="A", replies=(make_reply(at="2026-03-03T09:00"),))
    revised(room, answered)
    assert states(room) == {(1, "superseded"): 6}
    room.clock.advance(days=30)
    assert room.engine.tick().fired == 0


def test_a_reply_that_is_withdrawn_starts_a_new_plan_without_repeating_what_was_done(room: Watchroom) -> None:
    open_again = make_record("2026-03-02T09:00", native_id="A", section="一科")
    register(room, open_again)
    room.tick_at(parse_instant("2026-03-06T09:00"))
    assert states(room)[1, "fired"] == 1
    answered = make_record("2026-03-02T09:00", native_id="A", replies=(make_reply(at="2026-03-06T09:00"),))
    revised(room, answered)
    revised(room, open_again)
    assert states(room) == {(1, "fired"): 1, (1, "superseded"): 5, (2, "skipped"): 1, (2, "planned"): 5}


def test_an_earlier_receipt_supersedes_the_plan_with_the_clock(room: Watchroom) -> None:
    register(room, make_record("2026-03-02T09:00", native_id="A"))
    revised(room, make_record("2026-02-27T09:00", native_id="A"))
    assert {(a.deadline_id, a.state) for a in room.actions()} >= {(1, "superseded"), (2, "planned")}
    assert {a.state for a in room.actions() if a.deadline_id == 1} == {"superseded"}


def test_planning_a_running_clock_anew_takes_the_former_plan_back(room: Watchroom) -> None:
    clock_id = room.open_case()
    with room.database.write() as connection:
        later = room.clock.now() + timedelta(hours=48)
        deadlines.update(connection, clock_id, due_at=later)
        query = sa.select(deadlines_table).where(deadlines_table.c.id == clock_id)
        rows = connection.execute(query).mappings().all()
        plan_for(connection, room.law.ladders, rows, room.clock.now())
        numbers = planned_actions.last_plan_numbers(connection, [clock_id])
    assert numbers == {clock_id: 2}
    assert {a.state for a in room.actions() if a.plan_no == 1} == {"superseded"}
    assert [a.planned_at for a in room.actions() if a.kind == "due" and a.plan_no == 2] == [later]
