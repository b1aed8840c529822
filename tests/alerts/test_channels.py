"""The three channels, each against a real server on this machine, and what each answer means."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from alerts.channels import Outcome, Payload
from alerts.channels.addresses import is_public
from alerts.channels.answers import ANY, judged
from alerts.channels.console import ConsoleChannel
from alerts.channels.opening import open_channel
from alerts.channels.smtp import SmtpChannel, SmtpSettings
from alerts.channels.web import Answer
from alerts.channels.webhook import WebhookChannel, WebhookSettings, signature
from core.clock import parse_instant
from core.errors import DeliveryError
from core.vocabulary import ChannelKind, DeliveryOutcome
from storage.channels import StoredChannel

AT = parse_instant("2026-02-16T22:30")
PAYLOAD = Payload("huiying-notice-7", "duty@office.example", "【首次回应】还剩1小时", "事件 1:南门路积水", AT)
SECRET = "b7f0-不外传"


def webhook(url: str, seconds: float = 1.0, **more: object) -> WebhookChannel:
    given = {"url": url, "allow_private": True, "secret": SECRET, "seconds": seconds, **more}
    return WebhookChannel(WebhookSettings.model_validate(given))


def test_the_console_writes_one_line_per_notice_readable_by_its_owner_alone(tmp_path: Path) -> None:
    shown: list[str] = []
    channel = ConsoleChannel(tmp_path, shown.append)
    two_lines = Payload("k", "a", "题", "一行\n两行", AT)
    assert [channel.send(one).kind for one in (PAYLOAD, two_lines)] == [DeliveryOutcome.ACCEPTED] * 2
    lines = (tmp_path / "notices.log").read_text("utf-8").splitlines()
    assert lines == shown
    assert lines[0].split("\t") == [
        "2026-02-16T22:30:00+08:00",
        "huiying-notice-7",
        "duty@office.example",
        PAYLOAD.subject,
        PAYLOAD.body,
    ]
    assert lines[1].endswith("一行 两行")
    assert (tmp_path / "notices.log").stat().st_mode & 0o077 == 0


def test_the_console_says_when_it_cannot_write(tmp_path: Path) -> None:
    assert ConsoleChannel(tmp_path / "absent").send(PAYLOAD).kind is DeliveryOutcome.TEMPORARY


def test_a_webhook_is_signed_and_carries_its_key(httpserver: HTTPServer) -> None:
    seen: list[Request] = []

    def answer(request: Request) -> Response:
        request.get_data()
        seen.append(request)
        return Response(json.dumps({"errcode": 0, "msgid": 12}))

    httpserver.expect_request("/hook", method="POST").respond_with_handler(answer)
    outcome = webhook(httpserver.url_for("/hook")).send(PAYLOAD)
    assert outcome == Outcome(DeliveryOutcome.ACCEPTED, provider_id="12")
    (request,) = seen
    body = request.get_data()
    stamp = request.headers["Huiying-Timestamp"]
    assert request.headers["Huiying-Signature"] == f"sha256={signature(SECRET, stamp, body)}"
    assert request.headers["Idempotency-Key"] == "huiying-notice-7"
    assert stamp == str(int(AT.timestamp()))
    assert json.loads(body) == {
        "id": "huiying-notice-7",
        "to": "duty@office.example",
        "subject": PAYLOAD.subject,
        "body": PAYLOAD.body,
        "at": "2026-02-16T22:30:00+08:00",
    }


def test_a_signature_changes_with_the_body_and_with_the_time() -> None:
    base = signature(SECRET, "1", b"{}")
    assert len({base, signature(SECRET, "2", b"{}"), signature(SECRET, "1", b"{ }")}) == 3


def test_a_redirect_is_not_followed(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook").respond_with_data("", 302, {"Location": httpserver.url_for("/other")})
    httpserver.expect_request("/other").respond_with_data("ok")
    assert webhook(httpserver.url_for("/hook")).send(PAYLOAD).kind is DeliveryOutcome.PERMANENT
    assert [request.path for request, _ in httpserver.log] == ["/hook"]


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, "ok", DeliveryOutcome.ACCEPTED),
        (204, "", DeliveryOutcome.ACCEPTED),
        (200, '{"errcode":0,"errmsg":"ok"}', DeliveryOutcome.ACCEPTED),
        (200, '{"StatusCode":0,"StatusMessage":"success"}', DeliveryOutcome.ACCEPTED),
        (200, '{"errcode":130101,"errmsg":"send too fast"}', DeliveryOutcome.THROTTLED),
        (200, '{"errcode":45009}', DeliveryOutcome.THROTTLED),
        (200, '{"code":11232,"msg":"frequency limited"}', DeliveryOutcome.THROTTLED),
        (200, '{"errcode":-1,"errmsg":"system busy"}', DeliveryOutcome.TEMPORARY),
        (200, '{"errcode":93000,"errmsg":"invalid webhook url"}', DeliveryOutcome.PERMANENT),
        (200, '{"code":"denied"}', DeliveryOutcome.PERMANENT),
        (429, "", DeliveryOutcome.THROTTLED),
        (503, "", DeliveryOutcome.THROTTLED),
        (500, "", DeliveryOutcome.TEMPORARY),
        (408, "", DeliveryOutcome.TEMPORARY),
        (401, "", DeliveryOutcome.PERMANENT),
        (301, "", DeliveryOutcome.PERMANENT),
    ],
)
def test_an_answer_is_judged_by_its_body_too(status: int, body: str, expected: DeliveryOutcome) -> None:
    assert judged(Answer(status, {}, body.encode()), ANY, AT).kind is expected


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120), ("Mon, 16 Feb 2026 14:31:00 GMT", 60), ("999999999", 3600), ("-5", 0), ("soon", None)],
)
def test_the_wait_a_provider_asks_for_is_taken_within_bounds(header: str, seconds: int | None) -> None:
    wait = judged(Answer(429, {"Retry-After": header}, b""), ANY, AT).retry_after
    assert wait == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "127.0.0.1",
        "169.254.169.254",
        "100.100.100.200",
        "0.0.0.0",  # noqa: S104 - nothing is bound to it
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "not-an-address",
    ],
)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["203.119.25.1", "2408:8000::1", "::ffff:203.119.25.1"])
def test_an_address_outside_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_a_channel_refuses_an_inside_address_in_every_notation(httpserver: HTTPServer, host: str) -> None:
    httpserver.expect_request("/").respond_with_data("ok")
    url = f"http://{host}:{httpserver.port}/"
    outcome = webhook(url, allow_private=False).send(PAYLOAD)
    assert outcome == Outcome(DeliveryOutcome.PERMANENT, "地址指向内部网络，未允许")
    assert httpserver.log == []


Talk = Callable[[socket.socket], None]


@pytest.fixture
def rude_server() -> Iterator[Callable[[Talk], int]]:
    """A server that says to one caller whatever the test wants; the port."""
    opened: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def start(talk: Talk) -> int:
        listening = socket.create_server(("127.0.0.1", 0))
        opened.append(listening)

        def serve() -> None:
            caller, _ = listening.accept()
            with caller:
                talk(caller)

        threads.append(threading.Thread(target=serve, daemon=True))
        threads[-1].start()
        return int(listening.getsockname()[1])

    yield start
    for thread in threads:
        thread.join(5)
    for one in opened:
        one.close()


def _hear(caller: socket.socket) -> None:
    caller.recv(65536)


def test_a_server_that_hangs_up_after_the_request_may_have_taken_it(
    rude_server: Callable[[Talk], int],
) -> None:
    port = rude_server(_hear)
    assert webhook(f"http://127.0.0.1:{port}/").send(PAYLOAD).kind is DeliveryOutcome.AMBIGUOUS


def test_a_server_that_never_answers_is_left_after_the_timeout(rude_server: Callable[[Talk], int]) -> None:
    left = threading.Event()

    def dawdle(caller: socket.socket) -> None:
        _hear(caller)
        left.wait(5)

    port = rude_server(dawdle)
    assert webhook(f"http://127.0.0.1:{port}/", 0.3).send(PAYLOAD).kind is DeliveryOutcome.AMBIGUOUS
    left.set()


def test_nobody_at_the_port_is_a_temporary_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert webhook(f"http://127.0.0.1:{port}/").send(PAYLOAD).kind is DeliveryOutcome.TEMPORARY


def mail_server(replies: dict[str, str], received: list[bytes]) -> Talk:
    """The server's side of RFC 5321, answering each verb as told and `250 ok` when not told."""

    def talk(caller: socket.socket) -> None:
        with caller.makefile("rwb") as lines:

            def say(text: str) -> None:
                lines.write(f"{text}\r\n".encode())
                lines.flush()

            say("220 test")
            for line in lines:
                verb = line.split()[0].decode().upper().partition(":")[0]
                reply = replies.get(verb, "354 go" if verb == "DATA" else "250 ok")
                if reply == "close":
                    return
                say(reply)
                if verb == "DATA" and reply.startswith("354"):
                    text = b""
                    while not text.endswith(b"\r\n.\r\n"):
                        text += lines.readline()
                    received.append(text)
                    end = replies.get(".", "250 queued")
                    if end == "close":
                        return
                    say(end)
                if verb == "QUIT":
                    return

    return talk


