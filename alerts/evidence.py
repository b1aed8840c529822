"""Evidence 留存件: a copy of what was published, fetched from its link or uploaded, kept under its SHA-256.

A link is a stranger's word, so only public web addresses are fetched: the name is looked up once, every
address it has must be public, and the connection goes to the address that was checked. Redirects are followed
one by one, each with the same checks. To be called before the transaction that records the publication: no
case is locked while a server is slow.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx2

from alerts.channels.addresses import AddressRefused, checked_address
from alerts.page_text import text_of
from core.errors import InvalidInput
from storage.saved_copies import SavedCopy

COPIES = "copies"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_UPLOADABLE = frozenset(
    {"text/html", "text/plain", "application/pdf", "image/png", "image/jpeg", "multipart/related"}
)
_MEND = "请核对链接，或改为上传留存件。"


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """How far a fetch goes.

    Attributes:
        seconds: for the whole fetch, redirects included.
        size_bytes: of the body, unpacked.
        hops: requests at most, the first included.
        allow_private: also addresses inside the office's network, where its own site lives.
    """

    seconds: float = 20.0
    size_bytes: int = 20_000_000
    hops: int = 5
    allow_private: bool = False


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


def fetch_copy(url: str, data_dir: Path, now: datetime, limits: FetchLimits | None = None) -> SavedCopy:
    """Fetch a page and keep it; on any refusal nothing is kept.

    Raises:
        InvalidInput: no web address, an address that is not public, no answer in time, an answer other than
            200, an empty body, or one above the size limit (`field` is `url`).
    """
    bounds = limits or FetchLimits()
    end = time.monotonic() + bounds.seconds
    target = httpx2.URL(_checked(url))
    for _ in range(bounds.hops):
        answer = _ask(target, bounds, end)
        if answer.status not in _REDIRECTS:
            return _kept_page(url, answer, data_dir, now)
        target = _next(target, answer)
    raise _refused("链接跳转次数过多。")


def keep_upload(body: bytes, media_type: str, data_dir: Path, now: datetime, *, size_bytes: int) -> SavedCopy:
    """Keep an uploaded copy.

    Args:
        size_bytes: the largest that is taken.

    Raises:
        InvalidInput: empty, too large, or of a kind that is no page, picture or document (`field` is `copy`).
    """
    kind = media_type.split(";")[0].strip().lower()
    if not body or len(body) > size_bytes or kind not in _UPLOADABLE:
        reason = "是空的" if not body else "太大" if len(body) > size_bytes else f"的类型 {kind} 不能使用"
        raise InvalidInput(
            f"上传的留存件{reason}。",
            mend="请上传网页、PDF或截图。",
            code="evidence.unusable",
            field="copy",
        )
    return _keep(body, None, kind, text_of(body, media_type), data_dir, now)


def _ask(target: httpx2.URL, limits: FetchLimits, end: float) -> _Answer:
    address = _public_address(target, limits)
    # The name stays in the Host header and in the certificate check; only the look-up is ours.
    pinned = target.copy_with(host=address)
    headers = {"Host": target.netloc.decode("ascii"), "User-Agent": "huiying-evidence", "Accept": "*/*"}
    try:
        with (
            httpx2.Client(trust_env=False, follow_redirects=False, timeout=_left(end)) as client,
            client.stream(
                "GET", pinned, headers=headers, extensions={"sni_hostname": _ascii_host(target)}
            ) as response,
        ):
            body = b"" if response.status_code in _REDIRECTS else _read(response, limits, end)
            return _Answer(response.status_code, dict(response.headers), body)
    except httpx2.TimeoutException as error:
        raise _refused("链接在规定时间内没有打开。") from error
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
        raise _refused("链接打不开。") from error


def _read(response: httpx2.Response, limits: FetchLimits, end: float) -> bytes:
    parts, size = [], 0
    for part in response.iter_bytes():
        size += len(part)
        if size > limits.size_bytes:
            raise _refused("链接的内容太大，没有保存。")
        _left(end)
        parts.append(part)
    return b"".join(parts)


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise _refused("链接在规定时间内没有打开。")
    return left


def _next(target: httpx2.URL, answer: _Answer) -> httpx2.URL:
    location = answer.headers.get("location", "")
    try:
        joined = str(target.join(location)) if location else ""
    except httpx2.InvalidURL as error:
        raise _refused("链接跳转到了不能使用的地址。") from error
    return httpx2.URL(_checked(joined))


def _checked(url: str) -> str:
    try:
        parsed = httpx2.URL(url.strip())
    except httpx2.InvalidURL as error:
        raise _refused("链接不是合法的网址。") from error
    if parsed.scheme not in {"http", "https"} or not parsed.host or parsed.userinfo:
        raise _refused("只能使用 http 或 https 网址。")
    return str(parsed)


def _public_address(target: httpx2.URL, limits: FetchLimits) -> str:
    port = target.port or (443 if target.scheme == "https" else 80)
    try:
        return checked_address(_ascii_host(target), port, allow_private=limits.allow_private)
    except AddressRefused as error:
        raise _refused("链接指向内部网络，不能保存。") from error
    except (OSError, UnicodeError) as error:
        raise _refused("找不到链接所在的网站。") from error


def _ascii_host(target: httpx2.URL) -> str:
    return target.raw_host.decode("ascii").strip("[]")


def _kept_page(url: str, answer: _Answer, data_dir: Path, now: datetime) -> SavedCopy:
    if answer.status != 200:
        raise _refused(f"链接没有正常打开(HTTP {answer.status})。")
    if not answer.body:
        raise _refused("链接打开后没有内容。")
    media_type = answer.headers.get("content-type", "application/octet-stream")
    return _keep(answer.body, url.strip(), media_type, text_of(answer.body, media_type), data_dir, now)


def _keep(
    body: bytes, url: str | None, media_type: str, text: str, data_dir: Path, now: datetime
) -> SavedCopy:
    """Write the bytes whole or not at all, readable by the owner alone."""
    digest = hashlib.sha256(body).hexdigest()
    folder = data_dir / COPIES
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / digest
    if not path.exists():
        draft = folder / f".{digest}.{secrets.token_hex(4)}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    return SavedCopy(digest, url, media_type, len(body), f"{COPIES}/{digest}", text, now)


def _refused(message: str) -> InvalidInput:
    return InvalidInput(message, mend=_MEND, code="evidence.unreachable", field="url")
