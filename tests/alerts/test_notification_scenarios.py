"""The failure scenarios N1–N9 of getting through to people, on both databases, against real providers."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa

from alerts.casework import Law
from alerts.spreading import off_peak
from core.clock import FixedClock, parse_instant, shanghai
from core.vocabulary import ChannelKind, DeliveryOutcome, Role
from storage import acknowledgements
from storage.database import Database
from tests.alerts.real_channels import DUTY, Channels, one_on_duty
from tests.providers import Provider, Reply

MOBILE = "13800138000"
FIRST_REPLY = "message.first_reply"


@pytest.fixture
def room(database: Database, law: Law, clock: FixedClock) -> Channels:
    """A night in the holidays."""
    clock.move_to(parse_instant("2026-02-16T22:30"))
    return Channels(database, law, clock)


def test_n1_accepted_and_cut_off_is_sent_again_under_the_same_key(room: Channels, provider: Provider) -> None:
    one_on_duty(room, room.install("hook", ChannelKind.WEBHOOK, provider))
    provider.script = ["hang up"]
    sender = room.sender()
    sender.drain()
    room.clock.advance(seconds=5)
    sender.drain()
    assert len(provider.arrived) == 2
    assert len(set(provider.keys())) == 1
    (row,) = [one for one in room.outbox() if one.address == DUTY]
    assert room.attempts(row.id) == ["ambiguous", "accepted"]
    assert [one.login for one in room.notices()].count("值班") == 1


@pytest.mark.parametrize(
    ("kind", "body", "state"),
    [
        (ChannelKind.WECOM, {"errcode": 93000}, "failed"),
        (ChannelKind.DINGTALK, {"errcode": 130101}, "pending"),
        (ChannelKind.FEISHU, {"code": 19021}, "failed"),
    ],
)
def test_n2_a_200_with_an_error_code_is_no_delivery(
    room: Channels, provider: Provider, kind: ChannelKind, body: dict[str, int], state: str
) -> None:
    provider.always = Reply(200, body)
    one_on_duty(room, room.install("robot", kind, provider))
    room.sender().drain()
    (row,) = [one for one in room.outbox() if one.address == DUTY]
    assert row.state == state
    assert row.accepted_at is None


def test_n3_waits_as_asked_and_gives_up_when_it_has_no_use_any_more(
    room: Channels, provider: Provider
) -> None:
    one_on_duty(room, room.install("hook", ChannelKind.WEBHOOK, provider))
    provider.script = [Reply(500), Reply(429, headers={"Retry-After": "90"})]
    provider.always = Reply(500)
    sender = room.sender()
    seen: list[int] = []
    start = room.clock.now()
    for second in range(0, 6 * 3600, 5):
        room.clock.move_to(start + timedelta(seconds=second))
        before = len(provider.arrived)
        sender.drain()
        seen += [second] * (len(provider.arrived) - before)
        if second > 200 and len(seen) < 4:
            continue
        if second > 900:
            break
    assert seen[:3] == [0, 5, 95]
    assert all(later > earlier for earlier, later in pairwise(seen))
    room.clock.move_to(start + timedelta(hours=5))
    sender.drain()
    (row,) = [one for one in room.outbox() if one.address == DUTY]
    assert (row.state, row.last_error) == ("cancelled", "期限已到，临期提醒不再有意义")


def busy_morning(room: Channels, robot: int) -> None:
    """Fifty-four routine notices to three people and two incidents, all through one robot."""
    room.clock.move_to(parse_instant("2026-03-02T09:05"))
    for number in range(3):
        person = room.hire(f"承办{number}", Role.HANDLER, f"{number}科")
        room.reach(person, (robot, f"1380000000{number}"))
    room.reach(room.hire("值班", Role.DUTY), (robot, DUTY))
    room.reach(room.hire("宣传", Role.PRESS), (robot, "13900000002"))
    for number in range(3):
        room.open_cases(18, FIRST_REPLY, hours=4, section=f"{number}科")
    room.tick_at(parse_instant("2026-03-02T11:05"))
    room.open_cases(2)
    room.engine.tick()
    assert len(room.outbox()) == 54 + 4


def most_in_a_minute(instants: list[datetime]) -> int:
    return max(sum(0 <= (b - a).total_seconds() < 60 for b in instants) for a in instants)


def test_n4_never_more_than_twenty_in_a_sliding_minute_and_the_major_ones_first(
    room: Channels, provider: Provider
) -> None:
    busy_morning(room, room.install("钉钉", ChannelKind.DINGTALK, provider))
    senders = [room.sender() for _ in range(4)]
    sent: list[datetime] = []
    start = room.clock.now()
    for second in range(0, 400, 7):
        room.clock.move_to(start + timedelta(seconds=second))
        threads = [threading.Thread(target=one.drain) for one in senders]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        sent += [room.clock.now()] * (len(provider.arrived) - len(sent))
    assert most_in_a_minute(sent) <= 20
    assert len(sent) == len(set(provider.keys())) == 58
    first = {DUTY, "13900000002"}
    urgent = [n for n, one in enumerate(provider.arrived) if first & set(one.body["at"]["atMobiles"])]
    assert max(urgent) < 20
    assert {row.state for row in room.outbox()} == {"accepted"}
    assert max(row.attempts for row in room.outbox()) == 1


def test_n4_a_notice_that_waits_too_long_takes_the_next_channel(
    room: Channels, provider: Provider, other: Provider
) -> None:
    robot = room.install("钉钉", ChannelKind.DINGTALK, provider)
    sms = room.install("短信", ChannelKind.SMS, other)
    other.always = Reply(200, {"code": "0"})
    provider.always = Reply(200, {"errcode": 130101})
    person = one_on_duty(room, robot)
    room.reach(person, (robot, DUTY), (sms, DUTY))
    room.open_case()
    room.engine.tick()
    sender = room.sender()
    sender.drain()
    # Two that are sent side by side may both be told; then it is closed for ten minutes, for every notice.
    told = len(provider.arrived)
    assert told in {1, 2}
    for _ in range(6):
        room.clock.advance(minutes=1)
        sender.drain()
    assert len(provider.arrived) == told
    assert [one.body["phone"] for one in other.arrived] == [DUTY]


@pytest.mark.parametrize("planned", ["10:00:00", "09:58:30", "10:31:59", "17:30:00"])
def test_n5_routine_warnings_are_spread_off_the_full_and_half_hour(planned: str) -> None:
    at = parse_instant(f"2026-03-02T{planned}")
    guard, spread = timedelta(minutes=2), timedelta(minutes=6)
    moved = [off_peak(at, str(n), guard, spread) for n in range(300)]
    past = [timedelta(minutes=one.minute % 30, seconds=one.second) for one in moved]
    assert all(guard <= one <= timedelta(minutes=28) for one in past)
    assert all(timedelta(0) < one - at <= 2 * guard + spread for one in moved)
    minutes = {one.replace(second=0, microsecond=0) for one in moved}
    assert len(minutes) >= 6
    assert moved == [off_peak(at, str(n), guard, spread) for n in range(300)]


def test_n5_what_falls_due_at_ten_is_planned_a_little_later_and_an_incident_is_not(room: Channels) -> None:
    room.hire("承办", Role.HANDLER, "一科")
    room.clock.move_to(parse_instant("2026-03-02T08:00"))
    room.open_cases(15, FIRST_REPLY, hours=4, section="一科")
    room.tick_at(parse_instant("2026-03-02T10:00"))
    routine = [row.next_at for row in room.outbox()]
    assert len(routine) == 15
    assert all(2 <= shanghai(at).minute < 8 for at in routine)
    room.hire("值班", Role.DUTY)
    room.open_case()
    room.engine.tick()
    assert min(row.next_at for row in room.outbox()) == room.clock.now()


def test_n6_accepted_and_thrown_away_is_followed_by_the_next_channel_and_then_the_next_level(
    room: Channels, provider: Provider, other: Provider
) -> None:
    wecom = room.install("企业微信", ChannelKind.WECOM, provider)
    sms = room.install("短信", ChannelKind.SMS, other)
    other.always = Reply(200, {"code": "0"})
    person = room.hire("值班", Role.DUTY)
    room.reach(person, (wecom, DUTY), (sms, DUTY))
    manager = room.hire("领导", Role.MANAGER)
    room.reach(manager, (wecom, MOBILE))
    room.hire("宣传", Role.PRESS)
    room.open_case()
    start = room.clock.now()
    sender = room.sender()

    def pass_to(minutes: float) -> None:
        room.tick_at(start + timedelta(minutes=minutes))
        sender.drain()

    pass_to(0)
    pass_to(4.9)
    assert (len(provider.arrived), len(other.arrived)) == (1, 0)
    pass_to(5)
    assert [one.body["phone"] for one in other.arrived] == [DUTY]
    pass_to(30)
    (to_manager,) = [one for one in provider.arrived if MOBILE in one.text]
    assert "还没有人签收" in to_manager.body["text"]["content"]


def test_n6_whoever_has_acknowledged_is_not_called_on_the_next_channel(
    room: Channels, provider: Provider, other: Provider
) -> None:
    wecom = room.install("企业微信", ChannelKind.WECOM, provider)
    sms = room.install("短信", ChannelKind.SMS, other)
    person = one_on_duty(room, wecom)
    room.reach(person, (wecom, DUTY), (sms, DUTY))
    room.open_case()
    room.engine.tick()
    sender = room.sender()
    sender.drain()
    with room.database.write() as connection:
        acknowledgements.add(connection, case_id=2, cycle=1, person_id=person, at=room.clock.now())
    room.clock.advance(minutes=5)
    sender.drain()
    assert other.arrived == []
    (row,) = [one for one in room.outbox() if one.place == 1]
    assert (row.state, row.last_error) == ("cancelled", "本人已签收，不再从下一个渠道发")


def test_n6_a_channel_that_fails_for_good_is_followed_at_once(
    room: Channels, provider: Provider, other: Provider
) -> None:
    provider.always = Reply(200, {"errcode": 93000})
    other.always = Reply(200, {"code": "0"})
    wecom = room.install("企业微信", ChannelKind.WECOM, provider)
    sms = room.install("短信", ChannelKind.SMS, other)
    person = room.hire("值班", Role.DUTY)
    room.reach(person, (wecom, DUTY), (sms, DUTY))
    room.hire("宣传", Role.PRESS)
    room.open_case()
    room.engine.tick()
    room.sender().drain()
    assert [one.body["phone"] for one in other.arrived] == [DUTY]


def test_n7_a_channel_that_is_down_for_hours_is_alarmed_once_and_holds_up_no_other(
    room: Channels, provider: Provider, other: Provider
) -> None:
    for key, made in (("甲", provider), ("乙", other)):
        channel = room.install(key, ChannelKind.WEBHOOK, made)
        room.reach(room.hire(f"值班{key}", Role.DUTY), (channel, key))
    room.hire("管理", Role.ADMIN)
    room.hire("宣传", Role.PRESS)
    provider.always = Reply(500)
    sender = room.sender()
    for _ in range(6):
        room.open_case(hours=30)
        for _ in range(4):
            room.engine.tick()
            sender.drain()
            room.clock.advance(minutes=15)
    alarms = [one for one in room.notices() if one.kind == "channel_down"]
    assert [one.login for one in alarms] == ["管理"]
    assert "渠道 甲" in alarms[0].body
    waiting = [row for row in room.outbox() if row.address == "甲"]
    assert {row.state for row in waiting} == {"pending"}
    assert {row.state for row in room.outbox() if row.address == "乙"} == {"accepted"}
    room.set_clock_state(1, "met")
    provider.always = Reply()
    before = len(provider.arrived)
    room.clock.advance(minutes=15)
    sender.drain()
    reasons = [row.last_error for row in room.outbox() if row.address == "甲" and row.state == "cancelled"]
    assert reasons
    assert set(reasons) == {"期限已不再计时（已答复、已暂停或已取消）"}
    assert len(provider.arrived) - before == len(waiting) - len(reasons)
    assert len(set(provider.keys()[before:])) == len(provider.arrived) - before


def test_n7_what_piles_up_for_one_person_becomes_one_digest_and_nothing_is_forgotten(
    room: Channels, provider: Provider
) -> None:
    hook = room.install("甲", ChannelKind.WEBHOOK, provider)
    room.reach(room.hire("承办", Role.HANDLER, "一科"), (hook, "承办"))
    room.clock.move_to(parse_instant("2026-03-02T09:05"))
    provider.always = Reply(500)
    sender = room.sender()
    for batch in range(3):
        room.open_cases(10, FIRST_REPLY, hours=8, section="一科")
        room.tick_at(parse_instant("2026-03-02T13:05") + timedelta(minutes=10 * batch))
        sender.drain()
        room.clock.advance(hours=-4)
    room.tick_at(parse_instant("2026-03-02T14:05"))
    sender.drain()
    provider.always = Reply()
    before = len(provider.arrived)
    for _ in range(4):
        room.clock.advance(minutes=15)
        sender.drain()
    got = [one.body["body"] for one in provider.arrived[before:]]
    merged = [row for row in room.outbox() if row.last_error == "积压太多，已并入一条摘要"]
    assert len(merged) > 20
    assert f"共有 {len(merged)} 项" in "".join(got)
    assert len(got) == 30 - len(merged) + 1
    for row in merged:
        case = next(one.case_id for one in room.notices() if one.id == row.notice_id)
        assert any(e["payload"].get("notice") == row.notice_id for e in room.events(case))
    assert room.audit_is_whole()


def test_n8_a_case_that_is_answered_cancels_what_still_waits(room: Channels, provider: Provider) -> None:
    hook = room.install("甲", ChannelKind.WEBHOOK, provider)
    for number in range(5):
        room.reach(room.hire(f"值班{number}", Role.DUTY), (hook, f"d{number}"))
    room.hire("宣传", Role.PRESS)
    room.open_case()
    room.engine.tick()
    waiting = [row for row in room.outbox() if row.channel_id == hook]
    assert len(waiting) >= 5
    room.set_clock_state(1, "met")
    done = room.sender().drain()
    assert (done.accepted, done.cancelled) == (0, len(room.outbox()))
    assert provider.arrived == []
    tags = [event["tag"] for event in room.events(1)]
    assert tags.count("notice:cancelled") == len(room.outbox())


def test_n9_one_person_in_two_roles_gets_one_notice_that_names_both(
    room: Channels, provider: Provider
) -> None:
    hook = room.install("甲", ChannelKind.WEBHOOK, provider)
    room.reach(room.hire("值班", Role.DUTY), (hook, "d"))
    room.hire("管理", Role.ADMIN)
    room.open_case()  # nobody is press: the duty officer stands in
    room.engine.tick()
    room.sender().drain()
    (arrived,) = [one for one in provider.arrived if one.body["to"] == "d"]
    assert "您同时以值班员、新闻宣传的身份收到" in arrived.body["body"]
    (notice,) = [one for one in room.notices() if one.kind == "warn"]
    assert [one["audience"] for one in notice.resolved] == ["duty", "press"]


def test_a_night_notice_of_an_incident_is_never_held_back_and_a_routine_one_waits_for_the_morning(
    room: Channels,
) -> None:
    room.hire("值班", Role.DUTY)
    room.hire("承办", Role.HANDLER, "一科")
    room.clock.move_to(parse_instant("2026-03-02T23:40"))
    room.open_case()
    room.open_case(FIRST_REPLY, hours=6, section="一科")
    room.tick_at(parse_instant("2026-03-03T02:45"))
    at = {
        one.login: row.next_at for one in room.notices() for row in room.outbox() if row.notice_id == one.id
    }
    assert at["值班"] <= parse_instant("2026-03-03T02:45")
    assert at["承办"] >= parse_instant("2026-03-03T08:30")


def test_outcomes_are_counted_by_channel(room: Channels, provider: Provider) -> None:
    one_on_duty(room, room.install("甲", ChannelKind.WEBHOOK, provider))
    provider.always = Reply(401)
    room.sender().drain()
    with room.database.read() as connection:
        found = connection.execute(
            sa.text("SELECT failures, last_error FROM channel_health WHERE failures > 0")
        )
        assert found.one() == (1, "对方拒绝(401)")
    assert DeliveryOutcome.PERMANENT.value == room.attempts(1)[0]
