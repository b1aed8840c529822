"""Alerts: "look at this", with reasons, and who has looked."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from alerts.attention import Seen, acknowledge_alert, dismiss_alert
from api.commands import ByPerson
from api.cursors import decode, encode
from api.routes.answers import BEARER, COOKIE, problems
from api.schemas.alerts import AlertList, DismissIn, SeenOut
from api.security.identity import Reader, Wired, require_scope
from api.visible import Number
from core.clock import iso
from core.vocabulary import AlertState, Scope
from storage import alerts
from storage.database import Row

router = APIRouter(tags=["告警"], dependencies=[Depends(BEARER), Depends(COOKIE)])

_Reads = Annotated[Reader, Depends(require_scope(Scope.READ))]
_COMMAND: Any = {"response_model": SeenOut, "responses": problems(401, 403, 404, 409, 422)}


@router.get("/alerts", summary="告警列表", response_model=AlertList, responses=problems(401, 403, 422))
def listed(
    services: Wired,
    reader: _Reads,
    state: Annotated[AlertState | None, Query(description="状态。")] = None,
    cursor: Annotated[str | None, Query(description="上一页给出的 next。", max_length=200)] = None,
    limit: Annotated[int, Query(description="一页几条。", ge=1, le=500)] = 100,
) -> dict[str, Any]:
    """A page of alerts, the newest first; a handler sees those about cases of the own section."""
    with services.database.read() as connection:
        rows = alerts.listed(
            connection, state=state, section=reader.sees_only, before=decode(cursor), limit=limit + 1
        )
    shown = rows[:limit]
    last = shown[-1] if len(rows) > limit else None
    return {
        "items": [_alert(row) for row in shown],
        "next": encode(last["raised_at"], last["id"]) if last is not None else None,
        "total": None,
    }


@router.post("/alerts/{alert_id}/acknowledge", summary="已查看", **_COMMAND)
def acknowledge(sent: ByPerson, alert_id: Number) -> Response:
    """Say that somebody has seen it; signs for no case and stops no clock."""
    act = sent.act()
    return sent.answer(lambda connection: _seen(acknowledge_alert(connection, alert_id, act)))


@router.post("/alerts/{alert_id}/dismiss", summary="排除", **_COMMAND)
def dismiss(sent: ByPerson, alert_id: Number, given: DismissIn) -> Response:
    """Nothing to do, with the reason."""
    act = sent.act()
    return sent.answer(
        lambda connection: _seen(dismiss_alert(connection, alert_id, act, reason=given.reason))
    )


def _alert(row: Row) -> dict[str, Any]:
    return {
        "alert": row["id"],
        "kind": row["kind"],
        "title": row["title"],
        "reasons": list(row["reasons"]),
        "case": row["case_id"],
        "raised_at": iso(row["raised_at"]),
        "state": row["state"],
        "settled_at": iso(row["settled_at"]),
        "settled_by": row["settled_by_name"],
        "settled_reason": row["settled_reason"],
    }


def _seen(seen: Seen) -> dict[str, Any]:
    return {
        "alert": seen.alert_id,
        "state": seen.state.value,
        "acknowledged_at": seen.at,
        "by": seen.by,
        "first": seen.first,
    }
