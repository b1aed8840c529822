"""Monitored topics 监测主题: saved searches with an alert rule and recipients of their own.

What comes in is looked at once for each topic; enough new messages within its hours raise one alert, and then
it keeps quiet for a while.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from alerts import notices as text
from alerts.actors import Actor, program
from alerts.letters import Letter
from core.errors import Conflict, InvalidInput, NotAllowed
from core.vocabulary import AlertKind, Channel, Role, Tag
from storage import alerts, channels, events, notices, outbox, watches
from storage.database import Connection, Database, Row
from storage.events import OFFICE_STREAM, Draft
from storage.search.matching import matches
from storage.search.query import Query, parse

EDITORS = frozenset({Role.PRESS, Role.MANAGER, Role.ADMIN})
_BATCH = 1000
_TRIED_MESSAGES = 20_000
_TITLES = 3
# A message with a lower number may be committed this much later than one with a higher.
_SETTLED = timedelta(minutes=1)
_PRIORITY = 1
_RANGES = {"threshold": (1, 10_000), "window_hours": (1, 720), "quiet_hours": (0, 720)}


@dataclass(frozen=True, slots=True)
class Words:
    """What is looked for: all of `must`, one of `any_of` where there are any, none of `exclude`."""

    must: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    @property
    def as_search(self) -> str:
        """The same as the page 检索 takes it."""
        parts = [_quoted(word) for word in self.must]
        if self.any_of:
            parts.append("|".join(_quoted(word) for word in self.any_of))
        return " ".join(parts + [f"-{_quoted(word)}" for word in self.exclude])

    @property
    def query(self) -> Query:
        """The same, parsed.

        Raises:
            InvalidInput: no word is looked for, or a word has no character that can be.
        """
        if not self.must and not self.any_of:
            mend = "“都要有”和“有一个就算”至少写一项。"
            raise InvalidInput("没有写要监测的词。", mend=mend, field="must")
        for word in (*self.must, *self.any_of, *self.exclude):
            parse(_quoted(word))
        return parse(self.as_search)


@dataclass(frozen=True, slots=True)
class Rule:
    """When it alerts, and whom it tells.

    Attributes:
        threshold: so many new messages ...
        window_hours: ... received within so many hours raise an alert.
        quiet_hours: for so long after an alert it raises none.
        channels: only what came in by these; all where empty.
        recipients: numbers of people.
    """

    threshold: int = 1
    window_hours: int = 24
    quiet_hours: int = 4
    channels: tuple[Channel, ...] = ()
    recipients: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """What a topic would have done.

    Attributes:
        found: how many messages.
        alerts: when it would have raised one, the oldest first.
        titles: of the newest found.
    """

    found: int
    alerts: tuple[datetime, ...]
    titles: tuple[str, ...] = field(default=())


def save(
    connection: Connection,
    actor: Actor,
    name: str,
    words: Words,
    rule: Rule,
    now: datetime,
    *,
    watch_id: int | None = None,
) -> int:
    """Enter a topic, or change one; only what comes in from now on is looked at.

    Raises:
        InvalidInput: no name, no words, nobody to tell, or a number out of its range.
        Conflict: another one has this name.
        NotAllowed: the actor's role sets no topics.
        NotFound: `watch_id` is none.
    """
    _editor(actor)
    called = name.strip()
    _checked(connection, called, words, rule)
    same = watches.find_named(connection, called)
    if same is not None and same["id"] != watch_id:
        raise Conflict(f"已有名为“{called}”的监测主题。", mend="请换一个名称。", code="watch.exists")
    values = {"name": called, **_columns(words, rule), "created_by": actor.name, "changed_at": now}
    if watch_id is None:
        number = watches.add(connection, values)
    else:
        number = watches.get(connection, watch_id, lock=True)["id"]
        here = watches.newest_message(connection)
        watches.forget_hits(connection, number)
        progress = {"seen_through": here, "alerted_through": here, "alerted_at": None}
        watches.change(connection, number, {**values, **progress})
    facts = {"watch": number, "name": called, **_columns(words, rule)}
    _record(connection, actor, Tag.WATCH_SET, facts, now)
    return number


def switch(connection: Connection, actor: Actor, watch_id: int, *, on: bool, now: datetime) -> None:
    """Switch a topic on or off; what comes in while it is off is not looked at later.

    Raises:
        NotAllowed, NotFound: see `save`.
    """
    _editor(actor)
    row = watches.get(connection, watch_id, lock=True)
    here = watches.newest_message(connection)
    watches.change(connection, watch_id, {"is_on": on, "seen_through": here, "alerted_through": here})
    facts = {"watch": watch_id, "name": row["name"], "on": on}
    _record(connection, actor, Tag.WATCH_SWITCHED, facts, now)


def look(database: Database, now: datetime) -> int:
    """Let every topic look at what came in; how many alerts were raised. Once more does nothing twice."""
    with database.read() as connection:
        numbers = [row["id"] for row in watches.listed(connection) if row["is_on"]]
    raised = 0
    for number in numbers:
        with database.write() as connection:
            row = watches.get(connection, number, lock=True)
            if row["is_on"]:
                _look_through(connection, row, now)
                raised += _alert(connection, row, now)
    return raised


def try_out(connection: Connection, words: Words, rule: Rule, now: datetime, *, days: int = 7) -> Trial:
    """What the topic would have found and alerted in the last days; nothing is written.

    Raises:
        InvalidInput: see `save`.
    """
    query = words.query
    since = now - timedelta(days=days)
    rows = watches.messages_since(connection, since, limit=_TRIED_MESSAGES)
    found = [row for row in rows if _is_hit(query, rule.channels, row)]
    waiting: list[datetime] = []
    alerted: list[datetime] = []
    for row in found:
        at = row["received_at"]
        window = timedelta(hours=rule.window_hours)
        waiting = [one for one in waiting if one >= at - window] + [at]
        is_quiet = bool(alerted) and at - alerted[-1] < timedelta(hours=rule.quiet_hours)
        if len(waiting) >= rule.threshold and not is_quiet:
            alerted.append(at)
            waiting = []
    titles = tuple(row["title"] or "（无标题）" for row in reversed(found[-10:]))
    return Trial(len(found), tuple(alerted), titles)


def words_of(row: Row) -> Words:
    """What a stored topic looks for."""
    return Words(tuple(row["must"]), tuple(row["any_of"]), tuple(row["exclude"]))


def rule_of(row: Row) -> Rule:
    """When a stored topic alerts, and whom it tells."""
    return Rule(
        row["threshold"],
        row["window_hours"],
        row["quiet_hours"],
        tuple(Channel(one) for one in row["channels"]),
        tuple(row["recipients"]),
    )


def _look_through(connection: Connection, row: Row, now: datetime) -> None:
    query, only = words_of(row).query, rule_of(row).channels
    seen = row["seen_through"]
    at = seen
    while some := watches.messages_after(connection, at, limit=_BATCH):
        for one in some:
            if _is_hit(query, only, one):
                watches.note_hit(connection, row["id"], one["id"], one["received_at"])
        at = some[-1]["id"]
        settled = [one["id"] for one in some if one["first_seen_at"] <= now - _SETTLED]
        seen = at if len(some) == _BATCH else max([seen, *settled])
    watches.change(connection, row["id"], {"seen_through": seen})


def _alert(connection: Connection, row: Row, now: datetime) -> int:
    rule = rule_of(row)
    if row["alerted_at"] is not None and now - row["alerted_at"] < timedelta(hours=rule.quiet_hours):
        return 0
    fresh = watches.fresh_hits(connection, row, now - timedelta(hours=rule.window_hours))
    if len(fresh) < rule.threshold:
        return 0
    newest = max(one["message_id"] for one in fresh)
    reason = f"{rule.window_hours}小时内{len(fresh)}条新来文符合“{words_of(row).as_search}”。"
    titles = [one["title"] or "（无标题）" for one in fresh[:_TITLES]]
    raised = alerts.raise_once(
        connection,
        kind=AlertKind.WATCH_HIT,
        case_id=None,
        title=f"{row['name']}：{len(fresh)}条新来文",
        reasons=[reason, *titles],
        dedupe_key=f"watch/{row['id']}/{newest}",
        now=now,
    )
    watches.change(connection, row["id"], {"alerted_through": newest, "alerted_at": now})
    messages = [one["message_id"] for one in fresh]
    facts = {"alert": raised, "kind": AlertKind.WATCH_HIT.value, "watch": row["id"], "messages": messages}
    _record(connection, program("triage"), Tag.ALERT_RAISED, facts, now)
    _write_to(connection, row, len(fresh), titles[0], f"watch_hit/{row['id']}/{newest}", now)
    return int(raised is not None)


def _write_to(connection: Connection, row: Row, count: int, title: str, key: str, now: datetime) -> None:
    facts = {"name": row["name"], "hours": str(row["window_hours"]), "count": str(count), "title": title}
    words = text.words("watch_hit", facts)
    people = [one for one in channels.reachable(connection) if one.id in row["recipients"]]
    letters = [
        Letter.to(one, words, f"{key}/{one.id}", "watch_hit", now, priority=_PRIORITY) for one in people
    ]
    new = notices.insert_new(connection, [letter.row for letter in letters])
    outbox.queue(connection, [line for one in letters for line in one.outbox_rows(new)])


def _is_hit(query: Query, only: Sequence[Channel], row: Row) -> bool:
    return (not only or row["channel"] in only) and matches(query, row["title"], row["body"])


def _checked(connection: Connection, name: str, words: Words, rule: Rule) -> None:
    if not name or len(name) > 40:
        raise InvalidInput("没有名称，或名称超过40个字。", mend="请写一个简短的名称。", field="name")
    _ = words.query
    for number, (least, most) in _RANGES.items():
        if not least <= getattr(rule, number) <= most:
            raise InvalidInput("条数或小时数不对。", mend=f"请填 {least} 到 {most}。", field=number)
    if not set(rule.recipients) & {one.id for one in channels.reachable(connection)}:
        raise InvalidInput("没有选择通知谁。", mend="请至少选择一人。", field="recipients")


def _columns(words: Words, rule: Rule) -> dict[str, Any]:
    told = {**asdict(words), **asdict(rule)}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in told.items()}


def _quoted(word: str) -> str:
    return '"' + word.replace('"', " ").strip() + '"'


def _editor(actor: Actor) -> None:
    if actor.role not in EDITORS:
        raise NotAllowed(
            "您的岗位不设监测主题。", mend="请由新闻宣传、领导或管理员设定。", code="role.refused"
        )


def _record(connection: Connection, actor: Actor, tag: Tag, facts: dict[str, Any], now: datetime) -> None:
    told = {**facts, "login": actor.login}
    events.append(connection, [Draft(OFFICE_STREAM, tag, actor.kind, actor.name, now, told)], now)
