"""The failure scenarios N1–N15 of getting through to people, on both databases, against real providers."""

from __future__ import annotations

import json
import logging
import socket
import threading
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from alerts.casework import Law
from alerts.channels import Channel, Payload
from alerts.channels.limits import load_limits
from alerts.channels.opening import open_all
from alerts.channels.webhook import WebhookChannel, WebhookSettings
from alerts.dispatcher import Dispatcher
from alerts.spreading import off_peak
from core.clock import FixedClock, parse_instant, shanghai
from core.errors import DeliveryError
from core.redact import Redactor
from core.rulebook import rules_folder
from core.vocabulary import ChannelKind, DeliveryOutcome, Role
from storage import acknowledgements, channels, outbox
from storage.database import Database
from storage.tables import people
from tests.alerts.watchroom import KEY, Watchroom
from tests.providers import Provider, Reply

LIMITS = load_limits(rules_folder())
MOBILE = "13800138000"
DUTY = "13900000001"
FIRST_REPLY = "message.first_reply"


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider()
    yield made
    made.close()


@pytest.fixture
def other() -> Iterator[Provider]:
    made = Provider()
    yield made
    made.close()


class Channels(Watchroom):
    """The watchroom with its real channels: what is stored is what sends."""

    def opened(self, database: Database) -> Mapping[int, Channel | DeliveryError]:
        found = dict(open_all(database, KEY, Path("/nowhere"), LIMITS))
        return {**found, self.channel_id: self.recorder}

    def install(self, key: str, kind: ChannelKind, provider: Provider, **more: Any) -> int:
        """A channel that leads to a provider; its number."""
        settings = {"url": provider.url, "allow_private": True, "seconds": 0.5, **more}
        with self.database.write() as connection:
            return channels.add(connection, key, kind, settings, KEY, self.clock.now())

    def reach(self, person: int, *ways: tuple[int, str]) -> None:
        with self.database.write() as connection:
            for place, (channel, address) in enumerate(ways):
                channels.give_person(connection, person, channel, address, place)

    def sender(self) -> Dispatcher:
        return Dispatcher(
            self.database, lambda: self.opened(self.database), self.clock, self.law.ladders.delivery
        )

    def attempts(self, row: int) -> list[str]:
        with self.database.read() as connection:
            return [one["outcome"] for one in outbox.attempts_of(connection, row)]


@pytest.fixture
def room(database: Database, law: Law, clock: FixedClock) -> Channels:
    """A night in the holidays."""
    clock.move_to(parse_instant("2026-02-16T22:30"))
    return Channels(database, law, clock)


def one_on_duty(room: Channels, channel: int) -> int:
    """Somebody on duty with one channel, and an incident that has just been opened; one notice waits."""
    person = room.hire("值班", Role.DUTY)
    room.reach(person, (channel, DUTY))
    for role in (Role.PRESS, Role.ADMIN):
        room.hire(role.value, role)
    room.open_case()
    room.engine.tick()
    return person


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


def test_n12_a_name_that_changes_between_check_and_connect_gains_nothing(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def resolve(host: str, port: int, *_: object, **__: object) -> list[Any]:
        if host == "rebind.example":
            asked.append(host)
            # Were it asked a second time, it would lead to the metadata service.
            host = "127.0.0.1" if len(asked) == 1 else "169.254.169.254"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    url = provider.url.replace("127.0.0.1", "rebind.example")
    settings = WebhookSettings.model_validate({"url": url, "allow_private": True})
    payload = Payload("k", "a", "题", "文", parse_instant("2026-02-16T22:30"))
    assert WebhookChannel(settings).send(payload).kind is DeliveryOutcome.ACCEPTED
    assert asked == ["rebind.example"]
    assert provider.arrived[0].headers["Host"].startswith("rebind.example:")


def test_n12_a_name_with_one_address_inside_is_refused_whatever_the_others_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def resolve(_host: str, port: int, *_: object, **__: object) -> list[Any]:
        hosts = ("8.8.8.8", "10.0.0.1")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port)) for host in hosts]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    channel = WebhookChannel(WebhookSettings.model_validate({"url": "http://two.example/"}))
    outcome = channel.send(Payload("k", "a", "题", "文", parse_instant("2026-02-16T22:30")))
    assert (outcome.kind, outcome.detail) == (DeliveryOutcome.PERMANENT, "地址指向内部网络，未允许")


