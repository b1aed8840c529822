"""The roster, read and written by program."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from alerts import duty
from alerts.duty import NewPost, Turn
from api.commands import ByPerson
from api.periods import instant_of
from api.routes.answers import BEARER, COOKIE, problems
from api.schemas.roster import (
    AwayIn,
    HandOverIn,
    NumberOut,
    PostIn,
    RollOut,
    RosterOut,
    SwapIn,
    TurnsIn,
)
from api.security.identity import Reader, Wired, require_scope
from api.visible import Number
from core.clock import iso
from core.vocabulary import Scope
from core.working_days import WorkCalendar
from storage import people
from storage import roster as stored
from storage.database import Connection

router = APIRouter(tags=["值班"], dependencies=[Depends(BEARER), Depends(COOKIE)])

_WEEK = timedelta(days=7)
_REFUSALS: Any = problems(401, 403, 404, 409, 413, 422)
_NUMBER: Any = {"response_model": NumberOut, "responses": _REFUSALS}


@router.get("/roster", summary="值班表", response_model=RosterOut, responses=problems(401, 403, 422))
def show(
    services: Wired,
    _reader: Annotated[Reader, Depends(require_scope(Scope.READ))],
    since: Annotated[
        str | None, Query(alias="from", description="从何时起；不写为现在。", max_length=40)
    ] = None,
    until: Annotated[
        str | None, Query(alias="to", description="到何时止；不写为七天。", max_length=40)
    ] = None,
) -> dict[str, Any]:
    """Who is on which post in a period, who is on duty now, and where nobody is."""
    now = services.clock.now()
    begin = instant_of(since, "from") if since else now
    end = instant_of(until, "to") if until else begin + _WEEK
    with services.database.read() as connection:
        return roster_json(connection, services.calendar, begin, max(begin, end), now)


def roster_json(
    connection: Connection, calendar: WorkCalendar, begin: datetime, end: datetime, now: datetime
) -> dict[str, Any]:
    """The roster of a period in the words of the interface."""
    roster = duty.load(connection, begin, end)
    present = duty.load(connection, now)
    rows = stored.around(connection, begin, end)
    person = {row["id"]: {"login": row["login"], "name": row["name"]} for row in people.listed(connection)}
    keys = {post.id: post.key for post in roster.posts}
    turns = [(row, row["person_id"], False) for row in rows["shifts"] if row["post_id"] in keys] + [
        (row, row["stand_in_id"], True) for row in rows["overrides"] if row["post_id"] in keys
    ]
    return {
        "posts": [
            {
                "post": post.key,
                "name": post.name,
                "audience": post.audience.value,
                "section": post.section or None,
                "needs_all": post.needs_all,
            }
            for post in roster.posts
        ],
        "turns": [
            {
                "post": keys[row["post_id"]],
                **person[who],
                "since": iso(row["since"]),
                "until": iso(row["until"]),
                "override": is_override,
                "reason": row["reason"] if is_override else None,
            }
            for row, who, is_override in turns
        ],
        "on_duty": [
            {"post": post.key, **person[holder.person_id], "via": holder.via}
            for post in present.posts
            for holder in present.on_duty(post, now)
        ],
        "gaps": [
            {
                "post": gap.post.key,
                "since": iso(gap.since),
                "until": iso(gap.until),
                "holiday": gap.holiday or None,
            }
            for gap in duty.gaps_ahead(roster, calendar, begin, end)
        ],
    }


@router.put("/roster", summary="排班", **_NUMBER)
def put(sent: ByPerson, given: TurnsIn) -> Response:
    """Enter the turns of a period in place of those that stood in it; answers how many stood."""
    turns = [
        Turn(one.login, instant_of(one.since, "since"), instant_of(one.until, "until")) for one in given.turns
    ]
    since, until = instant_of(given.since, "since"), instant_of(given.until, "until")
    now = sent.services.clock.now()
    return sent.answer(
        lambda connection: {
            "number": duty.put_turns(
                connection, sent.actor, given.post, turns, since=since, until=until, now=now
            )
        }
    )


@router.post("/roster/posts", status_code=201, summary="新增岗位", **_NUMBER)
def open_post(sent: ByPerson, given: PostIn) -> Response:
    """From now on this audience is whoever is on duty on the post."""
    new = NewPost(given.post, given.name, given.audience, given.section, given.needs_all)
    now = sent.services.clock.now()
    return sent.answer(
        lambda connection: {"number": duty.open_post(connection, sent.actor, new, now)}, status=201
    )


@router.post("/roster/swaps", status_code=201, summary="换班", **_NUMBER)
def swap(sent: ByPerson, given: SwapIn) -> Response:
    """Somebody takes the turn of another."""
    since, until = instant_of(given.since, "since"), instant_of(given.until, "until")
    now = sent.services.clock.now()
    return sent.answer(
        lambda connection: {
            "number": duty.swap(
                connection,
                sent.actor,
                given.post,
                stand_in=given.stand_in,
                instead_of=given.instead_of,
                since=since,
                until=until,
                reason=given.reason,
                now=now,
            )
        },
        status=201,
    )


@router.post("/roster/absences", status_code=201, summary="外出委托", **_NUMBER)
def be_away(sent: ByPerson, given: AwayIn) -> Response:
    """What would go to the sender goes to the delegate meanwhile."""
    since, until = instant_of(given.since, "since"), instant_of(given.until, "until")
    now = sent.services.clock.now()
    return sent.answer(
        lambda connection: {
            "number": duty.be_away(
                connection,
                sent.actor,
                delegate=given.delegate,
                since=since,
                until=until,
                reason=given.reason,
                now=now,
            )
        },
        status=201,
    )


@router.post("/roster/handovers", status_code=201, summary="交班", **_NUMBER)
def hand_over(sent: ByPerson, given: HandOverIn) -> Response:
    """The open clocks with a note: the first signature."""
    services = sent.services
    return sent.answer(
        lambda connection: {
            "number": duty.hand_over(
                connection,
                sent.actor,
                given.post,
                to=given.to,
                note=given.note,
                now=services.clock.now(),
                rule_labels=services.rule_labels,
            )
        },
        status=201,
    )


@router.post("/roster/handovers/{handover_id}/take", summary="接班", **_NUMBER)
def take_over(sent: ByPerson, handover_id: Number) -> Response:
    """The second signature."""
    now = sent.services.clock.now()

    def take(connection: Connection) -> dict[str, Any]:
        duty.take_over(connection, sent.actor, handover_id, now)
        return {"number": handover_id}

    return sent.answer(take)


@router.post("/roster/call", summary="点名", response_model=RollOut, responses=_REFUSALS)
def call_roll(sent: ByPerson) -> Response:
    """Write to everybody on duty."""
    now = sent.services.clock.now()
    return sent.answer(lambda connection: {"called": duty.call_roll(connection, sent.actor, now)})


@router.post("/roster/here", summary="在岗应答", **_NUMBER)
def answer_roll(sent: ByPerson) -> Response:
    """The sender is there; answers how many calls waited."""
    now = sent.services.clock.now()
    return sent.answer(lambda connection: {"number": duty.answer_roll(connection, sent.actor, now)})