def smtp(port: int) -> SmtpChannel:
    given = {"host": "127.0.0.1", "port": port, "sender": "notice@office.example"}
    return SmtpChannel(SmtpSettings.model_validate(given), 2.0)


def test_a_mail_is_handed_over_with_the_notice_as_its_message_id(rude_server: Callable[[Talk], int]) -> None:
    received: list[bytes] = []
    outcome = smtp(rude_server(mail_server({}, received))).send(PAYLOAD)
    assert outcome == Outcome(DeliveryOutcome.ACCEPTED, provider_id="<huiying-notice-7@office.example>")
    mail = message_from_bytes(received[0].removesuffix(b".\r\n"), policy=default)
    assert mail["Message-ID"] == "<huiying-notice-7@office.example>"
    assert mail["Subject"] == PAYLOAD.subject
    assert mail["To"] == "duty@office.example"
    assert PAYLOAD.body in mail.get_content()


@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        ({"RCPT": "550 no such user"}, DeliveryOutcome.PERMANENT),
        ({"RCPT": "451 try later"}, DeliveryOutcome.TEMPORARY),
        ({"MAIL": "452 full"}, DeliveryOutcome.TEMPORARY),
        ({".": "554 spam"}, DeliveryOutcome.PERMANENT),
        ({".": "close"}, DeliveryOutcome.AMBIGUOUS),
    ],
    ids=["unknown", "greylisted", "full", "spam", "hangs up after the text"],
)
def test_a_mail_servers_refusal_is_classified(
    rude_server: Callable[[Talk], int], replies: dict[str, str], expected: DeliveryOutcome
) -> None:
    assert smtp(rude_server(mail_server(replies, []))).send(PAYLOAD).kind is expected


def test_no_mail_server_is_a_temporary_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert smtp(port).send(PAYLOAD).kind is DeliveryOutcome.TEMPORARY


def test_secrets_show_in_no_error_and_no_text(tmp_path: Path) -> None:
    settings = {"url": f"ftp://x/{SECRET}", "secret": SECRET}
    stored = StoredChannel(1, "robot", ChannelKind.WEBHOOK, True, settings)
    with pytest.raises(DeliveryError) as caught:
        open_channel(stored, tmp_path)
    assert SECRET not in str(caught.value) + repr(caught.value)
    assert caught.value.code == "channel.invalid"
    good = WebhookSettings.model_validate({"url": "https://x.example/", "secret": SECRET})
    assert SECRET not in repr(good)
