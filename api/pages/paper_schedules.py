"""定时报送: which papers go by mail to whom and when, and every delivery there was."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from alerts.channel_list import channel_lines
from api.pages.contexts import Option, PageContext
from api.pages.given import Given, Typed
from api.pages.rendering import render
from api.pages.verbs import actor_of
from api.papers import READERS
from api.problems import problem_of
from api.security.identity import Person, Wired, form_sender, require_role
from api.sending import seal_of
from api.services import Services
from api.visible import Number
from core.errors import HuiyingError, InvalidInput
from core.labels import label
from core.vocabulary import ChannelKind, PaperKind
from reports.papers.delivering import PLANNERS, NewSchedule, add, switch
from reports.papers.making import OF_PERIOD
from reports.papers.scheduling import Every, Timing
from storage import paper_deliveries
from storage.database import Row

router = APIRouter()

PATH = "/papers/schedules"
_SHOWN = 50
_SPACES = re.compile(r"[\s,，;；]+")
_EVERY = {
    Every.DAY: "每天",
    Every.WORKING_DAY: "每个工作日",
    Every.WEEK: "每周",
    Every.MONTH: "每月",
}
_STATES = {
    paper_deliveries.WAITING: "待发",
    paper_deliveries.SENT: "邮件服务器已接收",
    paper_deliveries.FAILED: "发送失败",
    paper_deliveries.DROPPED: "没有发出",
}
_NEW = {"kind": "daily_briefing", "every": "working_day", "on_day": "1", "at": "08:30", "signed": "true"}
_Reader = Annotated[Person, Depends(require_role(*READERS))]
_Sender = Annotated[Person, Depends(form_sender)]


@dataclass(frozen=True, slots=True)
class ScheduleLine:
    """One schedule in words."""

    id: int
    kind: str
    when: str
    addresses: str
    needs_signature: bool
    channel: str
    is_on: bool
    next_at: datetime


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """One delivery and how it ended; `version` is None until it was sent."""

    paper: int
    title: str
    address: str
    state: str
    is_bad: bool
    detail: str
    version: int | None
    sha256: str
    planned_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True)
class SchedulesPage(PageContext):
    """定时报送."""

    lines: Sequence[ScheduleLine]
    history: Sequence[DeliveryLine]
    kinds: Sequence[Option]
    every: Sequence[Option]
    mails: Sequence[Option]
    typed: dict[str, str]
    may_plan: bool
    done: str
    error: str | None
    error_field: str | None


@router.get(PATH)
def show(
    request: Request, services: Wired, person: _Reader, done: Annotated[str, Query(max_length=20)] = ""
) -> Response:
    """The schedules and the last deliveries."""
    return _page(request, services, person, dict(_NEW), done="已保存。" if done else "")


@router.post(PATH)
def submit(request: Request, services: Wired, _reader: _Reader, person: _Sender, given: Typed) -> Response:
    """Enter a schedule."""
    now = services.clock.now()
    try:
        new = _new(given)
        with services.database.write() as connection:
            add(connection, actor_of(person), new, services.calendar, now)
    except HuiyingError as error:
        names = (*_NEW, "addresses", "channel")
        return _page(request, services, person, {name: given[name] for name in names}, error=error)
    return RedirectResponse(f"{PATH}?done=1", 303)


@router.post(PATH + "/{schedule_id}/switch")
def switched(
    services: Wired, _reader: _Reader, person: _Sender, schedule_id: Number, given: Typed
) -> Response:
    """Switch one on or off."""
    now, on = services.clock.now(), given["on"] == "true"
    with services.database.write() as connection:
        switch(connection, actor_of(person), schedule_id, services.calendar, now, on=on)
    return RedirectResponse(f"{PATH}?done=1", 303)


def _new(given: Given) -> NewSchedule:
    if given["kind"] not in set(PaperKind) or given["every"] not in set(Every):
        raise InvalidInput("没有选择种类或时间。", mend="请选择。", field="kind")
    try:
        at = time.fromisoformat(given["at"])
    except ValueError as error:
        raise InvalidInput("时间不对。", mend="请写成 08:30 这样。", field="at") from error
    day = given["on_day"]
    addresses = tuple(dict.fromkeys(one for one in _SPACES.split(given["addresses"]) if one))
    return NewSchedule(
        PaperKind(given["kind"]),
        Timing(Every(given["every"]), at, int(day) if day.isascii() and day.isdigit() else 0),
        addresses,
        given["channel"],
        needs_signature=given["signed"] == "true",
    )


def _page(
    request: Request,
    services: Services,
    person: Person,
    typed: dict[str, str],
    *,
    done: str = "",
    error: HuiyingError | None = None,
) -> Response:
    typed = {"addresses": "", "channel": ""} | typed
    with services.database.read() as connection:
        schedules = paper_deliveries.schedules(connection)
        history = paper_deliveries.history(connection, limit=_SHOWN)
        known = channel_lines(connection, seal_of(services))
    mails = [one for one in known if one.kind is ChannelKind.SMTP and one.is_enabled]
    page = SchedulesPage(
        lines=[_line(row) for row in schedules],
        history=[_delivery(row) for row in history],
        kinds=[Option(one.value, label(one), one.value == typed["kind"]) for one in OF_PERIOD],
        every=[Option(one.value, words, one.value == typed["every"]) for one, words in _EVERY.items()],
        mails=[Option(one.key, one.key, one.key == typed["channel"]) for one in mails],
        typed=typed,
        may_plan=person.role in PLANNERS,
        done=done,
        error=f"{error.message}{error.mend}" if error else None,
        error_field=error.field if isinstance(error, InvalidInput) else None,
    )
    return render(request, "paper_schedules.html", page, status=problem_of(error).status if error else 200)


def _line(row: Row) -> ScheduleLine:
    every = Every(row["every"])
    day = {Every.WEEK: "一二三四五六日"[row["on_day"] - 1], Every.MONTH: f"{row['on_day']}日"}.get(every, "")
    return ScheduleLine(
        id=row["id"],
        kind=label(PaperKind(row["kind"])),
        when=f"{_EVERY[every]}{day} {row['at']}",
        addresses="、".join(row["addresses"]),
        needs_signature=row["needs_signature"],
        channel=row["channel"],
        is_on=row["is_on"],
        next_at=row["next_at"],
    )


def _delivery(row: Row) -> DeliveryLine:
    return DeliveryLine(
        paper=row["paper_id"],
        title=row["title"],
        address=row["address"],
        state=_STATES[row["state"]],
        is_bad=row["state"] == paper_deliveries.FAILED,
        detail=row["detail"],
        version=row["version"],
        sha256=(row["file_sha256"] or "")[:16],
        planned_at=row["planned_at"],
        sent_at=row["sent_at"],
    )
