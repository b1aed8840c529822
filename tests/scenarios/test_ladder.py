"""Group L: ladders, rosters, engines that stop and start."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest

from alerts.actors import Actor
from alerts.answering import Reply, reply
from alerts.duty import (
    NewPost,
    Turn,
    add_turn,
    alarm_gaps,
    answer_roll,
    be_away,
    call_roll,
    close_post,
    hand_over,
    open_post,
    put_turns,
    swap,
    take_over,
)
from alerts.handling import acknowledge
from core.clock import parse_instant
from core.errors import Conflict, InvalidInput, NotAllowed
from core.vocabulary import Audience, Role
from storage import events
from storage import roster as stored
from storage.tables import handovers, roll_calls
from tests.alerts.bureau import ROADS, Bureau
from tests.alerts.watchroom import CALENDAR, Watchroom
from tests.factories import ANSWER, make_record

HOUR = timedelta(hours=1)


class Staff:
    """The people of a watchroom, and its roster in short."""

    def __init__(self, room: Watchroom) -> None:
        self.room = room
        self.numbers = {
            login: room.hire(login, role)
            for login, role in [
                ("sun", Role.DUTY),
                ("qian", Role.DUTY),
                ("li", Role.PRESS),
                ("zhou", Role.MANAGER),
                ("he", Role.ADMIN),
            ]
        }
        self.admin = self.actor("he", Role.ADMIN)

    def actor(self, login: str, role: Role) -> Actor:
        return Actor(self.numbers[login], login, login, role)

    def do(self, verb: Any, *args: Any, **kwargs: Any) -> Any:
        """Give a verb of the roster in a transaction of its own."""
        with self.room.database.write() as connection:
            return verb(connection, *args, **kwargs)

    def post(self, key: str = "duty", *, audience: Audience = Audience.DUTY, needs_all: bool = False) -> None:
        new = NewPost(key, key, audience, needs_all=needs_all)
        self.do(open_post, self.admin, new, self.room.clock.now())

    def turn(self, login: str, hours: float = 8, *, post: str = "duty", after: float = 0) -> None:
        now = self.room.clock.now()
        turn = Turn(login, now + after * HOUR, now + (after + hours) * HOUR)
        self.do(add_turn, self.admin, post, turn, now)

    def told(self) -> list[tuple[str, str]]:
        return [(row.login, row.kind) for row in self.room.notices()]


@pytest.fixture
def staff(room: Watchroom) -> Staff:
    return Staff(room)


def test_l15_an_empty_post_falls_through_at_once_and_says_so(staff: Staff, room: Watchroom) -> None:
    staff.post()
    clock_id = room.open_case()
    room.engine.tick()
    # Both duty officers have an account; neither is on duty.
    assert staff.told() == [("he", "nobody"), ("li", "warn")]
    tags = [one["tag"] for one in room.events(clock_id)]
    assert "notice:redirected" in tags


def test_l15_somebody_on_duty_is_told_and_the_others_sleep(staff: Staff, room: Watchroom) -> None:
    staff.post()
    staff.turn("qian")
    room.open_case()
    room.engine.tick()
    assert staff.told() == [("qian", "warn"), ("li", "warn")]


def test_l16_recipients_are_resolved_when_the_step_fires_and_kept(staff: Staff, room: Watchroom) -> None:
    staff.post()
    staff.turn("sun")
    room.open_case()
    now = room.clock.now()
    staff.do(
        swap,
        staff.admin,
        "duty",
        stand_in="qian",
        instead_of="sun",
        since=now,
        until=now + HOUR,
        reason="孙值班发烧",
        now=now,
    )
    room.engine.tick()
    (notice,) = [row for row in room.notices() if row.login == "qian"]
    assert notice.resolved[0]["via"] == "override/1"
    # A later edit of the roster rewrites nothing, neither the notice nor who it goes to.
    staff.do(put_turns, staff.admin, "duty", [], since=now - HOUR, until=now + 9 * HOUR, now=now)
    room.dispatcher.drain()
    assert [row.login for row in room.notices()][:1] == ["qian"]
    assert room.notices()[0].resolved == notice.resolved
    assert "qian" in {sent.address for sent in room.recorder.sent}


def test_l16_an_absent_persons_notices_go_to_the_delegate(staff: Staff, room: Watchroom) -> None:
    now = room.clock.now()
    press = staff.actor("li", Role.PRESS)
    away = {"since": now, "until": now + 24 * HOUR, "reason": "出差", "now": now}
    staff.do(be_away, press, delegate="zhou", **away)
    with pytest.raises(InvalidInput, match="自己"):
        staff.do(be_away, press, delegate="li", **away)
    room.open_case()
    room.engine.tick()
    assert ("zhou", "warn") in staff.told()
    assert ("li", "warn") not in staff.told()
    (notice,) = [row for row in room.notices() if row.login == "zhou"]
    assert notice.resolved[0]["via"] == f"role+away/{staff.numbers['li']}"


def test_the_holiday_roster_is_looked_at_a_week_ahead(staff: Staff, room: Watchroom) -> None:
    room.clock.move_to(parse_instant("2026-09-26T09:00"))
    staff.post()
    staff.turn("sun", 24 * 5)  # until 1 October, nine o'clock
    now, delivery = room.clock.now(), room.law.ladders.delivery
    assert staff.do(alarm_gaps, delivery, CALENDAR, now) == 1
    assert staff.do(alarm_gaps, delivery, CALENDAR, now + HOUR) in {0, 1}
    (notice, *_) = room.notices()
    assert (notice.login, notice.kind) == ("he", "roster_gap")
    assert "10月1日09:00" in notice.body
    assert "国庆节" in notice.body
    staff.turn("qian", 24 * 8, after=24 * 5)
    assert staff.do(alarm_gaps, delivery, CALENDAR, now) == 0


def test_a_watch_is_handed_over_with_its_open_clocks_and_signed_by_both(
    staff: Staff, room: Watchroom
) -> None:
    staff.post()
    clock_id = room.open_case(title="南门路积水")
    now = room.clock.now()
    sun, qian = staff.actor("sun", Role.DUTY), staff.actor("qian", Role.DUTY)
    number = staff.do(hand_over, sun, "duty", to="qian", note="水务科已到现场", now=now, rule_labels={})
    with pytest.raises(Conflict):
        staff.do(take_over, staff.actor("zhou", Role.MANAGER), number, now)
    staff.do(take_over, qian, number, now + HOUR)
    with pytest.raises(Conflict):
        staff.do(take_over, qian, number, now + 2 * HOUR)
    with room.database.read() as connection:
        row = connection.execute(handovers.select()).mappings().one()
        trail = [one["tag"] for one in events.of_stream(connection, events.OFFICE_STREAM)]
    assert [one["deadline"] for one in row["clocks"]] == [clock_id]
    assert (row["note"], row["written_at"], row["taken_at"]) == ("水务科已到现场", now, now + HOUR)
    assert trail[-2:] == ["duty:handed_over", "duty:taken_over"]


def test_the_roll_is_called_and_answered(staff: Staff, room: Watchroom) -> None:
    staff.post()
    staff.turn("sun")
    staff.turn("qian")
    now = room.clock.now()
    called = staff.do(call_roll, staff.actor("zhou", Role.MANAGER), now)
    assert [(one["person"], one["reachable"]) for one in called] == [("sun", True), ("qian", True)]
    assert staff.told() == [("sun", "roll_call"), ("qian", "roll_call")]
    assert staff.do(answer_roll, staff.actor("sun", Role.DUTY), now + HOUR) == 1
    with room.database.read() as connection:
        rows = connection.execute(roll_calls.select().order_by(roll_calls.c.id)).mappings().all()
    assert [row["answered_at"] for row in rows] == [now + HOUR, None]


def test_turns_replace_those_of_their_period_only(staff: Staff, room: Watchroom) -> None:
    staff.post()
    now = room.clock.now()
    staff.turn("sun", 8)
    staff.turn("sun", 8, after=24)
    turn = Turn("qian", now, now + 8 * HOUR)
    period = {"since": now, "until": now + 12 * HOUR, "now": now}
    assert staff.do(put_turns, staff.admin, "duty", [turn], **period) == 1
    with room.database.read() as connection:
        rows = stored.around(connection, now, now + 48 * HOUR)["shifts"]
    assert [row["person_id"] for row in rows] == [staff.numbers["qian"], staff.numbers["sun"]]
    with pytest.raises(InvalidInput, match="已有值班"):
        staff.do(put_turns, staff.admin, "duty", [turn, turn], **period)
    with pytest.raises(InvalidInput, match="不在所填的期间"):
        staff.do(put_turns, staff.admin, "duty", [turn], since=now + HOUR, until=now + 2 * HOUR, now=now)
    with pytest.raises(NotAllowed):
        staff.do(put_turns, staff.actor("sun", Role.DUTY), "duty", [turn], **period)
    staff.do(close_post, staff.admin, "duty", now)
    with room.database.read() as connection:
        assert stored.posts(connection) == []


def test_a05_on_a_level_where_all_must_sign_the_others_are_called_on(staff: Staff, room: Watchroom) -> None:
    staff.post(needs_all=True)
    staff.turn("sun")
    staff.turn("qian")
    room.open_case()
    start = room.clock.now()
    room.tick_at(start)
    sign(staff, room, "sun")
    room.tick_at(start + timedelta(minutes=15))
    later = staff.told()[len(staff.told()) - 1 :]
    assert later == [("qian", "countersign")]
    # What is queued is dropped once the person has signed, and not because the other has.
    sign(staff, room, "qian")
    before = len(room.recorder.sent)
    room.dispatcher.drain()
    assert not [one for one in room.recorder.sent[before:] if "会签" in one.subject]
    room.tick_at(start + timedelta(minutes=31))
    assert [a.state for a in room.actions() if a.kind == "remind"][:2] == ["fired", "skipped"]


def sign(staff: Staff, room: Watchroom, login: str) -> None:
    """Sign for the first case now."""
    from alerts.steps import Act

    with room.database.write() as connection:
        acknowledge(connection, 1, Act(staff.actor(login, Role.DUTY), room.clock.now()))


def test_a04_a_signature_without_a_response_is_called_again_and_goes_up(
    staff: Staff, room: Watchroom
) -> None:
    clock_id = room.open_case()
    start = room.clock.now()
    room.tick_at(start)
    sign(staff, room, "sun")
    room.tick_at(start + timedelta(minutes=31))
    assert {kind for _, kind in staff.told()} == {"warn"}
    room.tick_at(start + timedelta(hours=2, minutes=1))
    assert ("sun", "remind_again") in staff.told()
    room.tick_at(start + timedelta(hours=3, minutes=1))
    assert ("zhou", "remind_again") in staff.told()
    breached = room.tick_at(start + timedelta(hours=5, minutes=1))
    assert breached.fired > 0
    assert "deadline:breached" in [one["tag"] for one in room.events(clock_id)]


def test_l10_a_wrong_clock_of_the_server_moves_no_deadline(bureau: Bureau) -> None:
    case = bureau.letter(make_record("2026-03-02T08:00", section=ROADS))
    due = bureau.clocks(case)[0]["due_at"]
    bureau.clock.advance(hours=-2)
    bureau.do(acknowledge, case, bureau.roads)
    bureau.clock.advance(hours=4)
    bureau.do(acknowledge, case, bureau.duty)
    assert bureau.clocks(case)[0]["due_at"] == due


@pytest.mark.parametrize("what", ["reply", "sign"])
def test_l06_l07_a_response_or_a_signature_beside_the_tick_is_before_or_after_it(
    bureau: Bureau, what: str
) -> None:
    """Twenty cases; each is answered, or signed for, while two engines tick at its very instant."""
    numbers = [bureau.letter(make_record("2026-03-02T08:00", section=ROADS)) for _ in range(20)]
    room = Watchroom(bureau.database, bureau.law, bureau.clock)
    bureau.clock.move_to(parse_instant("2026-03-10T00:00"))
    start = Barrier(3)

    def answer() -> None:
        start.wait()
        for number in numbers:
            if what == "reply":
                bureau.do(reply, number, bureau.roads, bureau.law, Reply(ANSWER))
            else:
                bureau.do(acknowledge, number, bureau.roads)

    def tick() -> None:
        start.wait()
        room.engine.tick()

    threads = [Thread(target=one) for one in (answer, tick, tick)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    room.engine.tick()
    for number in numbers:
        tags = bureau.tags(number)
        assert tags.count("deadline:breached") <= 1
        if what == "reply":
            rungs = [tag for tag in tags[tags.index("case:replied") :] if tag.startswith("deadline:")]
            assert rungs == []
        else:
            # A signature stops no clock: the breach is recorded once, before or after it.
            assert tags.count("deadline:breached") == 1


def test_l13_a_long_report_holds_up_no_tick(staff: Staff, room: Watchroom) -> None:
    room.open_case()
    with room.database.read() as reporting:
        stored.posts(reporting)
        ticked = room.engine.tick()
        assert ticked.fired > 0
        stored.posts(reporting)
    lags = [row.lag_seconds for row in room.actions() if row.state == "fired"]
    assert set(lags) == {0.0}
