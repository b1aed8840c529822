"""Time that cannot be true and databases that are older than what was seen stop every engine (L9, R10)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.casework import Law
from alerts.halting import ALARM, Halt, halt, halted, resume
from alerts.plausibility import Seen, implausible
from core.clock import FixedClock, parse_instant
from core.errors import Conflict
from core.vocabulary import Role
from huiying import engine_guard
from huiying.engine_guard import EngineGuard
from storage import engine_state, events
from storage.database import Database
from storage.events import OFFICE_STREAM
from tests.alerts.watchroom import Watchroom

START = parse_instant("2026-02-16T22:30")


class Night:
    """An office with running clocks, and a guard whose monotonic clock the test moves."""

    def __init__(
        self, database: Database, law: Law, clock: FixedClock, folder: Path, monotonic: list[float]
    ) -> None:
        clock.move_to(START)
        self.room = Watchroom(database, law, clock)
        self.room.staff()
        self.folder = folder
        self.monotonic = monotonic
        self.guard = self.another()

    def another(self) -> EngineGuard:
        """The guard of another process on this machine."""
        return EngineGuard(self.room.database, self.room.law.ladders.delivery, self.folder)

    def passes(self, seconds: float, *, jump: float = 0) -> bool:
        """Real time passes, and the database's clock jumps besides; whether the engine may act then."""
        self.monotonic[0] += seconds
        self.room.clock.advance(seconds=seconds + jump)
        return self.tick(self.guard)

    def tick(self, guard: EngineGuard) -> bool:
        now = self.room.clock.now()
        may = guard.may_act(now)
        if may:
            self.room.engine.tick()
            with self.room.database.write() as connection:
                guard.sign(connection, now)
            guard.remember(now)
        return may

    def halt(self) -> Halt | None:
        with self.room.database.read() as connection:
            return halted(connection)

    def resume(self, *, send_again: bool = False) -> tuple[int, int]:
        with self.room.database.write() as connection:
            now = self.room.clock.now()
            done = resume(connection, actor="管理员", now=now, send_again=send_again)
        return done.cancelled, done.skipped


