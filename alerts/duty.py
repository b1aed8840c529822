"""值班: entering turns, handing over, calling the roll, and looking a week ahead.

Who is on duty is decided by `alerts.roster` from what this module enters; a change of the roster is an event
of the office.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from alerts.actors import Actor
from alerts.alarms import raise_alarm
from alerts.ladders import Delivery
from alerts.letters import Letter
from alerts.notices import due_text, words
from alerts.roster import Absence, Override, Post, Roster, Shift
from alerts.steps import said
from core.clock import iso, local_day, shanghai
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.vocabulary import Audience, CaseKind, Role, Tag
from core.working_days import WorkCalendar
from storage import channels, deadlines, events, notices, outbox, people
from storage import roster as stored
from storage.database import Connection, Row
from storage.events import OFFICE_STREAM, Draft

_PLANNERS = frozenset({Role.ADMIN, Role.MANAGER, Role.PRESS})
_WATCH = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn about to be entered: whose, by login, and when; half-open."""

    login: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class NewPost:
    """A post about to be entered; see `alerts.roster.Post`."""

    key: str
    name: str
    audience: Audience
    section: str = ""
    needs_all: bool = False


def load(connection: Connection, since: datetime, until: datetime | None = None) -> Roster:
    """The roster of a period, or of one instant."""
    rows = stored.around(connection, since, until or since)
    return Roster(
        [
            Post(
                row["id"],
                row["key"],
                row["name"],
                Audience(row["audience"]),
                row["section"],
                row["needs_all"],
            )
            for row in rows["posts"]
        ],
        [
            Shift(row["id"], row["post_id"], row["person_id"], row["since"], row["until"])
            for row in rows["shifts"]
        ],
        [
            Override(
                row["id"], row["post_id"], row["person_id"], row["stand_in_id"], row["since"], row["until"]
            )
            for row in rows["overrides"]
        ],
        [
            Absence(row["person_id"], row["delegate_id"], row["since"], row["until"])
            for row in rows["absences"]
        ],
    )


def open_post(connection: Connection, actor: Actor, new: NewPost, now: datetime) -> int:
    """Enter a post; from now on its audience is whoever is on duty there, and nobody else.

    Raises:
        NotAllowed: the actor's role plans no duty.
        InvalidInput: no key or no name.
        Conflict: the key is taken.
    """
    _require_planner(actor)
    key, name = said(new.key, "key", "岗位代号"), said(new.name, "name", "岗位名称")
    if stored.find_post(connection, key) is not None:
        raise Conflict(f"岗位代号 {key} 已经有了。", mend="请换一个代号。", code="post.exists")
    number = stored.add_post(
        connection,
        key=key,
        name=name,
        audience=new.audience,
        section=new.section.strip(),
        needs_all=new.needs_all,
        now=now,
    )
    _record(connection, actor, Tag.ROSTER_CHANGED, {"post": key, "opened": new.audience.value}, now)
    return number


def close_post(connection: Connection, actor: Actor, key: str, now: datetime) -> None:
    """Close a post; its audience is its role again where no other post answers it.

    Raises:
        NotAllowed: the actor's role plans no duty.
        NotFound: no such post.
    """
    _require_planner(actor)
    stored.close_post(connection, _post(connection, key)["id"], now)
    _record(connection, actor, Tag.ROSTER_CHANGED, {"post": key, "closed": True}, now)


def put_turns(
    connection: Connection,
    actor: Actor,
    post_key: str,
    turns: Sequence[Turn],
    *,
    since: datetime,
    until: datetime,
    now: datetime,
) -> int:
    """Enter the turns of a period in place of those that stood in it; how many stood.

    Raises:
        NotAllowed: the actor's role plans no duty.
        NotFound: no such post.
        InvalidInput: a turn outside the period, ending before it begins, of somebody who is not there, or of
            somebody who has another turn on the post at the time.
    """
    _require_planner(actor)
    post = _post(connection, post_key)
    numbers = _people(connection, turns)
    for turn in turns:
        _check(turn, since, until)
    _refuse_overlaps(turns)
    replaced = stored.cancel_shifts(connection, post["id"], since=since, until=until, now=now)
    for turn in turns:
        stored.add_shift(
            connection,
            post_id=post["id"],
            person_id=numbers[turn.login],
            since=turn.since,
            until=turn.until,
            by=actor.name,
            now=now,
        )
    facts = {"post": post_key, "since": iso(since), "until": iso(until), "turns": len(turns)}
    _record(connection, actor, Tag.ROSTER_CHANGED, {**facts, "replaced": replaced}, now)
    return replaced


