"""The failure scenarios N12–N15: what goes out gives nothing away and reaches nobody it should not."""

from __future__ import annotations

import json
import logging
import socket
from typing import Any

import pytest

from alerts.casework import Law
from alerts.channels import Payload
from alerts.channels.webhook import WebhookChannel, WebhookSettings
from core.clock import FixedClock, parse_instant
from core.redact import Redactor
from core.vocabulary import ChannelKind, DeliveryOutcome, Role
from storage import outbox
from storage.database import Database
from storage.tables import people
from tests.alerts.real_channels import DUTY, Channels, one_on_duty
from tests.providers import Provider, Reply


@pytest.fixture
def room(database: Database, law: Law, clock: FixedClock) -> Channels:
    """A night in the holidays."""
    clock.move_to(parse_instant("2026-02-16T22:30"))
    return Channels(database, law, clock)


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