@pytest.fixture
def night(
    database: Database, law: Law, clock: FixedClock, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> Night:
    monotonic = [1000.0]
    monkeypatch.setattr("huiying.engine_guard.time.monotonic", lambda: monotonic[0])
    return Night(database, law, clock, data_dir, monotonic)


@pytest.mark.parametrize(
    ("passed", "told", "word"),
    [
        (1, 1, None),
        (3600, 3600, None),
        (1, 60.5, None),
        (1, 62, "快了61秒"),
        (1, 1201, "快了1200秒"),
        (1, -1200, "倒退了1200秒"),
        (1, -1.5, None),
        (300, 100, "慢了200秒"),
        (30, 0, None),
    ],
)
def test_the_time_is_judged_by_what_has_really_passed(passed: float, told: float, word: str | None) -> None:
    reason = implausible(Seen(START, 50.0), Seen(START + timedelta(seconds=told), 50.0 + passed))
    assert (reason is None) if word is None else (reason is not None and word in reason)


@pytest.mark.parametrize(("jump", "told"), [(1200, "快了1200秒"), (-1200, "倒退了1199秒")])
def test_l9_a_jump_stops_firing_alarms_and_goes_on_after_a_decision(
    night: Night, jump: float, told: str
) -> None:
    night.room.open_case()
    assert night.passes(1)
    fired = [a for a in night.room.actions() if a.state == "fired"]
    assert not night.passes(1, jump=jump)
    assert not night.passes(1)
    assert [a for a in night.room.actions() if a.state == "fired"] == fired
    found = night.halt()
    assert found is not None
    assert told in found.reason
    alarms = [one for one in night.room.notices() if one.kind == ALARM]
    assert [one.login for one in alarms] == [Role.ADMIN.value]
    done = night.room.dispatcher.drain(ALARM)
    assert done.accepted == 1
    assert "等待决定" in night.room.recorder.sent[0].subject
    night.resume()
    assert night.passes(1)
    with night.room.database.read() as connection:
        tags = [one["tag"] for one in events.of_stream(connection, OFFICE_STREAM)]
    assert tags == ["engine:halted", "engine:resumed"]
    assert night.room.audit_is_whole()


def test_a_halt_holds_for_every_process_and_is_told_once(night: Night) -> None:
    assert night.passes(1)
    other = night.another()
    assert night.tick(other)
    assert not night.passes(1, jump=1200)
    assert not night.tick(other)
    assert len([one for one in night.room.notices() if one.kind == ALARM]) == 1
    night.resume()
    assert night.passes(1)
    assert night.tick(other)


def test_a_new_process_refuses_a_clock_that_is_behind_the_last_tick(night: Night) -> None:
    assert night.passes(1)
    night.room.clock.advance(seconds=-1200)
    assert not night.tick(night.another())
    found = night.halt()
    assert found is not None
    assert "早1200秒" in found.reason


def test_downtime_is_no_jump(night: Night) -> None:
    assert night.passes(1)
    night.room.clock.advance(hours=9)
    assert night.tick(night.another())


def restored(night: Night) -> Callable[[], None]:
    """What the database said an hour ago; call it to go back to that."""
    with night.room.database.read() as connection:
        before = engine_state.find(connection, engine_state.LAST_TICK_AT)
    assert before is not None

    def go_back() -> None:
        with night.room.database.write() as connection:
            engine_state.put(connection, engine_state.LAST_TICK_AT, before)

    return go_back


def test_r10_an_old_backup_stops_the_engine_and_the_gap_is_stated(night: Night) -> None:
    night.room.open_case()
    assert night.passes(1)
    go_back = restored(night)
    gap_from = night.room.clock.now()
    assert night.passes(3600)
    gap_until = night.room.clock.now()
    go_back()
    night.room.clock.advance(minutes=10)
    assert not night.tick(night.another())
    found = night.halt()
    assert found is not None
    assert (found.gap_from, found.gap_until) == (gap_from, gap_until)
    waiting = [row for row in night.room.outbox() if row.state == "pending"]
    cancelled, _ = night.resume()
    halts = [one.id for one in night.room.notices() if one.kind == ALARM]
    assert cancelled == len([row for row in waiting if row.notice_id not in halts])
    assert night.room.dispatcher.drain().accepted == len(halts)
    with night.room.database.read() as connection:
        last = events.of_stream(connection, OFFICE_STREAM)[-1]
    assert last["tag"] == "engine:resumed"
    assert last["payload"]["gap_from"].startswith("2026-02-16T22:30:01")
    assert last["payload"]["send_again"] is False
    assert night.tick(night.another())


def test_r10_reminders_of_the_gap_are_passed_over_and_what_is_overdue_is_told(night: Night) -> None:
    assert night.passes(1)
    go_back = restored(night)
    night.room.open_case(started_at=START, hours=0.5)
    night.monotonic[0] += 3600
    night.room.clock.advance(seconds=3600)
    night.guard.remember(night.room.clock.now())
    go_back()
    assert not night.tick(night.another())
    _, skipped = night.resume()
    assert skipped >= 5
    assert night.tick(night.another())
    kinds = {action.kind for action in night.room.actions() if action.state == "fired"}
    assert kinds == {"due", "escalate"}


def test_r10_the_operator_may_have_everything_sent_again(night: Night) -> None:
    night.room.open_case()
    assert night.passes(1)
    go_back = restored(night)
    assert night.passes(3600)
    go_back()
    assert not night.tick(night.another())
    assert night.resume(send_again=True) == (0, 0)


def test_a_mark_of_another_database_means_nothing(night: Night) -> None:
    assert night.passes(1)
    (night.folder / engine_guard.FILE).write_text('{"database": "x", "seen_at": "2030-01-01T00:00:00+08:00"}')
    assert night.tick(night.another())
    (night.folder / engine_guard.FILE).write_text("broken")
    assert night.tick(night.another())


def test_nothing_can_be_resumed_that_runs(night: Night) -> None:
    with pytest.raises(Conflict, match="没有停下"):
        night.resume()
    with night.room.database.write() as connection:
        delivery = night.room.law.ladders.delivery
        assert halt(connection, delivery, Halt("一", START))
        assert not halt(connection, delivery, Halt("二", START))
