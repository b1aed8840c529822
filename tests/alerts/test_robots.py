"""The chat platforms' robots and the gateway of short messages, against a real server on this machine."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from alerts.channels import Channel, Outcome, Payload
from alerts.channels.opening import open_channel
from alerts.channels.texts import cut
from core.clock import parse_instant
from core.errors import DeliveryError
from core.vocabulary import ChannelKind, DeliveryOutcome
from storage.channels import StoredChannel
from tests.conftest import REAL_DATA

AT = parse_instant("2026-02-16T22:30")
MOBILE = "13800138000"
PAYLOAD = Payload("huiying-notice-7", MOBILE, "【首次回应】还剩1小时", "事件 1:南门路积水", AT)
SECRET = "SEC-不外传"
FINE = {
    ChannelKind.WECOM: {"errcode": 0, "errmsg": "ok"},
    ChannelKind.DINGTALK: {"errcode": 0, "errmsg": "ok"},
    ChannelKind.FEISHU: {"code": 0, "msg": "success", "data": {}},
    ChannelKind.SMS: {"code": "0", "id": "m-1"},
}
ROBOTS = (ChannelKind.WECOM, ChannelKind.DINGTALK, ChannelKind.FEISHU)


def opened(kind: ChannelKind, url: str, **more: Any) -> Channel:
    settings = {"url": url, "allow_private": True, "seconds": 1.0, **more}
    return open_channel(StoredChannel(1, "channel", kind, True, settings), REAL_DATA)


class Platform:
    """Answers as told and keeps what it was sent."""

    def __init__(self, server: HTTPServer) -> None:
        self.seen: list[Request] = []
        self.answer: Any = {}
        self.status = 200
        self.url = server.url_for("/send?key=k-1")
        server.expect_request("/send").respond_with_handler(self._take)

    def _take(self, request: Request) -> Response:
        request.get_data()
        self.seen.append(request)
        text = self.answer if isinstance(self.answer, str) else json.dumps(self.answer)
        return Response(text, self.status)

    @property
    def body(self) -> Any:
        return json.loads(self.seen[-1].get_data())


@pytest.fixture
def platform(httpserver: HTTPServer) -> Platform:
    return Platform(httpserver)


def sent(platform: Platform, kind: ChannelKind, payload: Payload = PAYLOAD, **more: Any) -> Outcome:
    platform.answer = platform.answer or FINE[kind]
    return opened(kind, platform.url, **more).send(payload)


def test_wecom_gets_a_text_that_calls_the_person_by_mobile(platform: Platform) -> None:
    assert sent(platform, ChannelKind.WECOM).kind is DeliveryOutcome.ACCEPTED
    assert platform.body == {
        "msgtype": "text",
        "text": {
            "content": "【首次回应】还剩1小时\n事件 1:南门路积水",
            "mentioned_mobile_list": [MOBILE],
        },
    }
    assert platform.seen[0].args["key"] == "k-1"
    assert platform.seen[0].headers["Idempotency-Key"] == "huiying-notice-7"


def test_dingtalk_is_signed_with_the_time_and_the_secret(platform: Platform) -> None:
    assert sent(platform, ChannelKind.DINGTALK, secret=SECRET).kind is DeliveryOutcome.ACCEPTED
    stamp = platform.seen[0].args["timestamp"]
    assert stamp == str(int(AT.timestamp()) * 1000)
    digest = hmac.new(SECRET.encode(), f"{stamp}\n{SECRET}".encode(), hashlib.sha256).digest()
    assert platform.seen[0].args["sign"] == base64.b64encode(digest).decode()
    assert platform.body["at"] == {"atMobiles": [MOBILE], "isAtAll": False}
    assert SECRET not in platform.seen[0].url + platform.seen[0].get_data().decode()


def test_feishu_is_signed_with_an_empty_message(platform: Platform) -> None:
    member = Payload("k", "ou_1a", "题", "文", AT)
    assert sent(platform, ChannelKind.FEISHU, member, secret=SECRET).kind is DeliveryOutcome.ACCEPTED
    stamp = str(int(AT.timestamp()))
    digest = hmac.new(f"{stamp}\n{SECRET}".encode(), b"", hashlib.sha256).digest()
    assert platform.body == {
        "msg_type": "text",
        "content": {"text": '题\n文\n<at user_id="ou_1a"></at>'},
        "timestamp": stamp,
        "sign": base64.b64encode(digest).decode(),
    }


@pytest.mark.parametrize("address", ["@all", "all", "", '"></at>', "a b"])
@pytest.mark.parametrize("kind", ROBOTS)
def test_nobody_is_called_by_an_address_that_is_no_member(
    platform: Platform, kind: ChannelKind, address: str
) -> None:
    sent(platform, kind, Payload("k", address, "题", "文", AT))
    text = platform.seen[0].get_data().decode()
    assert "all" not in text.replace("isAtAll", "")
    assert "mention" not in text
    assert "<at" not in text


@pytest.mark.parametrize(
    ("kind", "answer", "expected", "wait"),
    [
        (ChannelKind.WECOM, {"errcode": 93000, "errmsg": "invalid webhook url"}, "permanent", None),
        (ChannelKind.WECOM, {"errcode": 45009, "errmsg": "api freq out of limit"}, "throttled", None),
        (ChannelKind.WECOM, {"errcode": -1, "errmsg": "system busy"}, "temporary", None),
        (ChannelKind.DINGTALK, {"errcode": 130101, "errmsg": "send too fast"}, "throttled", 600),
        (ChannelKind.DINGTALK, {"errcode": 310000, "errmsg": "sign not match"}, "permanent", None),
        (ChannelKind.DINGTALK, {"errcode": -1, "errmsg": "系统繁忙"}, "temporary", None),
        (ChannelKind.FEISHU, {"code": 11232, "msg": "frequency limited"}, "throttled", None),
        (ChannelKind.FEISHU, {"code": 9499, "msg": "too many request"}, "throttled", None),
        (ChannelKind.FEISHU, {"code": 9499, "msg": "Bad Request", "data": {}}, "permanent", None),
        (ChannelKind.FEISHU, {"code": 19021, "msg": "sign match fail"}, "permanent", None),
        (ChannelKind.FEISHU, {"StatusCode": 0, "StatusMessage": "success"}, "accepted", None),
        (ChannelKind.SMS, {"code": "1001"}, "permanent", None),
        (ChannelKind.SMS, {"result": "ok"}, "permanent", None),
        *((kind, "<html>登录上网</html>", "temporary", None) for kind in ROBOTS),
    ],
)
def test_n2_a_200_with_an_error_code_is_a_failure_of_its_kind(
    platform: Platform, kind: ChannelKind, answer: Any, expected: str, wait: int | None
) -> None:
    platform.answer = answer
    outcome = sent(platform, kind)
    assert outcome.kind is DeliveryOutcome(expected)
    assert outcome.retry_after == (timedelta(seconds=wait) if wait else None)


@pytest.mark.parametrize(("kind", "most"), [(ChannelKind.WECOM, 2048), (ChannelKind.DINGTALK, 20000)])
def test_a_text_is_cut_at_the_platforms_bytes(platform: Platform, kind: ChannelKind, most: int) -> None:
    sent(platform, kind, Payload("k", MOBILE, "题", "长" * 10000, AT))
    text = platform.body["text"]["content"]
    assert most - 3 < len(text.encode()) <= most
    assert text.endswith("长…")


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("南门路", 9, "南门路"),
        ("南门路积水", 12, "南门路…"),
        ("南门路积水", 13, "南门路…"),
        ("ab南", 4, "a…"),
        ("好👍🏽了吗", 11, "好…"),
        ("一家👨‍👩‍👧好", 20, "一家…"),
        ("e\u0301e\u0301e\u0301", 7, "e\u0301…"),
    ],
)
def test_a_cut_falls_between_what_a_reader_sees_as_one(text: str, limit: int, expected: str) -> None:
    assert cut(text, limit) == expected
    assert len(cut(text, limit).encode()) <= limit


def test_a_short_message_fills_the_gateways_template(platform: Platform) -> None:
    template = '{"to":["{phone}"],"text":"{text}","id":"{key}","sign":"{secret}"}'
    payload = Payload("k-9", MOBILE, '题"引', "一行\n两行", AT)
    outcome = sent(platform, ChannelKind.SMS, payload, template=template, secret=SECRET)
    assert outcome == Outcome(DeliveryOutcome.ACCEPTED, provider_id="m-1")
    assert platform.body == {"to": [MOBILE], "text": '题"引 一行 两行', "id": "k-9", "sign": SECRET}


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_gateway_that_takes_a_form_gets_it_escaped(platform: Platform, method: str) -> None:
    payload = Payload("k-9", MOBILE, "题&phone=1", "文", AT)
    template = "phone={phone}&text={text}"
    outcome = sent(platform, ChannelKind.SMS, payload, template=template, format="form", method=method)
    assert outcome.kind is DeliveryOutcome.ACCEPTED
    request = platform.seen[0]
    given = request.get_data().decode() if method == "POST" else request.query_string.decode()
    assert parse_qs(given)["phone"] == [MOBILE]
    assert parse_qs(given)["text"] == ["题&phone=1 文"]


def test_a_short_message_goes_to_a_mobile_number_only(platform: Platform) -> None:
    outcome = sent(platform, ChannelKind.SMS, Payload("k", "duty@office.example", "题", "文", AT))
    assert outcome.kind is DeliveryOutcome.PERMANENT
    assert platform.seen == []


def test_a_gateways_success_may_stand_deep_in_the_answer(platform: Platform) -> None:
    platform.answer = {"data": {"status": "DONE", "no": 5}}
    outcome = sent(
        platform, ChannelKind.SMS, success_field="data.status", success_value="DONE", id_field="data.no"
    )
    assert outcome == Outcome(DeliveryOutcome.ACCEPTED, provider_id="5")


@pytest.mark.parametrize("template", ['{"to":"{phone}"}', '{"to":"{phone}",{text}}'])
def test_a_template_that_cannot_work_is_refused(template: str) -> None:
    with pytest.raises(DeliveryError, match="设置有误"):
        opened(ChannelKind.SMS, "https://sms.example/", template=template)
