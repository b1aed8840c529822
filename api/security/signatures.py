"""What proves that a pushed body comes from a system we know: the signature of Standard Webhooks. Pure.

Source: the Standard Webhooks specification, "Signature scheme" (symmetric, HMAC-SHA256).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta

from core.errors import NotAllowed

_PREFIX = "whsec_"
_SECRET_BYTES = 32
_VERSION = "v1,"
# How far the sender's clock and the way of the message may be off; the value the specification advises.
_TOLERANCE = timedelta(minutes=5)
_LONGEST_NUMBER = 19


def new_signing_secret() -> str:
    """A secret for one sender: `whsec_` and 32 random bytes in base64."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def signature(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`.

    Raises:
        ValueError: the secret is not base64.
    """
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("a signing secret is base64") from error
    signed = f"{message_id}.{timestamp}.".encode() + body
    return _VERSION + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def require_signed(given: str, secret: str, message_id: str, timestamp: str, body: bytes) -> None:
    """Refuse a body that was not signed with the secret; any of several signatures may be ours.

    Raises:
        NotAllowed: none of them is.
    """
    ours = signature(secret, message_id, timestamp, body).encode()
    # Every one is compared, so that the time tells nothing about which was right.
    matches = [hmac.compare_digest(one.encode(), ours) for one in given.split(" ")]
    if not any(matches):
        raise signature_refused()


def require_recent(timestamp: str, now: datetime) -> None:
    """Refuse what was signed too long ago, or ahead of our time.

    Raises:
        NotAllowed: it was, or the timestamp is not in Unix seconds.
    """
    is_number = timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= _LONGEST_NUMBER
    seconds = int(timestamp) if is_number else None
    off = None if seconds is None else abs(now.timestamp() - seconds)
    if off is None or off > _TOLERANCE.total_seconds():
        raise NotAllowed(
            "推送的时间与本系统相差超过五分钟。",
            mend=f"请校准发送方的时钟后重新签名；本系统现在是 {now.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC。",
            code="signature.old",
        )


def signature_refused() -> NotAllowed:
    """One sentence for an unknown sender and for a wrong signature: it tells a stranger nothing."""
    return NotAllowed(
        "签名不对。",
        mend="请核对发送方编号、密钥，并对原样的正文签名；编号和密钥由管理员用 huiying sender add 取得。",
        code="signature.refused",
    )
