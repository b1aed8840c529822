"""来源: how each source stands, silence first; an administrator can ask for a run or switch one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from api.gathering import (
    approve_source,
    ask_for_run,
    hot_list,
    keep_credential,
    source_named,
    standings_of,
    switch_source,
)
from api.pages.rendering import render
from api.pages.source_contexts import SourceLine, SourcesPage
from api.security.identity import Person, Wired, form_sender, require_role
from api.services import Services
from core.errors import HuiyingError
from core.vocabulary import Role

router = APIRouter()

_reader = require_role(Role.ADMIN, Role.MANAGER, Role.PRESS)
_administrator = require_role(Role.ADMIN)
_Sender = Annotated[Person, Depends(form_sender)]
_Key = Annotated[str, Form(max_length=60)]
_NO_NUL = r"^[^\x00]*$"


@router.get("/sources")
def show(request: Request, services: Wired, person: Annotated[Person, Depends(_reader)]) -> Response:
    """Every source of the catalogue."""
    return _page(request, services, person)


@router.post("/sources/run")
def run_now(request: Request, services: Wired, person: _Sender, key: _Key) -> Response:
    """Ask for a run; the schedule carries it out within seconds."""
    _administrator(person)
    try:
        ask_for_run(services, key, person.name)
    except HuiyingError as error:
        return _page(request, services, person, f"{error.message}{error.mend}", is_good=False, status=409)
    name = source_named(services, key).name
    return _page(request, services, person, f"已安排采集“{name}”，几秒内开始。稍后刷新本页看结果。")


@router.post("/sources/switch")
def switched(
    request: Request, services: Wired, person: _Sender, key: _Key, on: Annotated[bool, Form()]
) -> Response:
    """Switch a source on or off."""
    _administrator(person)
    try:
        switch_source(services, key, on=on, actor=person.name)
    except HuiyingError as error:
        return _page(request, services, person, f"{error.message}{error.mend}", is_good=False, status=409)
    return RedirectResponse("/sources", 303)


@router.post("/sources/approve")
def approve(
    request: Request,
    services: Wired,
    person: _Sender,
    key: _Key,
    note: Annotated[str, Form(max_length=1000, pattern=_NO_NUL)] = "",
) -> Response:
    """Record by which decision a source behind a login may be gathered."""
    _administrator(person)
    try:
        approve_source(services, key, note, person.name)
    except HuiyingError as error:
        return _page(request, services, person, f"{error.message}{error.mend}", is_good=False, status=409)
    return _page(request, services, person, f"已登记批准“{source_named(services, key).name}”。")


@router.post("/sources/credential")
def credential(
    request: Request,
    services: Wired,
    person: _Sender,
    key: _Key,
    secret: Annotated[str, Form(max_length=10_000)] = "",
    expires: Annotated[str, Form(max_length=40, pattern=_NO_NUL)] = "",
) -> Response:
    """Keep a token or cookie; it is sealed, and no page shows it again."""
    _administrator(person)
    try:
        keep_credential(services, key, secret, expires, person.name)
    except HuiyingError as error:
        return _page(request, services, person, f"{error.message}{error.mend}", is_good=False, status=409)
    return _page(request, services, person, f"已登记“{source_named(services, key).name}”的凭据，加密保存。")


def _page(
    request: Request,
    services: Services,
    person: Person,
    said: str | None = None,
    *,
    is_good: bool = True,
    status: int = 200,
) -> Response:
    lines = [SourceLine.of(one) for one in standings_of(services)]
    page = SourcesPage(
        troubled=[line for line in lines if line.troubles],
        running=[line for line in lines if line.is_on and not line.troubles],
        off=[line for line in lines if not line.is_on and not line.troubles],
        hot=hot_list(services),
        said=said,
        is_good=is_good,
        may_run=person.role is Role.ADMIN,
        has_contact=bool(services.settings.crawl.contact),
    )
    return render(request, "sources.html", page, status=status)
