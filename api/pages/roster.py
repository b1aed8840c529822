"""值班表: a week of posts and turns, who is on duty now, hand-overs and the roll."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from alerts import duty
from alerts.actors import Actor
from alerts.duty import NewPost, Turn
from alerts.roster import Post, Roster
from api.pages.contexts import Option
from api.pages.given import Given, Typed
from api.pages.rendering import render
from api.pages.roster_contexts import CallLine, Cell, HandoverLine, PostRow, RosterPage, TurnLine
from api.pages.verbs import actor_of
from api.periods import day_of
from api.problems import problem_of
from api.security.identity import Person, SignedIn, Wired, form_sender
from api.services import Services
from core.clock import day_start, local_day
from core.errors import HuiyingError, InvalidInput, NotFound
from core.labels import label
from core.vocabulary import Audience, Role
from storage import people, sections
from storage import roster as stored
from storage.database import Connection

router = APIRouter()

_PLANNERS = frozenset({Role.ADMIN, Role.MANAGER, Role.PRESS})
_SHOWN = 5
_Sender = Annotated[Person, Depends(form_sender)]
_Do = Callable[[Connection, Services, Actor, Given, datetime], object]


@router.get("/roster")
def show(
    request: Request,
    services: Wired,
    person: SignedIn,
    week: Annotated[str | None, Query(max_length=10)] = None,
    done: str = "",
) -> Response:
    """The week that holds the day asked for; this week by default."""
    day = day_of(week, "week") if week else local_day(services.clock.now())
    with services.database.read() as connection:
        page = _page(connection, services, person, day, done=_DONE.get(done, ""))
    return render(request, "roster.html", page)


@router.post("/roster/{command}")
def act(
    request: Request, services: Wired, person: _Sender, _signed: SignedIn, command: str, given: Typed
) -> Response:
    """Change the roster; on a refusal the page comes back and says why."""
    verb = _VERBS.get(command)
    if verb is None:
        raise NotFound(f"没有“{command}”这种操作。", mend="请从页面上的按钮操作。")
    now = services.clock.now()
    try:
        with services.database.write() as connection:
            verb(connection, services, actor_of(person), given, now)
    except HuiyingError as error:
        with services.database.read() as connection:
            said = f"{error.message}{error.mend}"
            page = _page(connection, services, person, local_day(now), failure=said, given=given)
        return render(request, "roster.html", page, status=problem_of(error).status)
    return RedirectResponse(f"/roster?done={command}", 303)


def _moment(given: Given, name: str) -> datetime:
    at = given.instant(name)
    if at is None:
        raise InvalidInput("没有填写起止时间。", mend="请填写开始和结束的时间。", field=name)
    return at


def _open_post(
    connection: Connection, _services: Services, actor: Actor, given: Given, now: datetime
) -> object:
    if given["audience"] not in set(Audience):
        raise InvalidInput("没有选择接收哪一类通知。", mend="请选择。", field="audience")
    new = NewPost(
        given["post"],
        given["name"],
        Audience(given["audience"]),
        given["section"],
        needs_all=given["needs_all"] == "true",
    )
    return duty.open_post(connection, actor, new, now)


_VERBS: dict[str, _Do] = {
    "post": _open_post,
    "turn": lambda c, _s, actor, given, now: duty.add_turn(
        c,
        actor,
        given["post"],
        Turn(given["login"], _moment(given, "since"), _moment(given, "until")),
        now,
    ),
    "swap": lambda c, _s, actor, given, now: duty.swap(
        c,
        actor,
        given["post"],
        stand_in=given["stand_in"],
        instead_of=given["instead_of"] or None,
        since=_moment(given, "since"),
        until=_moment(given, "until"),
        reason=given["reason"],
        now=now,
    ),
    "away": lambda c, _s, actor, given, now: duty.be_away(
        c,
        actor,
        delegate=given["delegate"],
        since=_moment(given, "since"),
        until=_moment(given, "until"),
        reason=given["reason"],
        now=now,
    ),
    "handover": lambda c, services, actor, given, now: duty.hand_over(
        c,
        actor,
        given["post"],
        to=given["to"],
        note=given["note"],
        now=now,
        rule_labels=services.rule_labels,
    ),
    "take": lambda c, _s, actor, given, now: duty.take_over(c, actor, given.number("handover"), now),
    "call": lambda c, _s, actor, _given, now: duty.call_roll(c, actor, now),
    "here": lambda c, _s, actor, _given, now: duty.answer_roll(c, actor, now),
}
_DONE = {
    "post": "已新增岗位。",
    "turn": "已排班。",
    "swap": "已换班。",
    "away": "已登记外出，通知改由受托人接收。",
    "handover": "已交班，待接班人签收。",
    "take": "已接班。",
    "call": "已点名，正在等待应答。",
    "here": "已应答在岗。",
}


def _page(
    connection: Connection,
    services: Services,
    person: Person,
    day: date,
    *,
    done: str = "",
    failure: str = "",
    given: Given | None = None,
) -> RosterPage:
    now = services.clock.now()
    monday = day - timedelta(days=day.weekday())
    days = [monday + timedelta(days=n) for n in range(7)]
    roster = duty.load(connection, day_start(monday), day_start(monday + timedelta(days=7)))
    present = duty.load(connection, now)
    everybody = [row for row in people.listed(connection) if row["disabled_at"] is None]
    names = {row["id"]: row["name"] for row in people.listed(connection)}
    calls = stored.recent_calls(connection, _SHOWN * 4)
    return RosterPage(
        days=days,
        today=local_day(now),
        kinds=[_day_note(services, one) for one in days],
        rows=[_row(roster, present, post, days, names, now) for post in roster.posts],
        previous=(monday - timedelta(days=7)).isoformat(),
        following=(monday + timedelta(days=7)).isoformat(),
        may_plan=person.role in _PLANNERS,
        posts=[Option(post.key, post.name, False) for post in roster.posts],
        people=[Option(row["login"], row["name"], False) for row in everybody],
        others=[Option(row["login"], row["name"], False) for row in everybody if row["id"] != person.id],
        audiences=[Option(one.value, label(one), one is Audience.DUTY) for one in Audience],
        sections=[
            Option(key, name, False) for key, name in {"": "全单位", **sections.names(connection)}.items()
        ],
        handovers=[
            HandoverLine(
                row["id"],
                row["post_name"],
                row["from_name"],
                row["to_name"],
                row["note"],
                len(row["clocks"]),
                row["written_at"],
                row["taken_at"],
                may_take=row["taken_at"] is None and row["to_person"] == person.id,
            )
            for row in stored.recent_handovers(connection, _SHOWN)
        ],
        calls=[
            CallLine(row["post_name"], row["name"], row["called_at"], row["answered_at"]) for row in calls
        ],
        is_called=any(row["answered_at"] is None and row["person_id"] == person.id for row in calls),
        open_clocks=duty.open_clocks(connection, now, services.rule_labels),
        done=done,
        failure=failure,
        typed=given.fields if given else {},
    )


def _day_note(services: Services, day: date) -> str:
    _, name = services.calendar.kind_of(day)
    if services.calendar.is_working_day(day):
        return f"调休上班（{name}）" if name else ""
    return name or "休"


def _row(
    roster: Roster, present: Roster, post: Post, days: list[date], names: dict[int, str], now: datetime
) -> PostRow:
    on_duty = [names[one.person_id] for one in present.on_duty(post, now)]
    return PostRow(
        post.name,
        label(post.audience),
        post.needs_all,
        on_duty,
        [_cell(roster, post, day, names) for day in days],
    )


def _cell(roster: Roster, post: Post, day: date, names: dict[int, str]) -> Cell:
    """The turns that touch a day, and how much of the day nobody is there."""
    begin, end = day_start(day), day_start(day + timedelta(days=1))
    turns = [
        TurnLine(names[one.person_id], max(one.since, begin), min(one.until, end), is_override=False)
        for one in roster.shifts
        if one.post_id == post.id and one.since < end and one.until > begin
    ]
    turns += [
        TurnLine(names[one.stand_in_id], max(one.since, begin), min(one.until, end), is_override=True)
        for one in roster.overrides
        if one.post_id == post.id and one.since < end and one.until > begin
    ]
    gap = sum((until - since for since, until in roster.gaps(post, begin, end)), timedelta())
    return Cell(sorted(turns, key=lambda one: one.since), gap)
