"""The audit trail for programs of the administrator: its events, and whether it is whole."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query

from api.routes.answers import BEARER, COOKIE, problems
from api.schemas.audit import EventList, VerdictOut
from api.security.administrators import administrator
from api.security.identity import Wired
from api.visible import LARGEST_ID
from core.clock import iso
from storage import cases, events
from storage.events import OFFICE_STREAM

router = APIRouter(tags=["留痕"], dependencies=[Depends(BEARER), Depends(COOKIE), Depends(administrator)])


@router.get("/audit/verify", summary="核对留痕", response_model=VerdictOut, responses=problems(401, 403))
def verify(services: Wired) -> dict[str, Any]:
    """Walk every chain; names the first event that was changed, removed or put in."""
    with services.database.read() as connection:
        verdict = events.verify(connection)
    return {
        "ok": verdict.first_bad is None,
        "events": verdict.count,
        "first_bad": verdict.first_bad,
        "reason": verdict.reason,
    }


@router.get(
    "/audit/{stream}", summary="留痕", response_model=EventList, responses=problems(401, 403, 404, 422)
)
def listed(
    services: Wired,
    stream: Annotated[int, Path(ge=0, le=LARGEST_ID, description="办件编号；0 为全单位。")],
    after: Annotated[int, Query(ge=0, le=LARGEST_ID, description="从哪一条之后。")] = 0,
    limit: Annotated[int, Query(ge=1, le=500, description="一页几条。")] = 100,
) -> dict[str, Any]:
    """The events of a case or of the office, oldest first, with their hashes."""
    with services.database.read() as connection:
        if stream != OFFICE_STREAM:
            cases.get(connection, stream)
        rows = events.page(connection, stream, after, limit + 1)
        total = events.count(connection, stream)
    shown = rows[:limit]
    more = str(shown[-1]["seq"]) if len(rows) > limit else None
    return {"items": [_event(row) for row in shown], "next": more, "total": total}


def _event(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "seq": row["seq"],
        "tag": row["tag"],
        "actor": row["actor"],
        "occurred_at": iso(row["occurred_at"]),
        "recorded_at": iso(row["recorded_at"]),
        "payload": row["payload"],
        "prev_hash": row["prev_hash"],
        "hash": row["hash"],
    }
