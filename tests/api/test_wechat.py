"""Messages an official account pushes: signed, perhaps encrypted, sent twice, too old, or hostile."""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from fastapi.testclient import TestClient
from httpx2 import Response
from pydantic import SecretStr

from api.app import create_app
from api.wechat import decrypted, signature
from core.clock import FixedClock
from core.errors import NotAllowed
from core.settings import WechatSettings
from storage.tables import messages
from tests.api.office import WebOffice

TOKEN, STAMP, NONCE = "yuqing-test-token", "1763600000", "n0nce42"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APP_ID = "wx0123456789abcdef"
XML = (
    "<xml><ToUserName><![CDATA[gh_0a1b2c3d4e5f]]></ToUserName>"
    "<FromUserName><![CDATA[oTESTopenid000000000000001]]></FromUserName><CreateTime>1763600000</CreateTime>"
    "<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[我要投诉预付卡不退款]]></Content>"
    "<MsgId>24000000000000001</MsgId></xml>"
)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime.fromtimestamp(int(STAMP), UTC))


def account(office: WebOffice, *, safe: bool = False) -> TestClient:
    wechat = WechatSettings(
        token=SecretStr(TOKEN), aes_key=SecretStr(AES_KEY) if safe else None, app_id=APP_ID if safe else ""
    )
    settings = office.services.settings.model_copy(update={"wechat": wechat})
    return TestClient(create_app(replace(office.services, settings=settings)))


def sealed(xml: str, app_id: str = APP_ID) -> str:
    key = base64.b64decode(AES_KEY + "=")
    raw = xml.encode()
    plain = b"0123456789abcdef" + struct.pack(">I", len(raw)) + raw + app_id.encode()
    padding = 32 - len(plain) % 32
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(
        encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()
    ).decode()


def push(client: TestClient, body: str, **changed: str) -> Response:
    query = {"timestamp": STAMP, "nonce": NONCE, "signature": signature(TOKEN, STAMP, NONCE)} | changed
    return client.post("/wx", params=query, content=body.encode())


def push_sealed(client: TestClient, encrypted: str, **changed: str) -> Response:
    signed = {"msg_signature": signature(TOKEN, STAMP, NONCE, encrypted)} | changed
    body = f"<xml><ToUserName>gh</ToUserName><Encrypt>{encrypted}</Encrypt></xml>"
    return push(client, body, encrypt_type="aes", **signed)


def stored(office: WebOffice) -> list[tuple[str, str, str]]:
    with office.database.read() as connection:
        query = sa.select(messages.c.channel, messages.c.native_id, messages.c.body).order_by(messages.c.id)
        return [tuple(row) for row in connection.execute(query)]


MESSAGE = ("wechat", "24000000000000001", "我要投诉预付卡不退款")


def test_the_published_vectors_come_out() -> None:
    assert signature(TOKEN, STAMP, NONCE) == "118b802c0517dcd58592ffd5cb9d95d7fd016af6"
    encrypted = sealed(XML)
    assert len(encrypted) == 472
    assert encrypted.startswith("Q3stYC6hdFzMh9T8HCvyDKEQDhAYgkDlMsXiU1ECxcknqa8C2RMuVTnInkaEcLrg")
    assert signature(TOKEN, STAMP, NONCE, encrypted) == "8cee2010199949a385ddc483b98641cc5958cab9"
    assert decrypted(encrypted, AES_KEY, APP_ID).decode() == XML


def test_the_platform_hears_its_word_back(office: WebOffice) -> None:
    query = {"signature": signature(TOKEN, STAMP, NONCE), "timestamp": STAMP, "nonce": NONCE, "echostr": "回"}
    client = account(office)
    assert client.get("/wx", params=query).text == "回"
    assert client.get("/wx", params=query | {"nonce": "other"}).status_code == 403


def test_a_message_is_stored_once_however_often_it_is_pushed(office: WebOffice) -> None:
    client = account(office)
    for _ in range(3):
        answer = push(client, XML)
        assert (answer.status_code, answer.text) == (200, "success")
    assert stored(office) == [MESSAGE]


def test_a_message_of_the_safe_mode_is_stored(office: WebOffice) -> None:
    assert push_sealed(account(office, safe=True), sealed(XML)).text == "success"
    assert stored(office) == [MESSAGE]


def test_in_the_safe_mode_a_plain_message_is_refused(office: WebOffice) -> None:
    assert push(account(office, safe=True), XML).status_code == 403
    assert stored(office) == []


@pytest.mark.parametrize(
    ("send", "status"),
    [
        (lambda client: push(client, XML, signature="0" * 40), 403),
        (lambda client: push(client, XML, timestamp="1763590000"), 403),
        (
            lambda client: push(
                client, XML, timestamp="1763599000", signature=signature(TOKEN, "1763599000", NONCE)
            ),
            403,
        ),
        (lambda client: push_sealed(client, sealed(XML), msg_signature="x"), 403),
        (lambda client: push_sealed(client, sealed(XML, "wx_another")), 403),
        (lambda client: push_sealed(client, base64.b64encode(bytes(64)).decode()), 403),
        (lambda client: push_sealed(client, "not base64"), 403),
    ],
    ids=["signature", "timestamp not signed", "old", "inner signature", "AppID", "noise", "no envelope"],
)
def test_what_is_not_from_our_account_is_refused(
    office: WebOffice, send: Callable[[TestClient], Response], status: int
) -> None:
    assert send(account(office, safe=True)).status_code == status
    assert stored(office) == []


@pytest.mark.parametrize(
    "body",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa">]>' + XML.replace("我要投诉", "&a;"),
        '<!DOCTYPE x SYSTEM "file:///etc/passwd">' + XML,
        "<xml><open>",
        "",
        "<html></html>",
        XML.replace("<MsgId>24000000000000001</MsgId>", ""),
    ],
    ids=["entities", "a document type", "broken", "empty", "another document", "no number"],
)
def test_a_hostile_or_broken_document_is_refused(office: WebOffice, body: str) -> None:
    assert push(account(office), body).status_code == 422
    assert stored(office) == []


@pytest.mark.parametrize(
    ("kind", "extra", "body"),
    [
        ("image", "<PicUrl>http://x/1</PicUrl>", "[图片]"),
        ("voice", "<Recognition>井盖坏了</Recognition>", "[语音]井盖坏了"),
        ("location", "<Label>和平路</Label>", "[位置]和平路"),
    ],
)
def test_a_message_without_words_says_what_it_is(office: WebOffice, kind: str, extra: str, body: str) -> None:
    push(account(office), XML.replace("[text]", f"[{kind}]").replace("</xml>", f"{extra}</xml>"))
    assert [one[2] for one in stored(office)] == [body]


def test_events_and_unknown_kinds_are_answered_and_not_stored(office: WebOffice) -> None:
    client = account(office)
    for kind in ("event", "hologram"):
        assert push(client, XML.replace("[text]", f"[{kind}]")).text == "success"
    assert stored(office) == []


def test_an_office_without_an_account_has_no_such_address(office: WebOffice) -> None:
    assert push(TestClient(office.app), XML).status_code == 404


def test_a_cipher_for_another_account_is_refused() -> None:
    with pytest.raises(NotAllowed):
        decrypted(sealed(XML, "wx_another"), AES_KEY, APP_ID)
