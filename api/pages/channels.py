"""通知渠道: how each channel stands, and a test on the way every notice goes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from alerts.channel_list import channel_lines, switch
from alerts.trial import Tester, Tried
from api.pages.keeping_contexts import ChannelsPage
from api.pages.rendering import render
from api.security.identity import Person, Wired, form_sender, require_role
from api.sending import channel_named, seal_of, try_channel
from api.services import Services
from core.clock import shanghai
from core.errors import HuiyingError
from core.vocabulary import Role

router = APIRouter()

_administrator = require_role(Role.ADMIN)
_Sender = Annotated[Person, Depends(form_sender)]


@router.get("/channels")
def show(request: Request, services: Wired, _person: Annotated[Person, Depends(_administrator)]) -> Response:
    """Every channel of the office."""
    return _page(request, services)


@router.post("/channels/test")
def send_a_test(
    request: Request,
    services: Wired,
    person: _Sender,
    channel: Annotated[str, Form(max_length=60)],
    address: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Send a test and show how it ended."""
    _administrator(person)
    tester = Tester(person.id, person.login, person.name, person.role)
    try:
        tried = try_channel(services, channel, tester, address)
    except HuiyingError as error:
        said = f"{error.message}{error.mend}"
        return _page(request, services, said, tested=channel, is_good=False, status=422)
    return _page(request, services, _told(tried), tested=channel, is_good=tried.is_accepted)


@router.post("/channels/switch")
def switched(
    request: Request,
    services: Wired,
    person: _Sender,
    channel: Annotated[str, Form(max_length=60)],
    on: Annotated[bool, Form()],
) -> Response:
    """Switch a channel on or off."""
    _administrator(person)
    try:
        stored = channel_named(services, channel)
        with services.database.write() as connection:
            switch(connection, stored, on=on, actor=person.name, now=services.clock.now())
    except HuiyingError as error:
        said = f"{error.message}{error.mend}"
        return _page(request, services, said, tested=channel, is_good=False, status=409)
    return RedirectResponse("/channels", 303)


def _page(
    request: Request,
    services: Services,
    said: str | None = None,
    *,
    tested: str = "",
    is_good: bool = True,
    status: int = 200,
) -> Response:
    with services.database.read() as connection:
        lines = channel_lines(connection, seal_of(services))
    return render(request, "channels.html", ChannelsPage(lines, said, is_good, tested), status=status)


def _told(tried: Tried) -> str:
    if tried.is_accepted:
        return f"渠道“{tried.channel}”已接收。请到 {tried.address} 查看：收到才算送达。"
    if tried.next_at is not None:
        why = tried.detail or "已到发送上限"
        return f"渠道“{tried.channel}”这次没有发出：{why}。{shanghai(tried.next_at):%H:%M:%S} 自动再试。"
    return f"渠道“{tried.channel}”发送失败：{tried.detail}。请检查设置和网络。"