HOSTILE = (
    '<b>停电</b> @all @所有人 ＠全体 `x` [a](http://evil) \x07\x1b[31m\u202e\u200b"}],{" \\u0000 '
    + "长😀" * 5000
)


@pytest.mark.parametrize(
    "kind", [ChannelKind.WECOM, ChannelKind.DINGTALK, ChannelKind.FEISHU, ChannelKind.SMS]
)
def test_n13_a_citizens_words_break_nothing_and_call_nobody(
    room: Channels, provider: Provider, kind: ChannelKind
) -> None:
    provider.always = Reply(200, {"errcode": 0, "code": "0", "StatusCode": 0})
    channel = room.install("渠道", kind, provider)
    room.reach(room.hire("值班", Role.DUTY), (channel, DUTY))
    room.hire("宣传", Role.PRESS)
    room.open_case(title=HOSTILE)
    room.engine.tick()
    room.sender().drain()
    (arrived,) = provider.arrived
    told = json.dumps(arrived.body, ensure_ascii=False)
    assert len(arrived.text.encode()) < 2048
    words = (
        told.replace("atMobiles", "").replace("isAtAll", "").replace(f'<at user_id=\\"{DUTY}\\"></at>', "")
    )
    assert not {"@", "＠", "<", ">", "`", "\x1b", "\u202e", "\u200b", "\x07"} & set(words)
    assert "停电" in told
    assert "…" in told


def test_n13_no_personal_data_is_in_a_push(room: Channels, provider: Provider, law: Law) -> None:
    """A title is masked before its first write; what a notice adds are numbers, sections and times."""
    hook = room.install("甲", ChannelKind.WEBHOOK, provider)
    room.reach(room.hire("值班", Role.DUTY), (hook, "d"))
    title = Redactor(b"test").text("张三 13812345678 身份证 11010519491231002X 反映停电")
    room.open_case(title=title)
    room.engine.tick()
    room.sender().drain()
    sent = "".join(one.text for one in provider.arrived)
    assert "停电" in sent
    assert "13812345678" not in sent
    assert "11010519491231002X" not in sent
    assert law is room.law


@pytest.mark.parametrize("trouble", ["refused", "hang up", "error", "hang"])
def test_n14_no_secret_is_in_a_log_an_error_or_the_trail(
    room: Channels, provider: Provider, caplog: pytest.LogCaptureFixture, trouble: str
) -> None:
    caplog.set_level(logging.DEBUG)
    one_on_duty(room, room.install("钉钉", ChannelKind.DINGTALK, provider, secret="SEC-do-not-tell"))
    if trouble == "refused":
        provider.close()
    elif trouble == "error":
        provider.always = Reply(200, {"errcode": 310000, "errmsg": "SEC-do-not-tell secret-in-the-address"})
    else:
        provider.always = "hang" if trouble == "hang" else "hang up"
    room.sender().drain()
    with room.database.read() as connection:
        attempts = [dict(one) for one in outbox.attempts_of(connection, 1)]
    kept = [caplog.text, str(room.outbox()), str(attempts), str(room.events(1)), str(room.notices())]
    assert len(attempts) == 1
    for secret in ("SEC-do-not-tell", "secret-in-the-address"):
        assert all(secret not in one for one in kept)


def test_n15_who_has_left_gets_nothing_though_the_number_is_somebody_elses_now(
    room: Channels, provider: Provider
) -> None:
    hook = room.install("甲", ChannelKind.WEBHOOK, provider)
    left = one_on_duty(room, hook)
    with room.database.write() as connection:
        connection.execute(people.update().where(people.c.id == left).values(disabled_at=room.clock.now()))
    successor = room.hire("接任", Role.DUTY)
    room.reach(successor, (hook, DUTY))
    room.open_case()
    room.engine.tick()
    room.sender().drain()
    by_key = {f"huiying-notice-{one.id}": one.login for one in room.notices()}
    assert [by_key[key] for key in provider.keys()] == ["接任"]  # noqa: SIM118 - not a mapping
    with room.database.read() as connection:
        (row,) = [one for one in outbox.of_notices(connection, [1, 2]) if one["last_error"] == "收件人已停用"]
    assert row["state"] == "cancelled"


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
