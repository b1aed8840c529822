"""Sending: at least once under one key, exactly one record; what nobody needs any more is not sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from alerts.casework import Law
from alerts.channels import Channel, Outcome, Payload
from alerts.dispatcher import Dispatcher, wait_after
from core.clock import FixedClock, parse_instant
from core.errors import DeliveryError
from core.vocabulary import ChannelKind, DeliveryOutcome, OutboxState, Role
from storage import channels, outbox
from storage.database import Database
from storage.tables import acknowledgements, people
from tests.alerts.watchroom import KEY, Watchroom

TEMPORARY = Outcome(DeliveryOutcome.TEMPORARY, "对方出错(500)")
AMBIGUOUS = Outcome(DeliveryOutcome.AMBIGUOUS, "没有等到答复")


@pytest.fixture
def room(database: Database, law: Law, clock: FixedClock) -> Watchroom:
    """One notice to one person on duty lies in the outbox."""
    clock.move_to(parse_instant("2026-02-16T22:30"))
    room = Watchroom(database, law, clock)
    room.hire("值班", Role.DUTY)
    room.hire("管理", Role.ADMIN)
    room.hire("宣传", Role.PRESS)
    room.open_case()
    room.engine.tick()
    return room


def attempts(room: Watchroom, row: int = 1) -> list[str]:
    with room.database.read() as connection:
        return [one["outcome"] for one in outbox.attempts_of(connection, row)]


def test_each_notice_goes_out_once_and_is_accepted(room: Watchroom) -> None:
    assert room.dispatcher.drain().accepted == 2
    assert room.dispatcher.drain().count == 0
    assert sorted(p.address for p in room.recorder.sent) == ["值班", "宣传"]
    assert {row.state for row in room.outbox()} == {"accepted"}
    assert all("南门路积水" in p.body for p in room.recorder.sent)


def test_a_temporary_failure_is_tried_again_later_under_the_same_key(room: Watchroom) -> None:
    room.recorder.answers = [TEMPORARY, TEMPORARY]
    room.dispatcher.drain()
    assert room.dispatcher.drain().count == 0
    room.clock.advance(seconds=5)
    assert room.dispatcher.drain().accepted == 2
    keys = [p.key for p in room.recorder.sent]
    assert len(keys) == 4
    assert len(set(keys)) == 2
    assert attempts(room) == ["temporary", "accepted"]


def test_a_throttled_notice_waits_as_long_as_the_provider_asks(room: Watchroom) -> None:
    slow = Outcome(DeliveryOutcome.THROTTLED, "限流", retry_after=timedelta(minutes=10))
    room.recorder.answers = [slow, slow]
    room.dispatcher.drain()
    assert {row.next_at for row in room.outbox()} == {room.clock.now() + timedelta(minutes=10)}


def test_a_permanent_failure_is_final_and_an_event_of_the_case(room: Watchroom) -> None:
    room.recorder.answers = [Outcome(DeliveryOutcome.PERMANENT, "对方拒绝(400)")] * 2
    assert room.dispatcher.drain().failed == 2
    assert {row.state for row in room.outbox()} == {"failed"}
    assert [e["tag"] for e in room.events(1)][-2:] == ["notice:failed"] * 2
    assert room.audit_is_whole()


def test_an_ambiguous_send_is_repeated_and_stays_one_intent(room: Watchroom) -> None:
    room.recorder.answers = [AMBIGUOUS, AMBIGUOUS]
    room.dispatcher.drain()
    room.clock.advance(seconds=5)
    room.dispatcher.drain()
    assert attempts(room) == ["ambiguous", "accepted"]
    assert len(room.notices()) == 2


def test_trying_again_ends_after_a_bounded_number_of_attempts(room: Watchroom) -> None:
    room.recorder.answers = [TEMPORARY] * 200
    for _ in range(60):
        room.dispatcher.drain()
        room.clock.advance(minutes=1)
    assert {row.state for row in room.outbox()} <= {"failed", "pending"}
    for _ in range(110):
        room.dispatcher.drain()
        room.clock.advance(minutes=15)
    assert {row.state for row in room.outbox()} <= {"failed", "cancelled"}


def test_waits_double_up_to_a_bound() -> None:
    waits = [wait_after(n).total_seconds() for n in range(1, 40)]
    assert waits[:4] == [5, 10, 20, 40]
    assert max(waits) == waits[-1] == 900


@pytest.mark.parametrize("state", ["met", "paused", "cancelled"])
def test_a_case_that_is_answered_while_notices_wait_sends_none_of_them(room: Watchroom, state: str) -> None:
    room.set_clock_state(1, state)
    assert room.dispatcher.drain().cancelled == 2
    assert room.recorder.sent == []
    assert all("不再计时" in row.last_error for row in room.outbox())
    assert [e["tag"] for e in room.events(1)][-2:] == ["notice:cancelled"] * 2


def test_a_call_for_a_signature_is_dropped_once_somebody_has_signed(room: Watchroom) -> None:
    room.dispatcher.drain()
    room.tick_at(room.clock.now() + timedelta(minutes=15))
    with room.database.write() as connection:
        connection.execute(
            acknowledgements.insert().values(
                case_id=1, cycle=1, person_id=1, at=room.clock.now(), is_first=True
            )
        )
    assert room.dispatcher.drain().cancelled == 1
    assert room.outbox()[-1].last_error == "已签收"


def test_time_left_is_not_spoken_of_after_the_due_instant(room: Watchroom) -> None:
    room.clock.advance(hours=6)
    assert room.dispatcher.drain().cancelled == 2
    assert "临期提醒不再有意义" in room.outbox()[0].last_error


def test_a_person_who_has_left_gets_nothing(room: Watchroom) -> None:
    with room.database.write() as connection:
        connection.execute(
            people.update().where(people.c.login == "值班").values(disabled_at=room.clock.now())
        )
    room.dispatcher.drain()
    assert [p.address for p in room.recorder.sent] == ["宣传"]
    assert [row.last_error for row in room.outbox() if row.state == "cancelled"] == ["收件人已停用"]


def test_l05_a_claim_whose_lease_ran_out_may_neither_send_nor_record(room: Watchroom) -> None:
    now = room.clock.now()
    with room.database.write() as connection:
        (stale, _) = outbox.claim(connection, now, now + timedelta(seconds=30), 5)
    room.clock.advance(seconds=31)
    room.dispatcher.drain()
    later = room.clock.now()
    with room.database.write() as connection:
        assert outbox.begin_send(connection, stale, later, later + timedelta(seconds=30)) == (False, None)
        taken = outbox.record(
            connection, stale, DeliveryOutcome.PERMANENT, "迟到的结果", later, state=OutboxState.FAILED
        )
        assert not outbox.cancel(connection, stale, "迟到的取消")
    assert not taken
    assert {row.state for row in room.outbox()} == {"accepted"}


def test_a_send_that_broke_off_is_on_record_as_ambiguous_before_the_next(room: Watchroom) -> None:
    now = room.clock.now()
    with room.database.write() as connection:
        (first, _) = outbox.claim(connection, now, now + timedelta(seconds=30), 5)
        assert outbox.begin_send(connection, first, now, now + timedelta(seconds=30)) == (True, None)
    assert room.dispatcher.drain().count == 0
    room.clock.advance(seconds=31)
    room.dispatcher.drain()
    assert attempts(room, first.id) == ["ambiguous", "accepted"]
    other = next(row.id for row in room.outbox() if row.id != first.id)
    assert attempts(room, other) == ["accepted"]


def test_a_claim_that_never_began_to_send_leaves_no_attempt(room: Watchroom) -> None:
    now = room.clock.now()
    with room.database.write() as connection:
        assert len(outbox.claim(connection, now, now + timedelta(seconds=30), 5)) == 2
        assert outbox.claim(connection, now, now + timedelta(seconds=30), 5) == []
    room.clock.advance(seconds=31)
    room.dispatcher.drain()
    assert attempts(room) == ["accepted"]


def test_the_most_urgent_notice_goes_first(room: Watchroom) -> None:
    room.dispatcher.drain()
    room.hire("承办", Role.HANDLER, "一科")
    room.clock.move_to(parse_instant("2026-03-02T09:00"))
    room.open_cases(8, "message.first_reply", hours=2, section="一科")
    room.tick_at(parse_instant("2026-03-02T10:00"))
    room.open_case()
    room.engine.tick()
    room.recorder.sent.clear()
    first = room.dispatcher.dispatch()
    assert first is not None
    urgent = [row.id for row in room.outbox() if row.priority == 0 and row.claim_no == 1]
    rest = [row for row in room.outbox() if row.priority > 0]
    assert len(urgent) >= 2
    assert sum(row.claim_no for row in rest) < len(rest)


@dataclass
class Broken:
    """A channel with a fault of its own."""

    def send(self, payload: Payload) -> Outcome:
        raise RuntimeError(payload.body)


def test_a_broken_channel_does_not_keep_the_others_from_sending(room: Watchroom) -> None:
    with room.database.write() as connection:
        broken = channels.add(connection, "broken", ChannelKind.WEBHOOK, {}, KEY, room.clock.now())
        refused = channels.add(connection, "refused", ChannelKind.SMTP, {}, KEY, room.clock.now())
        number = room.notices()[0].person_id
        for channel in (room.channel_id, broken, refused):
            channels.give_person(connection, number, channel, "139")
    room.open_case()
    room.engine.tick()
    error = DeliveryError("渠道 refused 的设置有误。", permanent=True)
    opened: dict[int, Channel | DeliveryError] = {
        room.channel_id: room.recorder,
        broken: Broken(),
        refused: error,
    }
    dispatcher = Dispatcher(room.database, lambda: opened, room.clock, room.law.ladders.delivery)
    done = dispatcher.drain()
    assert (done.accepted, done.count) == (4, 4)
    room.clock.advance(minutes=5)
    done = dispatcher.drain()
    assert (done.retried, done.count) == (1, 1)
    room.clock.advance(minutes=5)
    done = dispatcher.drain()
    assert (done.retried, done.failed) == (1, 1)
    errors = {row.channel_id: row.last_error for row in room.outbox() if row.last_error}
    assert errors == {broken: "渠道程序出错(RuntimeError)", refused: "渠道 refused 的设置有误。"}
