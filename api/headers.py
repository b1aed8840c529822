"""Headers that every answer carries: what the browser may load, keep and reveal."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not `no-referrer`: browsers then send `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
# An address with the hash of its file never goes stale; one without is asked for again, everything else is
# personal.
_FOREVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_NEVER = "no-store"


def secured(response: Response) -> Response:
    """The same response with the headers, for answers made outside the middleware."""
    _add(response.headers, "")
    return response


class SecurityHeaders:
    """ASGI middleware that adds the headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add(MutableHeaders(scope=message), scope["path"], scope["query_string"])
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _add(headers: MutableHeaders, path: str, query: bytes = b"") -> None:
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    static = _FOREVER if query.startswith(b"v=") else _ASK_AGAIN
    headers.setdefault("Cache-Control", static if path.startswith("/static/") else _NEVER)