def add_turn(connection: Connection, actor: Actor, post_key: str, turn: Turn, now: datetime) -> int:
    """Enter one turn beside those that stand; its number.

    Raises:
        NotAllowed, NotFound, InvalidInput: see `put_turns`.
    """
    _require_planner(actor)
    post, person = _post(connection, post_key), _person(connection, turn.login)
    _check(turn, turn.since, turn.until)
    standing = stored.around(connection, turn.since, turn.until)["shifts"]
    same = [row for row in standing if row["post_id"] == post["id"] and row["person_id"] == person["id"]]
    _refuse_overlaps([turn, *(Turn(turn.login, row["since"], row["until"]) for row in same)])
    number = stored.add_shift(
        connection,
        post_id=post["id"],
        person_id=person["id"],
        since=turn.since,
        until=turn.until,
        by=actor.name,
        now=now,
    )
    facts = {"post": post_key, "since": iso(turn.since), "until": iso(turn.until), "turns": 1}
    _record(connection, actor, Tag.ROSTER_CHANGED, {**facts, "login": turn.login}, now)
    return number


def swap(
    connection: Connection,
    actor: Actor,
    post_key: str,
    *,
    stand_in: str,
    instead_of: str | None,
    since: datetime,
    until: datetime,
    reason: str,
    now: datetime,
) -> int:
    """换班: somebody takes the turn of another, or of everybody on the post; the number of the override.

    Raises:
        NotAllowed: the actor neither plans duty nor is one of the two.
        NotFound: no such post.
        InvalidInput: no reason, the period ends before it begins, or somebody is not there.
    """
    post = _post(connection, post_key)
    if actor.role not in _PLANNERS and actor.login not in {stand_in, instead_of}:
        raise NotAllowed("只能替自己换班。", mend="请由值班安排人办理。", code="roster.not_yours")
    if since >= until:
        raise InvalidInput("换班的起止时间颠倒。", mend="请检查时间。", field="until")
    why = said(reason, "reason", "换班原因")
    relieved = _person(connection, instead_of)["id"] if instead_of else None
    number = stored.add_override(
        connection,
        post_id=post["id"],
        person_id=relieved,
        stand_in_id=_person(connection, stand_in)["id"],
        since=since,
        until=until,
        reason=why,
        by=actor.name,
        now=now,
    )
    facts = {"post": post_key, "stand_in": stand_in, "instead_of": instead_of, "reason": why}
    _record(connection, actor, Tag.ROSTER_CHANGED, {**facts, "since": iso(since), "until": iso(until)}, now)
    return number


def be_away(
    connection: Connection,
    actor: Actor,
    *,
    delegate: str,
    since: datetime,
    until: datetime,
    reason: str,
    now: datetime,
) -> int:
    """外出委托: what would go to the actor goes to the delegate meanwhile; the number of the absence.

    Raises:
        InvalidInput: the delegate is not there or is the actor, or the period ends before it begins.
        NotAllowed: the program is never away.
    """
    if actor.person_id is None:
        raise NotAllowed("系统没有外出。", mend="请由本人办理。")
    other = _person(connection, delegate)
    if other["id"] == actor.person_id:
        raise InvalidInput("不能委托给自己。", mend="请选择另一个人。", field="delegate")
    if since >= until:
        raise InvalidInput("外出的起止时间颠倒。", mend="请检查时间。", field="until")
    number = stored.add_absence(
        connection,
        person_id=actor.person_id,
        delegate_id=other["id"],
        since=since,
        until=until,
        reason=reason.strip(),
        now=now,
    )
    facts = {"delegate": delegate, "since": iso(since), "until": iso(until), "login": actor.login}
    _record(connection, actor, Tag.ROSTER_CHANGED, facts, now)
    return number


