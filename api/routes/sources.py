"""Sources: how each stands, and a run now."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from api.commands import ByPerson
from api.gathering import run_asked, standings_of
from api.routes.answers import BEARER, COOKIE, problems
from api.schemas.sources import RunOut, SourceList
from api.security.administrators import administrator
from api.security.identity import Wired
from core.errors import NotAllowed
from core.vocabulary import Role
from crawlers.health import as_object

router = APIRouter(tags=["来源"], dependencies=[Depends(BEARER), Depends(COOKIE)])

Key = Annotated[str, Path(max_length=60, examples=["weibo_hot"])]


@router.get(
    "/sources",
    summary="来源",
    response_model=SourceList,
    responses=problems(401, 403),
    dependencies=[Depends(administrator)],
)
def listed(services: Wired) -> dict[str, Any]:
    """How each source stands, those in trouble first."""
    found = standings_of(services)
    return {"items": [as_object(one) for one in found], "next": None, "total": len(found)}


@router.post(
    "/sources/{source}/run",
    summary="立即采集",
    response_model=RunOut,
    responses=problems(401, 403, 404, 409, 422),
)
def run_now(sent: ByPerson, services: Wired, source: Key) -> Response:
    """Ask for a run; the schedule carries it out within seconds."""
    if sent.actor.role is not Role.ADMIN:
        raise NotAllowed("来源由管理员管理。", mend="请由管理员办理。", code="role.refused")

    def effect(connection: Any) -> dict[str, Any]:
        run_id, is_first = run_asked(services, connection, source, sent.actor.name)
        return {"run": run_id, "source": source, "first": is_first}

    return sent.answer(effect)
