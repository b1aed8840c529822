"""Live updates: a stream of server-sent events that says when something has changed; and the time."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from api.routes.answers import BEARER, COOKIE, problems
from api.schemas.session import NowOut
from api.security.identity import Reader, Wired, require_scope
from core.clock import iso
from core.errors import HuiyingError
from core.vocabulary import Scope
from storage import changes
from storage.changes import Change

router = APIRouter(tags=["告警"], dependencies=[Depends(BEARER), Depends(COOKIE)])

_EVERY_SECONDS = 1.0
# So that a browser notices within seconds that a line is dead, as after its computer slept.
_BEAT_SECONDS = 15
_may_read = require_scope(Scope.READ)

Look = Callable[[], Change | None]


async def announcements(
    look: Look,
    pause: Callable[[], Awaitable[None]],
    sees_only: str | None,
    seen: str,
    beat_every: int | None = None,
) -> AsyncIterator[ServerSentEvent]:
    """One event whenever something has changed since the mark `seen`; ends when `look` is refused.

    Several changes between two looks are announced as one, the newest.

    Args:
        look: asked in a thread of its own, before each pause.
        sees_only: the section the reader is confined to; what happened elsewhere is not told in detail.
        seen: the mark of the last event the reader has got; empty for none.
        beat_every: after this many looks an event `beat` says that the line still stands; None for never.
    """
    for turn in itertools.count(1):
        try:
            change = await run_in_threadpool(look)
        except HuiyingError:
            return
        if change is not None and change.mark != seen:
            seen = change.mark
            yield ServerSentEvent(event="change", id=seen, data=_told(change, sees_only))
        if beat_every is not None and turn % beat_every == 0:
            yield ServerSentEvent(event="beat", data="")
        await pause()


@router.get(
    "/alerts/stream",
    summary="实时变动",
    response_class=EventSourceResponse,
    responses=problems(401, 403),
)
async def stream(
    request: Request,
    services: Wired,
    reader: Annotated[Reader, Depends(_may_read)],
    last_event_id: Annotated[str, Header(description="断线前收到的最后一个 id。", max_length=60)] = "",
) -> AsyncIterator[ServerSentEvent]:
    """Events named `change`; the page asks for what it shows anew. Ends when the session or token does."""

    def look() -> Change | None:
        _may_read(request, services)
        with services.database.read() as connection:
            return changes.newest(connection)

    async def pause() -> None:
        await asyncio.sleep(_EVERY_SECONDS)

    beat_every = round(_BEAT_SECONDS / _EVERY_SECONDS)
    async for event in announcements(look, pause, reader.sees_only, last_event_id, beat_every):
        yield event


@router.get("/now", summary="服务器时刻", response_model=NowOut)
def now(services: Wired) -> dict[str, Any]:
    """The instant every clock is judged by, for pages whose computer slept or was set to another time."""
    return {"now": iso(services.clock.now())}


def _told(change: Change, sees_only: str | None) -> dict[str, Any]:
    hidden = sees_only is not None and change.section != sees_only
    return {
        "at": iso(change.at),
        "tag": None if hidden else change.tag.value,
        "case": None if hidden else change.case_id,
    }