def hand_over(
    connection: Connection,
    actor: Actor,
    post_key: str,
    *,
    to: str,
    note: str,
    now: datetime,
    rule_labels: Mapping[str, str],
) -> int:
    """交班: the open clocks of incidents and whatever is due within a day, with a note; the first signature.

    Raises:
        NotFound: no such post.
        InvalidInput: the other is not there, or is the actor.
        NotAllowed: the program holds no watch.
    """
    if actor.person_id is None:
        raise NotAllowed("系统不能交班。", mend="请由值班员办理。")
    post, other = _post(connection, post_key), _person(connection, to)
    if other["id"] == actor.person_id:
        raise InvalidInput("不能交班给自己。", mend="请选择接班的人。", field="to")
    clocks = open_clocks(connection, now, rule_labels)
    number = stored.write_handover(
        connection,
        post_id=post["id"],
        from_person=actor.person_id,
        to_person=other["id"],
        note=note.strip(),
        clocks=clocks,
        now=now,
    )
    facts = {"handover": number, "post": post_key, "to": to, "clocks": [one["deadline"] for one in clocks]}
    _record(connection, actor, Tag.DUTY_HANDED_OVER, facts, now)
    return number


def take_over(connection: Connection, actor: Actor, handover_id: int, now: datetime) -> None:
    """接班: the second signature.

    Raises:
        Conflict: it is not the actor's to sign, or was signed already.
    """
    if actor.person_id is None or not stored.take_handover(connection, handover_id, actor.person_id, now):
        raise Conflict(
            "这份交班不是交给您的，或者已经签收。", mend="请刷新值班表后核对。", code="handover.not_yours"
        )
    _record(connection, actor, Tag.DUTY_TAKEN_OVER, {"handover": handover_id}, now)


def open_clocks(
    connection: Connection, now: datetime, rule_labels: Mapping[str, str]
) -> list[dict[str, Any]]:
    """What whoever takes over must know: the clocks of incidents, and what is overdue or due within a day."""
    rows = deadlines.standing(connection, state="running", as_of=now, soon=_WATCH)
    return [
        {
            "deadline": row["deadline_id"],
            "case": row["case_id"],
            "title": row["title"],
            "rule": rule_labels.get(row["rule_key"], row["rule_key"]),
            "due_at": iso(row["due_at"]),
        }
        for row in rows
        if not row["is_history"]
        and (row["case_kind"] == CaseKind.INCIDENT.value or row["due_at"] <= now + _WATCH)
    ]


