"""What a WeChat official account pushes: its signature, its envelope, and the message inside. Pure.

Source: developers.weixin.qq.com, 消息加解密说明 and 接收普通消息. SHA-1 and the key as initial vector are the
platform's choice.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import struct
from collections.abc import Mapping
from xml.etree import ElementTree  # only for text without any declaration, see `fields_of`

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from core.errors import InvalidInput, NotAllowed

_DECLARATION = re.compile(rb"<!(?!\[CDATA\[)")
_RANDOM_BYTES = 16
_LENGTH_BYTES = 4
_BLOCK = 32
# What stands for a message that has no words.
_WITHOUT_WORDS = {
    "image": "[图片]",
    "voice": "[语音]",
    "video": "[视频]",
    "shortvideo": "[小视频]",
    "location": "[位置]",
    "link": "[链接]",
}


def signature(*parts: str) -> str:
    """Hex SHA-1 of the parts in order of their characters, as the platform signs."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()  # noqa: S324 - fixed by the platform


def require_signature(given: str, *parts: str) -> None:
    """Refuse a push that the platform did not sign.

    Raises:
        NotAllowed: the signature is not that of these parts.
    """
    if not hmac.compare_digest(given.encode(), signature(*parts).encode()):
        raise NotAllowed("签名不对。", mend="请核对公众号后台与本系统的令牌。", code="wechat.signature")


def decrypted(encrypted: str, aes_key: str, app_id: str) -> bytes:
    """The XML inside an envelope of the safe mode.

    Raises:
        NotAllowed: it was encrypted with another key or for another account.
    """
    try:
        key = base64.b64decode(aes_key + "=")
        decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
        plain = decryptor.update(base64.b64decode(encrypted, validate=True)) + decryptor.finalize()
        padding = plain[-1]
        start = _RANDOM_BYTES + _LENGTH_BYTES
        (length,) = struct.unpack(">I", plain[_RANDOM_BYTES:start])
    except (ValueError, IndexError, struct.error, binascii.Error) as error:
        raise _not_ours() from error
    is_whole = 1 <= padding <= _BLOCK and plain.endswith(bytes([padding]) * padding)
    if not is_whole or plain[start + length : -padding] != app_id.encode():
        raise _not_ours()
    return plain[start : start + length]


def fields_of(xml: bytes) -> dict[str, str]:
    """The fields of a pushed document.

    Raises:
        InvalidInput: it is no such document, or declares something (entities, a document type).
    """
    if _DECLARATION.search(xml) is not None:
        raise _no_document()
    try:
        root = ElementTree.fromstring(xml)  # noqa: S314 - nothing is declared, so nothing expands
    except ElementTree.ParseError as error:
        raise _no_document() from error
    if root.tag != "xml":
        raise _no_document()
    return {child.tag: (child.text or "").strip() for child in root}


def words_of(fields: Mapping[str, str]) -> str | None:
    """What a follower says; None for an event and for what says nothing."""
    kind = fields.get("MsgType", "")
    if kind == "text":
        return fields.get("Content") or None
    said = {
        "voice": fields.get("Recognition", ""),
        "location": fields.get("Label", ""),
        "link": " ".join(filter(None, (fields.get("Title", ""), fields.get("Description", "")))),
    }.get(kind, "")
    mark = _WITHOUT_WORDS.get(kind)
    return f"{mark}{said}" if mark else None


def _not_ours() -> NotAllowed:
    return NotAllowed(
        "这条推送不是发给本公众号的，或密钥不对。",
        mend="请核对 wechat.aes_key 和 wechat.app_id。",
        code="wechat.envelope",
    )


def _no_document() -> InvalidInput:
    return InvalidInput("推送的内容看不懂。", mend="请检查公众号的推送设置。", code="wechat.document")
