"""Alerts: "look at this", with reasons, and who has looked."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from alerts.attention import Seen, acknowledge_alert, dismiss_alert
from alerts.muting import NewMute, lift_mute, mute
from api.commands import ByPerson
from api.cursors import decode, encode
from api.periods import instant_of
from api.routes.answers import BEARER, COOKIE, problems
from api.schemas.alerts import AlertList, DismissIn, MuteIn, MuteList, MuteNumberOut, SeenOut
from api.security.identity import Reader, Wired, require_scope
from api.visible import Number
from core.clock import iso
from core.vocabulary import AlertState, Scope
from storage import alerts, mutes
from storage.database import Connection, Row

router = APIRouter(tags=["告警"], dependencies=[Depends(BEARER), Depends(COOKIE)])

_Reads = Annotated[Reader, Depends(require_scope(Scope.READ))]
_REFUSALS: Any = problems(401, 403, 404, 409, 422)
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


@router.post("/alerts/{alert_id}/mute", summary="不再告警", response_model=MuteNumberOut, responses=_REFUSALS)
def silence(sent: ByPerson, alert_id: Number, given: MuteIn) -> Response:
    """Dismiss it, and raise nothing any more for its source or for whatever says these words."""
    act = sent.act()
    until = instant_of(given.until, "until") if given.until else None
    new = NewMute(given.kind, given.value, given.why, given.reason, until)
    return sent.answer(lambda connection: {"mute": mute(connection, alert_id, act, new)})


@router.get("/mutes", summary="不再告警的", response_model=MuteList, responses=problems(401, 403))
def muted(services: Wired, _reader: _Reads) -> dict[str, Any]:
    """What nobody is called for now."""
    with services.database.read() as connection:
        rows = mutes.standing(connection, services.clock.now())
    return {
        "items": [
            {
                "mute": row["id"],
                "by": row["name"],
                "muted_at": iso(row["muted_at"]),
                "until": iso(row["until"]),
                **{name: row[name] for name in ("kind", "value", "why", "reason")},
            }
            for row in rows
        ]
    }


@router.post("/mutes/{mute_id}/lift", summary="恢复告警", response_model=MuteNumberOut, responses=_REFUSALS)
def lift(sent: ByPerson, mute_id: Number) -> Response:
    """What comes from now on raises alerts again."""
    act = sent.act()

    def effect(connection: Connection) -> dict[str, Any]:
        lift_mute(connection, mute_id, act)
        return {"mute": mute_id}

    return sent.answer(effect)


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
