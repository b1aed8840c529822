"""One HTTP request to an address that was checked: what every channel over the web shares.

The transport is used without the library's client, whose log line carries the full address, and a robot's
address is its password. No redirect is followed, no proxy is used.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx2
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from alerts.channels import Outcome
from alerts.channels.addresses import AddressRefused, checked_address
from core.vocabulary import DeliveryOutcome

_SECONDS = 5.0
_ANSWER_BYTES = 65536


class WebSettings(BaseModel):
    """Where a channel over the web sends to.

    Attributes:
        url: of a robot it holds the key or token, and so is itself a secret.
        secret: what requests are signed with.
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


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said; `body` is its beginning, `headers` ignores case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def request(
    settings: WebSettings, headers: Mapping[str, str], content: bytes, *, method: str = "POST", url: str = ""
) -> Answer | Outcome:
    """Send once; the whole attempt ends within about twice the timeout.

    Args:
        url: the full address where it differs from that of the settings (a signature in the query).

    Returns:
        The answer, or what its absence means: nothing can have arrived before the request was on its way,
        and anything may have after.
    """
    target = httpx2.URL(url or settings.url)
    port = target.port or (443 if target.scheme == "https" else 80)
    try:
        address = checked_address(target.host, port, allow_private=settings.allow_private)
    except AddressRefused:
        return Outcome(DeliveryOutcome.PERMANENT, "地址指向内部网络，未允许")
    except OSError:
        return Outcome(DeliveryOutcome.TEMPORARY, "域名解析失败")
    sent = httpx2.Request(
        method,
        target.copy_with(host=address),
        # The name goes into the TLS handshake and the Host header; the connection to the checked address.
        headers={**headers, "Host": target.netloc.decode("ascii"), "User-Agent": "huiying"},
        content=content,
        extensions={
            "sni_hostname": target.host,
            "timeout": httpx2.Timeout(settings.seconds).as_dict(),
        },
    )
    try:
        return _answer(sent, settings.seconds)
    except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
        return Outcome(DeliveryOutcome.TEMPORARY, f"连接失败({type(error).__name__})")
    except httpx2.HTTPError as error:
        return Outcome(DeliveryOutcome.AMBIGUOUS, f"没有等到答复({type(error).__name__})")


def _answer(sent: httpx2.Request, seconds: float) -> Answer:
    with httpx2.HTTPTransport(verify=_trust(), trust_env=False) as transport:
        answer = transport.handle_request(sent)
        answer.request = sent
        try:
            return Answer(answer.status_code, answer.headers, _read(answer, seconds))
        finally:
            answer.close()


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


@cache
def _trust() -> ssl.SSLContext:
    """The system's authorities; reading them costs more than a request, so it is done once."""
    return ssl.create_default_context()


def json_headers(key: str) -> dict[str, str]:
    """The headers of a JSON request about the notice with this key."""
    return {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": key}


def number_of(facts: Mapping[str, Any], *names: str) -> str | None:
    """The provider's number of a message, under the first of these names that it gives."""
    found = next((facts[name] for name in names if facts.get(name)), None)
    return str(found)[:100] if found is not None else None