def call_roll(connection: Connection, actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """点名: everybody on duty is written to now, on each of their channels, and answers on the roster's page.

    Returns:
        Post and person of everybody who was called, with whether any channel reaches them.

    Raises:
        NotAllowed: the actor's role plans no duty.
    """
    _require_planner(actor)
    roster = load(connection, now)
    reachable = {one.id: one for one in channels.reachable(connection)}
    called: list[dict[str, Any]] = []
    for post in roster.posts:
        for holder in roster.on_duty(post, now):
            number = stored.add_call(
                connection, post_id=post.id, person_id=holder.person_id, by=actor.name, now=now
            )
            person = reachable.get(holder.person_id)
            if person is not None:
                text = words("roll_call", {"post": post.name, "time": f"{shanghai(now):%H:%M}"})
                letter = Letter.to(person, text, f"roll_call/{number}", "roll_call", now)
                new = notices.insert_new(connection, [letter.row])
                outbox.queue(connection, list(letter.outbox_rows(new)))
            name = people.get(connection, holder.person_id)["name"]
            called.append({"post": post.key, "person": name, "reachable": person is not None})
    _record(connection, actor, Tag.ROLL_CALLED, {"called": len(called)}, now)
    return called


def answer_roll(connection: Connection, actor: Actor, now: datetime) -> int:
    """在岗: the actor answers every call that waits; how many."""
    return stored.answer_calls(connection, actor.person_id, now) if actor.person_id is not None else 0


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch in which nobody is on a post; `holiday` names the days off in it."""

    post: Post
    since: datetime
    until: datetime
    holiday: str


def gaps_ahead(roster: Roster, calendar: WorkCalendar, now: datetime, until: datetime) -> list[Gap]:
    """Where nobody is on a post between now and `until`, by post and time."""
    return [
        Gap(post, begin, end, _holidays(calendar, begin, end))
        for post in roster.posts
        for begin, end in roster.gaps(post, now, until)
    ]


def alarm_gaps(connection: Connection, delivery: Delivery, calendar: WorkCalendar, now: datetime) -> int:
    """Tell the administrators of gaps within the days that the office looks ahead, each once a day."""
    until = now + timedelta(days=delivery.roster_checked_days_ahead)
    found = gaps_ahead(load(connection, now, until), calendar, now, until)
    told = 0
    for gap in found:
        facts = {
            "post": gap.post.name,
            "since": due_text(gap.since),
            "until": due_text(gap.until),
            "holiday": f"，其间{gap.holiday}" if gap.holiday else "",
        }
        # The edge "now" moves with every look; the other does not.
        key = f"{gap.post.key}/{iso(gap.until)}/{local_day(now).isoformat()}"
        told += raise_alarm(connection, delivery, "roster_gap", facts, key, now)
    return told


def _holidays(calendar: WorkCalendar, begin: datetime, end: datetime) -> str:
    day, names = local_day(begin), []
    while day <= local_day(end):
        _, name = calendar.kind_of(day)
        if name is not None and not calendar.is_working_day(day):
            names.append(name)
        day += timedelta(days=1)
    return "、".join(dict.fromkeys(names))


def _require_planner(actor: Actor) -> None:
    if actor.role not in _PLANNERS:
        raise NotAllowed("您的岗位不安排值班。", mend="请由管理员、新闻宣传或领导安排。", code="role.refused")


def _post(connection: Connection, key: str) -> Row:
    row = stored.find_post(connection, key)
    if row is None or row["closed_at"] is not None:
        raise NotFound(f"没有值班岗位“{key}”。", mend="请在值班表中查看岗位。", code="post.not_found")
    return row


def _person(connection: Connection, login: str) -> Row:
    row = people.find(connection, login)
    if row is None or row["disabled_at"] is not None:
        raise InvalidInput(f"没有登录名为 {login} 的在用人员。", mend="请检查登录名。", field="login")
    return row


def _people(connection: Connection, turns: Sequence[Turn]) -> dict[str, int]:
    return {login: _person(connection, login)["id"] for login in {turn.login for turn in turns}}


def _check(turn: Turn, since: datetime, until: datetime) -> None:
    shown = f"{turn.login} {shanghai(turn.since):%m-%d %H:%M}"
    if turn.since >= turn.until:
        raise InvalidInput(f"值班“{shown}”的起止时间颠倒。", mend="请检查时间。", field="turns")
    if turn.since < since or turn.since >= until:
        raise InvalidInput(f"值班“{shown}”不在所填的期间内。", mend="请检查时间。", field="turns")


def _refuse_overlaps(turns: Sequence[Turn]) -> None:
    last: dict[str, Turn] = {}
    for turn in sorted(turns, key=lambda one: (one.login, one.since, one.until)):
        before = last.get(turn.login)
        if before is not None and turn.since < before.until:
            shown = f"{shanghai(turn.since):%m-%d %H:%M}"
            raise InvalidInput(
                f"{turn.login} 在 {shown} 已有值班。", mend="请去掉重叠的一班。", field="turns"
            )
        last[turn.login] = turn


def _record(connection: Connection, actor: Actor, tag: Tag, facts: dict[str, Any], now: datetime) -> None:
    draft = Draft(OFFICE_STREAM, tag, actor.kind, actor.name, now, facts)
    events.append(connection, [draft], now)
