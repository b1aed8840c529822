"""Where a request comes from and where it may be sent on to."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request

from core.errors import InvalidInput, NotAllowed

HOME = "/desk"


def require_same_origin(request: Request) -> None:
    """Let a write pass only when the browser says that a page of ours sent it.

    Programs that send neither header are no browsers and carry no cookie against their owner's will.

    Raises:
        NotAllowed: another site sent it.
    """
    origin = request.headers.get("origin")
    if origin is not None:
        is_ours = urlsplit(origin).netloc == request.headers.get("host")
    else:
        is_ours = request.headers.get("sec-fetch-site", "none") in {"same-origin", "none"}
    if not is_ours:
        raise NotAllowed("请求不是从本系统的页面发出的。", mend="请回到页面重新提交。", code="origin.refused")


def require_clean_address(request: Request) -> None:
    """Refuse an address with a NUL character, which PostgreSQL cannot even compare.

    Raises:
        InvalidInput: there is one.
    """
    if "\x00" in request.url.path or "%00" in request.url.query:
        raise InvalidInput("地址中有不能用的字符。", mend="请从页面重新进入。")


def safe_next(target: str | None) -> str:
    """`target` when it is a path of ours, else the desk: nobody is sent to another site after signing in."""
    if not target or not target.startswith("/") or target.startswith(("//", "/sign-in", "/sign-out")):
        return HOME
    if "\\" in target or any(ord(letter) < 0x20 or ord(letter) == 0x7F for letter in target):
        return HOME
    return target


def address_of(request: Request) -> str:
    """The address of the client, as the server sees it."""
    return request.client.host if request.client else ""


def page_of(request: Request) -> str:
    """The page a person was on: the one asked for, or for a form the one it was filled in on."""
    if request.method in {"GET", "HEAD"}:
        query = request.url.query
        return safe_next(request.url.path + (f"?{query}" if query else ""))
    referer = urlsplit(request.headers.get("referer", ""))
    if referer.netloc != request.headers.get("host"):
        return HOME
    return safe_next(referer.path + (f"?{referer.query}" if referer.query else ""))
