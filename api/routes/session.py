"""Signing in and out by program."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from api.routes.answers import COOKIE, problems
from api.schemas.session import PeopleOut, SessionOut, SignInIn
from api.security.addresses import address_of, require_same_origin
from api.security.identity import Person, Wired, clear_cookie, require_role, script_sender, set_cookie
from api.security.sign_in import sign_in
from core.clock import iso
from core.vocabulary import Role
from storage import people, sessions
from storage.database import Row

router = APIRouter(tags=["登录"])


@router.post(
    "/session",
    status_code=201,
    summary="登录",
    response_model=SessionOut,
    responses=problems(401, 403, 413, 415, 422, 429),
)
def start(request: Request, response: Response, services: Wired, given: SignInIn) -> dict[str, Any]:
    """Open a session; the answer sets its cookie."""
    require_same_origin(request)
    opened = sign_in(services, given.login.strip().lower(), given.password, address_of(request))
    set_cookie(response, services, opened.secret)
    return {
        "person": _person(opened.person),
        "csrf_token": opened.csrf_token,
        "expires_at": iso(opened.expires_at),
        "must_change_password": opened.person["must_change_password"],
    }


@router.delete(
    "/session",
    status_code=204,
    summary="退出",
    responses=problems(401, 403, 422),
    dependencies=[Depends(COOKIE)],
)
def end(response: Response, services: Wired, person: Annotated[Person, Depends(script_sender)]) -> None:
    """End the session at once."""
    with services.database.write() as connection:
        sessions.revoke(connection, person.session, services.clock.now())
    clear_cookie(response, services)


@router.get(
    "/people",
    summary="人员",
    response_model=PeopleOut,
    responses=problems(401, 403),
    dependencies=[Depends(COOKIE), Depends(require_role(Role.ADMIN))],
)
def listed(services: Wired) -> dict[str, Any]:
    """Everybody of the office; for administrators."""
    with services.database.read() as connection:
        rows = people.listed(connection)
    items = [
        {
            **_person(row),
            "must_change_password": row["must_change_password"],
            "created_at": iso(row["created_at"]),
            "disabled_at": iso(row["disabled_at"]),
        }
        for row in rows
    ]
    return {"items": items, "next": None, "total": len(items)}


def _person(row: Row) -> dict[str, Any]:
    return {
        "login": row["login"],
        "name": row["name"],
        "role": row["role"],
        "section": row["section"] or None,
    }
