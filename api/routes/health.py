"""How the server is, for a watchdog; needs no sign-in and tells nothing about the office."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from api.routes.answers import problems
from api.schemas.session import HealthOut
from api.security.identity import Wired
from core.clock import iso
from storage import engine_state

router = APIRouter(tags=["运行"])


@router.get("/health", summary="运行状况", response_model=HealthOut, responses=problems(503))
def health(services: Wired) -> dict[str, Any]:
    """Whether the database answers; 503 when it does not."""
    with services.database.read() as connection:
        engine_state.created_at(connection)
    kind = "sqlite" if services.database.is_sqlite else "postgresql"
    return {"ok": True, "database": kind, "now": iso(services.clock.now())}
