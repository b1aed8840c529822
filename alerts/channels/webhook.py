"""A signed JSON request to the office's own service or to a chat platform's robot."""

from __future__ import annotations

import hashlib
import hmac
import json
import ssl
import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx2
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from alerts.channels import Outcome, Payload
from alerts.channels.addresses import AddressRefused, checked_address
from core.clock import iso
from core.vocabulary import DeliveryOutcome

_SECONDS = 5.0
_ANSWER_BYTES = 65536
_LONGEST_WAIT = timedelta(hours=1)

# What chat platforms answer with status 200 when they did not take the message.
# Source: error code pages of WeCom (45009), DingTalk (130101, 410100), Feishu (11232, 9499), WeCom (-1).
_THROTTLED = frozenset({45009, 130101, 410100, 11232, 9499})
_BUSY = frozenset({-1})
_CODES = ("errcode", "StatusCode", "code")


class WebhookSettings(BaseModel):
    """Where to send and how to sign.

    Attributes:
        allow_private: the service stands inside the office; without this its address is refused.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str
    secret: SecretStr | None = None
    allow_private: bool = False
    seconds: float = Field(_SECONDS, gt=0, le=10)

    @field_validator("url")
    @classmethod
    def _is_web(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
            raise ValueError("地址应以 http:// 或 https:// 开头,不带用户名")
        return value


class WebhookChannel:
    """Posts one request per notice; no redirect is followed, no proxy is used."""

    def __init__(self, settings: WebhookSettings) -> None:
        self._settings = settings

    def send(self, payload: Payload) -> Outcome:
        """Send once; the whole attempt ends within about twice the timeout."""
        url = httpx2.URL(self._settings.url)
        try:
            port = url.port or (443 if url.scheme == "https" else 80)
            address = checked_address(url.host, port, allow_private=self._settings.allow_private)
        except AddressRefused:
            return Outcome(DeliveryOutcome.PERMANENT, "地址指向内部网络,未允许")
        except OSError:
            return Outcome(DeliveryOutcome.TEMPORARY, "域名解析失败")
        try:
            return self._post(url, address, payload)
        # Before the request was on its way nothing can have arrived.
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            return Outcome(DeliveryOutcome.TEMPORARY, f"连接失败({type(error).__name__})")
        except httpx2.HTTPError as error:
            return Outcome(DeliveryOutcome.AMBIGUOUS, f"没有等到答复({type(error).__name__})")

    def _post(self, url: httpx2.URL, address: str, payload: Payload) -> Outcome:
        body = _body(payload)
        headers = {**self._headers(payload, body), "Host": url.netloc.decode("ascii")}
        limit = self._settings.seconds
        client = httpx2.Client(verify=_trust(), timeout=limit, follow_redirects=False, trust_env=False)
        # The name goes into the TLS handshake and the Host header; the connection to the checked address.
        with (
            client,
            client.stream(
                "POST",
                url.copy_with(host=address),
                content=body,
                headers=headers,
                extensions={"sni_hostname": url.host},
            ) as answer,
        ):
            return classify(answer.status_code, answer.headers, _read(answer, limit), payload.at)

    def _headers(self, payload: Payload, body: bytes) -> dict[str, str]:
        stamp = str(int(payload.at.timestamp()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": payload.key,
            "Huiying-Timestamp": stamp,
        }
        if self._settings.secret is not None:
            secret = self._settings.secret.get_secret_value()
            headers["Huiying-Signature"] = f"sha256={signature(secret, stamp, body)}"
        return headers


@cache
def _trust() -> ssl.SSLContext:
    """The system's authorities; reading them costs more than a request, so it is done once."""
    return ssl.create_default_context()


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Hex HMAC-SHA256 over the timestamp, a full stop and the body, as the receiver must compute it."""
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def classify(status: int, headers: Any, body: bytes, now: datetime) -> Outcome:
    """What an answer means; a robot's 200 with an error code in its body is a failure.

    Args:
        headers: a mapping that ignores case.
        now: to read a `Retry-After` that is a date.
    """
    if status in {429, 503}:
        return Outcome(
            DeliveryOutcome.THROTTLED, f"对方要求稍后再发({status})", retry_after=_retry_after(headers, now)
        )
    if status == 408 or status >= 500:
        return Outcome(DeliveryOutcome.TEMPORARY, f"对方出错({status})")
    if not 200 <= status < 300:
        return Outcome(DeliveryOutcome.PERMANENT, f"对方拒绝({status})")
    answer = _object(body)
    code = next((answer[name] for name in _CODES if name in answer), 0)
    if code in (0, "0", "ok", "success", None):
        number = answer.get("id") or answer.get("msgid")
        return Outcome(DeliveryOutcome.ACCEPTED, provider_id=str(number)[:100] if number else None)
    return Outcome(_kind_of(code), f"对方返回错误码 {str(code)[:20]}")


def _kind_of(code: object) -> DeliveryOutcome:
    try:
        number = int(str(code))
    except ValueError:
        return DeliveryOutcome.PERMANENT
    if number in _THROTTLED:
        return DeliveryOutcome.THROTTLED
    return DeliveryOutcome.TEMPORARY if number in _BUSY else DeliveryOutcome.PERMANENT


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _retry_after(headers: Any, now: datetime) -> timedelta | None:
    """Seconds or a date (RFC 9110 section 10.2.3), between nothing and an hour."""
    text = headers.get("Retry-After")
    if not text:
        return None
    try:
        wait = timedelta(seconds=int(text))
    except (ValueError, OverflowError):
        try:
            then = parsedate_to_datetime(text)
        except ValueError:
            return None
        wait = (then if then.tzinfo else then.replace(tzinfo=UTC)) - now
    return max(timedelta(0), min(wait, _LONGEST_WAIT))


def _body(payload: Payload) -> bytes:
    facts = {
        "id": payload.key,
        "to": payload.address,
        "subject": payload.subject,
        "body": payload.body,
        "at": iso(payload.at),
    }
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()


def _read(answer: httpx2.Response, seconds: float) -> bytes:
    """The beginning of the answer; a server that dribbles it byte by byte is not waited for.

    Raises:
        httpx2.ReadTimeout: it took longer than `seconds`.
    """
    ends = time.monotonic() + seconds
    read = b""
    for part in answer.iter_bytes():
        read += part
        if len(read) >= _ANSWER_BYTES:
            break
        if time.monotonic() > ends:
            raise httpx2.ReadTimeout("answer too slow", request=answer.request)
    return read[:_ANSWER_BYTES]
