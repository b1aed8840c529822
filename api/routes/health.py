"""How the server is, for a watchdog: red when it lags, not when a process is missing."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from alerts.watch import State, look
from api.metrics import CONTENT_TYPE, exposition
from api.routes.answers import BEARER, COOKIE, problems
from api.schemas.session import HealthOut
from api.security.identity import Wired, require_scope
from api.services import Services
from core.clock import iso
from core.vocabulary import Scope
from storage import engine_state

router = APIRouter(tags=["运行"])


@router.get(
    "/health",
    summary="运行状况",
    response_model=HealthOut,
    responses={**problems(503), 503: {"model": HealthOut, "description": "有落后或停下的，见 troubles。"}},
)
def health(services: Wired) -> Response:
    """Whether what is due is done and what must be said is sent; needs no sign-in, tells nothing of cases."""
    state = _state(services)
    kind = "sqlite" if services.database.is_sqlite else "postgresql"
    answer: dict[str, Any] = {
        "ok": state.is_well,
        "database": kind,
        "now": iso(state.now),
        "last_tick_at": iso(state.last_tick_at),
        "troubles": list(state.troubles),
    }
    text = json.dumps(answer, ensure_ascii=False)
    return Response(text, 200 if state.is_well else 503, media_type="application/json")


@router.get(
    "/metrics",
    summary="监测指标",
    responses={**problems(401, 403), 200: {"content": {"text/plain": {}}}},
    response_class=Response,
    dependencies=[Depends(BEARER), Depends(COOKIE), Depends(require_scope(Scope.READ))],
)
def metrics(services: Wired) -> Response:
    """The figures in Prometheus's form."""
    with services.database.read() as connection:
        text = engine_state.find(connection, engine_state.LAST_TICK_SECONDS)
    seconds = float(text) if text else None
    return Response(exposition(_state(services), seconds), media_type=CONTENT_TYPE)


def _state(services: Services) -> State:
    lag = timedelta(seconds=services.settings.watch.lag_seconds)
    now = services.clock.now()
    with services.database.read() as connection:
        return look(connection, now, lag)
