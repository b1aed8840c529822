"""政务微信: messages that the platform pushes; stored first, answered at once, worked on later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import PlainTextResponse, Response

from alerts.actors import program
from api.commands import Sent
from api.idempotency import Once
from api.intake import take_in
from api.schemas.messages import MessageIn
from api.security.identity import Wired
from api.services import Services
from api.wechat import decrypted, fields_of, require_signature, words_of
from core.clock import iso
from core.errors import InvalidInput, NotAllowed, NotFound
from core.settings import WechatSettings
from core.vocabulary import Channel

router = APIRouter()

_PATH = "/wx"
_OLDEST = timedelta(minutes=10)
_LONGEST = 20_000
_Text = Annotated[str, Query(max_length=500)]


async def _body(request: Request) -> bytes:
    return await request.body()


@router.get(_PATH)
def verify(
    services: Wired, signature: _Text = "", timestamp: _Text = "", nonce: _Text = "", echostr: _Text = ""
) -> Response:
    """The platform's first call: it hears its own word back when we know the token."""
    token, _ = _configured(services)
    require_signature(signature, token, timestamp, nonce)
    return PlainTextResponse(echostr)


@router.post(_PATH)
def push(
    services: Wired,
    body: Annotated[bytes, Depends(_body)],
    signature: _Text = "",
    timestamp: _Text = "",
    nonce: _Text = "",
    encrypt_type: _Text = "",
    msg_signature: _Text = "",
) -> Response:
    """One pushed message or event; a repeat of the same number is the same message."""
    token, settings = _configured(services)
    require_signature(signature, token, timestamp, nonce)
    _require_recent(timestamp, services.clock.now())
    fields = fields_of(body)
    if encrypt_type == "aes" or settings.aes_key is not None:
        fields = fields_of(_opened(settings, fields, (token, timestamp, nonce), msg_signature))
    words = words_of(fields)
    if words:
        _store(services, fields, words[:_LONGEST])
    return PlainTextResponse("success")


def _configured(services: Services) -> tuple[str, WechatSettings]:
    settings = services.settings.wechat
    if settings.token is None:
        raise NotFound("没有接入公众号。", mend="请设置 wechat.token。", code="wechat.off")
    return settings.token.get_secret_value(), settings


def _opened(
    settings: WechatSettings, fields: dict[str, str], signed: tuple[str, str, str], msg_signature: str
) -> bytes:
    encrypted = fields.get("Encrypt", "")
    require_signature(msg_signature, *signed, encrypted)
    if settings.aes_key is None or not settings.app_id:
        raise NotAllowed(
            "公众号用了安全模式，本系统没有密钥。",
            mend="请设置 wechat.aes_key 和 wechat.app_id。",
            code="wechat.no_key",
        )
    return decrypted(encrypted, settings.aes_key.get_secret_value(), settings.app_id)


def _store(services: Services, fields: dict[str, str], words: str) -> None:
    number, sender = fields.get("MsgId", ""), fields.get("FromUserName", "")
    sent_at = _instant(fields.get("CreateTime", ""))
    if not number or not sender or sent_at is None:
        raise InvalidInput(
            "推送缺少编号、发送人或时间。", mend="请检查公众号的推送设置。", code="wechat.document"
        )
    now = services.clock.now()
    given = MessageIn(
        channel=Channel.WECHAT,
        native_id=number,
        body=words,
        received_at=iso(min(sent_at, now)),
        author_key=sender,
    )
    sent = Sent(services, program("公众号"), Once(services, "wechat", None, ""))
    with services.database.write() as connection:
        take_in(sent, connection, given)


def _require_recent(timestamp: str, now: datetime) -> None:
    at = _instant(timestamp)
    if at is None or abs(now - at) > _OLDEST:
        raise NotAllowed("这条推送太旧了。", mend="请核对服务器的时间。", code="wechat.old")


def _instant(seconds: str) -> datetime | None:
    return datetime.fromtimestamp(int(seconds), UTC) if seconds.isdecimal() and len(seconds) == 10 else None
