"""What is said about a request that is too large.

The framework refuses it in plain English before any of our handlers runs; here that refusal becomes a problem
object or a page, as for every other error.
"""

from __future__ import annotations

from fastapi import FastAPI, Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.headers import secured
from api.problems import answer, plain_problem

_TOO_LARGE = 413


class LimitedApp(FastAPI):
    """The framework's application, which explains the limit of `max_body_size` in our own words."""

    def build_middleware_stack(self) -> ASGIApp:
        """The framework's stack, with the explanation around its limit."""
        return _Explained(super().build_middleware_stack())


class _Explained:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_refused = False

        async def send_explained(message: Message) -> None:
            nonlocal is_refused
            if message["type"] == "http.response.start" and _is_plain_refusal(message):
                is_refused = True
                response = secured(answer(Request(scope, receive), plain_problem(_TOO_LARGE)))
                await response(scope, receive, send)
            if not is_refused:
                await send(message)

        await self._app(scope, receive, send_explained)


def _is_plain_refusal(start: Message) -> bool:
    kind = Headers(raw=start["headers"]).get("content-type", "")
    return bool(start["status"] == _TOO_LARGE) and kind.startswith("text/plain")
