"""The group robots of the chat platforms: WeCom, DingTalk and Feishu.

Each platform is a pure function from a notice to a request, and a table of the codes it answers with.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from alerts.channels import Outcome, Payload
from alerts.channels.answers import Codes, judged
from alerts.channels.texts import cut
from alerts.channels.web import WebSettings, json_headers, request
from core.vocabulary import ChannelKind

MOBILE = re.compile(r"1\d{10}")
# A member's number on the platform; `all` and `@all` would call everybody.
MEMBER = re.compile(r"(?!all\b)[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


class RobotSettings(WebSettings):
    """A robot's full address, and the secret of its signature where it is set to check one."""


@dataclass(frozen=True, slots=True)
class Post:
    """A request about to be made."""

    url: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Platform:
    """What differs from platform to platform.

    Attributes:
        text_bytes: the longest text it takes, UTF-8.
    """

    text_bytes: int
    codes: Codes
    post: Callable[[RobotSettings, str, str, datetime], Post]


class RobotChannel:
    """Writes into a group through its robot and calls the person by their number on the platform."""

    def __init__(self, settings: RobotSettings, platform: Platform) -> None:
        self._settings = settings
        self._platform = platform

    def send(self, payload: Payload) -> Outcome:
        """Send once; a text that is too long is cut at a character."""
        text = cut(f"{payload.subject}\n{payload.body}", self._platform.text_bytes)
        post = self._platform.post(self._settings, text, payload.address, payload.at)
        content = json.dumps(post.body, ensure_ascii=False, separators=(",", ":")).encode()
        answer = request(self._settings, json_headers(payload.key), content, url=post.url)
        return answer if isinstance(answer, Outcome) else judged(answer, self._platform.codes, payload.at)


def _wecom(settings: RobotSettings, text: str, address: str, _at: datetime) -> Post:
    called = "mentioned_mobile_list" if MOBILE.fullmatch(address) else "mentioned_list"
    mention = {called: [address]} if MEMBER.fullmatch(address) else {}
    return Post(settings.url, {"msgtype": "text", "text": {"content": text, **mention}})


def _dingtalk(settings: RobotSettings, text: str, address: str, at: datetime) -> Post:
    called = "atMobiles" if MOBILE.fullmatch(address) else "atUserIds"
    mention = {called: [address]} if MEMBER.fullmatch(address) else {}
    body = {"msgtype": "text", "text": {"content": text}, "at": {**mention, "isAtAll": False}}
    return Post(settings.url + _dingtalk_query(settings, at), body)


def _dingtalk_query(settings: RobotSettings, at: datetime) -> str:
    """Source: DingTalk, 自定义机器人安全设置, 加签: milliseconds and secret, keyed with the secret."""
    if settings.secret is None:
        return ""
    secret = settings.secret.get_secret_value()
    stamp = str(int(at.timestamp() * 1000))
    digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    joint = "&" if "?" in settings.url else "?"
    return f"{joint}timestamp={stamp}&sign={quote(base64.b64encode(digest), safe='')}"


def _feishu(settings: RobotSettings, text: str, address: str, at: datetime) -> Post:
    # The text of our own has no angle brackets (`alerts.notices.plain`), so this is the only tag.
    called = f'\n<at user_id="{address}"></at>' if MEMBER.fullmatch(address) else ""
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": f"{text}{called}"}}
    if settings.secret is not None:
        stamp = str(int(at.timestamp()))
        # Source: Feishu, 自定义机器人使用指南, 签名校验: the key is seconds and secret, the message is empty.
        key = f"{stamp}\n{settings.secret.get_secret_value()}".encode()
        sign = base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()
        body |= {"timestamp": stamp, "sign": sign}
    return Post(settings.url, body)


PLATFORMS: Mapping[ChannelKind, Platform] = {
    # Source: WeCom, 群机器人配置说明 and 全局错误码.
    ChannelKind.WECOM: Platform(
        2048, Codes(("errcode",), frozenset({"45009", "45033"}), frozenset({"-1"})), _wecom
    ),
    # Source: DingTalk, 自定义机器人发送消息的频率限制 (closed for ten minutes) and its error codes.
    ChannelKind.DINGTALK: Platform(
        20000,
        Codes(
            ("errcode",),
            frozenset({"130101", "410100"}),
            frozenset({"-1", "400015"}),
            wait=timedelta(minutes=10),
        ),
        _dingtalk,
    ),
    # Source: Feishu, 自定义机器人使用指南: 9499 is both a bad request and too many requests.
    ChannelKind.FEISHU: Platform(
        20000,
        Codes(
            ("StatusCode", "code"),
            frozenset({"11232", "11233"}),
            frozenset({"-1", "1500"}),
            throttled_words=("too many request", "frequency limit"),
        ),
        _feishu,
    ),
}
