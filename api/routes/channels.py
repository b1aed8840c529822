"""Channels: how each stands, a test, and switching one on or off. For administrators."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from alerts.channel_list import ChannelLine, channel_lines, switch
from alerts.trial import Tester
from api.commands import ByPerson, Sent
from api.routes.answers import BEARER, COOKIE, problems
from api.schemas.channels import ChannelList, SwitchIn, SwitchOut, TestIn, TestOut
from api.security.administrators import administrator
from api.security.identity import Wired
from api.sending import channel_named, seal_of, try_channel
from core.clock import iso
from core.errors import NotAllowed
from core.vocabulary import Role

router = APIRouter(tags=["通知渠道"], dependencies=[Depends(BEARER), Depends(COOKIE)])

Channel = Annotated[str, Path(max_length=60, examples=["群机器人"])]
_COMMAND: Any = {"responses": problems(401, 403, 404, 409, 422)}


@router.get(
    "/channels",
    summary="通知渠道",
    response_model=ChannelList,
    responses=problems(401, 403),
    dependencies=[Depends(administrator)],
)
def listed(services: Wired) -> dict[str, Any]:
    """How each channel stands."""
    with services.database.read() as connection:
        lines = channel_lines(connection, seal_of(services))
    return {"items": [_line(one) for one in lines], "next": None, "total": len(lines)}


@router.post("/channels/{channel}/test", summary="发一条测试通知", response_model=TestOut, **_COMMAND)
def send_a_test(sent: ByPerson, services: Wired, channel: Channel, given: TestIn) -> Response:
    """Send one notice by the way every notice goes, and say how it ended."""
    tester = _administrator(sent)
    earlier = sent.once.earlier()
    if earlier is not None:
        return earlier
    tried = try_channel(services, channel, tester, given.address)
    answer = {
        "channel": tried.channel,
        "address": tried.address,
        "notice": tried.notice_id,
        "state": tried.state.value,
        "detail": tried.detail or None,
        "next_at": iso(tried.next_at),
    }
    return sent.answer(lambda _connection: answer)


@router.post("/channels/{channel}/switch", summary="启用或停用", response_model=SwitchOut, **_COMMAND)
def switched(sent: ByPerson, services: Wired, channel: Channel, given: SwitchIn) -> Response:
    """Switch a channel on or off."""
    tester = _administrator(sent)
    stored = channel_named(services, channel)

    def effect(connection: Any) -> dict[str, Any]:
        switch(connection, stored, on=given.enabled, actor=tester.name, now=services.clock.now())
        return {"channel": channel, "enabled": given.enabled}

    return sent.answer(effect)


def _administrator(sent: Sent) -> Tester:
    actor = sent.actor
    if actor.role is not Role.ADMIN or actor.person_id is None:
        raise NotAllowed("通知渠道由管理员管理。", mend="请由管理员办理。", code="role.refused")
    return Tester(actor.person_id, actor.login, actor.name, actor.role)


def _line(one: ChannelLine) -> dict[str, Any]:
    return {
        "channel": one.key,
        "kind": one.kind.value,
        "destination": one.destination or None,
        "enabled": one.is_enabled,
        "people": one.people,
        "waiting": one.waiting,
        "worked_at": iso(one.worked_at),
        "failing_since": iso(one.failing_since),
        "failures": one.failures,
        "last_error": one.last_error or None,
    }
