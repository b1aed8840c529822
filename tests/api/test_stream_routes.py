"""Live updates: who may watch, what is told, and when the stream ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from api.routes.stream import announcements
from core.errors import NotSignedIn
from core.vocabulary import Role, Scope
from storage import changes
from storage.changes import Change
from tests.api.office import WebOffice
from tests.factories import make_record

STREAM = "/api/v1/alerts/stream"
LETTER = make_record("2026-11-20T09:00", section="市政科")


def _watch(
    office: WebOffice, *steps: Callable[[], None], sees_only: str | None = None, seen: str = ""
) -> list[Any]:
    """What is announced while the steps happen, one in each pause; the session ends after the last."""
    left = list(steps)
    is_over = False

    def look() -> Change | None:
        if is_over:
            raise NotSignedIn("登录已失效。", mend="请重新登录。")
        with office.database.read() as connection:
            return changes.newest(connection)

    async def pause() -> None:
        nonlocal is_over
        is_over = not left
        if left:
            left.pop(0)()

    async def collect() -> list[Any]:
        return [event async for event in announcements(look, pause, sees_only, seen)]

    return asyncio.run(collect())


def _nothing() -> None:
    """A second in which nothing happens."""


def test_each_change_is_announced_once(office: WebOffice) -> None:
    told = _watch(
        office,
        _nothing,
        lambda: office.receive(LETTER),
        _nothing,
        lambda: office.receive(make_record("2026-11-20T10:00")),
    )
    assert [one.data["tag"] for one in told] == ["case:registered", "case:registered"]
    assert [one.data["case"] for one in told] == [1, 2]
    assert told[0].id != told[1].id
    assert told[0].data["at"] == "2026-11-23T09:00:00+08:00"


def test_who_comes_back_hears_only_what_is_new(office: WebOffice) -> None:
    office.receive(LETTER)
    (first,) = _watch(office)
    assert _watch(office, _nothing, seen=first.id) == []
    office.receive(make_record("2026-11-20T10:00"))
    assert len(_watch(office, seen=first.id)) == 1


def test_an_event_committed_late_is_announced(office: WebOffice) -> None:
    office.receive(LETTER)
    (first,) = _watch(office)

    def happen_late() -> None:
        office.clock.advance(seconds=-5)
        office.receive(make_record("2026-11-20T10:00"))

    assert len(_watch(office, happen_late, seen=first.id)) == 1


def test_a_handler_is_told_that_something_happened_elsewhere_and_not_what(office: WebOffice) -> None:
    office.receive(LETTER)
    (own,) = _watch(office, sees_only="市政科")
    (foreign,) = _watch(office, sees_only="房管科")
    assert (own.data["case"], own.data["tag"]) == (1, "case:registered")
    assert (foreign.data["case"], foreign.data["tag"]) == (None, None)


def test_nobody_watches_without_a_session_or_a_token_that_may_read(office: WebOffice) -> None:
    assert office.browser().get(STREAM).status_code == 401
    refused = office.browser().get(STREAM, headers=office.token(Scope.INTAKE))
    assert (refused.status_code, refused.json()["code"]) == (403, "token.scope")


def test_the_stream_itself_speaks_as_browsers_expect_and_ends_with_its_session(office: WebOffice) -> None:
    office.receive(LETTER)
    browser = office.signed_in("zhiban", Role.DUTY)
    office.clock.advance(hours=11, minutes=59)
    path = STREAM

    async def listen() -> tuple[dict[bytes, bytes], bytes]:
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(b"cookie", cookie.encode()), (b"host", b"testserver")],
            "client": ("127.0.0.1", 1),
            "server": ("testserver", 80),
        }
        headers: dict[bytes, bytes] = {}
        body = b""
        closed = asyncio.Event()

        async def receive() -> dict[str, Any]:
            await closed.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            nonlocal body
            if message["type"] == "http.response.start":
                headers.update(message["headers"])
            body += message.get("body", b"")
            if body:
                office.clock.advance(hours=1)

        await asyncio.wait_for(office.app(scope, receive, send), timeout=20)
        return headers, body

    headers, body = asyncio.run(listen())
    assert headers[b"content-type"].startswith(b"text/event-stream")
    assert b"event: change" in body
    assert b'"tag": "case:registered"' in body
