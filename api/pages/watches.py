"""监测主题: saved searches that alert by a rule of their own; to set, to try, to switch off."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from alerts.watches import EDITORS, Rule, Trial, Words, rule_of, save, switch, try_out, words_of
from api.pages.contexts import Option, PageContext
from api.pages.given import Given, Typed
from api.pages.rendering import render
from api.pages.verbs import actor_of
from api.problems import problem_of
from api.security.identity import Person, Wired, form_sender, require_role
from api.services import Services
from api.visible import Number
from core.errors import HuiyingError, InvalidInput
from core.labels import label
from core.vocabulary import Channel, Role
from storage import channels, watches
from storage.database import Connection, Row
from storage.search.query import parse

router = APIRouter()

PATH = "/watches"
_DAY = timedelta(days=1)
_WORDS = re.compile(r"[\s,，、;；]+")
_NEW = {"threshold": "3", "window_hours": "24", "quiet_hours": "4"}
_Reader = Annotated[Person, Depends(require_role(Role.PRESS, Role.DUTY, Role.MANAGER, Role.ADMIN))]
_Sender = Annotated[Person, Depends(form_sender)]


@dataclass(frozen=True, slots=True)
class WatchLine:
    """One topic in the list; `today` is how many it found within a day."""

    id: int
    name: str
    search: str
    search_href: str
    rule: str
    recipients: str
    is_on: bool
    today: int
    alerted_at: datetime | None


@dataclass(frozen=True)
class WatchesPage(PageContext):
    """监测主题.

    Attributes:
        typed: the fields of the form as they stand.
        editing: number of the topic the form changes; None for a new one.
        trial: what the topic in the form would have done in the last seven days; None where nobody asked.
    """

    lines: Sequence[WatchLine]
    typed: dict[str, str]
    channels: Sequence[Option]
    people: Sequence[Option]
    editing: int | None
    may_edit: bool
    trial: Trial | None
    done: str
    error: str | None
    error_field: str | None


@router.get(PATH)
def show(
    request: Request,
    services: Wired,
    person: _Reader,
    q: Annotated[str, Query(max_length=500)] = "",
    edit: Annotated[int | None, Query(ge=1, le=2**53)] = None,
    done: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Every topic; with `q` the form holds that search, with `edit` one of the topics."""
    with services.database.read() as connection:
        row = watches.get(connection, edit) if edit is not None else None
    typed = _typed_of(row) if row is not None else _NEW | _from_search(q)
    return _page(request, services, person, typed, editing=edit, done=_DONE.get(done, ""))


@router.post(PATH)
def submit(request: Request, services: Wired, _reader: _Reader, person: _Sender, given: Typed) -> Response:
    """Keep the topic of the form, or only try it."""
    typed = {name: given[name] for name in _FIELDS}
    editing = given.number("id") if given["id"] else None
    now = services.clock.now()
    try:
        words, rule = _words(given), _rule(given)
        if given["try"]:
            with services.database.read() as connection:
                trial = try_out(connection, words, rule, now)
            return _page(request, services, person, typed, editing=editing, trial=trial)
        with services.database.write() as connection:
            save(connection, actor_of(person), given["name"], words, rule, now, watch_id=editing)
    except HuiyingError as error:
        return _page(request, services, person, typed, editing=editing, error=error)
    return RedirectResponse(f"{PATH}?done=saved", 303)


@router.post(PATH + "/{watch_id}/switch")
def switched(services: Wired, _reader: _Reader, person: _Sender, watch_id: Number, given: Typed) -> Response:
    """Switch one on or off."""
    with services.database.write() as connection:
        switch(connection, actor_of(person), watch_id, on=given["on"] == "true", now=services.clock.now())
    return RedirectResponse(f"{PATH}?done=switched", 303)


_DONE = {"saved": "已保存，从现在起监测新来的。", "switched": "已更改。"}
_FIELDS = (
    "name",
    "must",
    "any_of",
    "exclude",
    "channels",
    "threshold",
    "window_hours",
    "quiet_hours",
    "recipients",
)


def _words(given: Given) -> Words:
    def split(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(word for word in _WORDS.split(given[name]) if word))

    return Words(split("must"), split("any_of"), split("exclude"))


def _rule(given: Given) -> Rule:
    wanted = [one for one in given["channels"].split(",") if one]
    if not set(wanted) <= set(Channel):
        raise InvalidInput("没有这种渠道。", mend="请从列出的渠道里选。", field="channels")
    return Rule(
        _amount(given, "threshold"),
        _amount(given, "window_hours"),
        _amount(given, "quiet_hours"),
        tuple(Channel(one) for one in wanted),
        tuple(given.numbers("recipients")),
    )


def _amount(given: Given, name: str) -> int:
    text = given[name].strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 5):
        raise InvalidInput("条数和小时数要写整数。", mend="请改成数字。", field=name)
    return int(text)


def _from_search(text: str) -> dict[str, str]:
    """The fields for what the page 检索 looked for; empty where that cannot be read."""
    try:
        query = parse(text)
    except InvalidInput:
        return {}
    if not query.must:
        return {}
    single = [group[0] for group in query.must if len(group) == 1]
    either = [one for group in query.must if len(group) > 1 for one in group]
    named = {"must": single, "any_of": either, "exclude": list(query.excluded)}
    return {name: " ".join("".join(p.text for p in one) for one in some) for name, some in named.items()}


def _typed_of(row: Row) -> dict[str, str]:
    words = {name: " ".join(row[name]) for name in ("must", "any_of", "exclude")}
    amounts = {name: str(row[name]) for name in ("threshold", "window_hours", "quiet_hours")}
    chosen = {name: ",".join(map(str, row[name])) for name in ("channels", "recipients")}
    return {"name": row["name"], **words, **amounts, **chosen}


def _page(
    request: Request,
    services: Services,
    person: Person,
    typed: dict[str, str],
    *,
    editing: int | None = None,
    trial: Trial | None = None,
    done: str = "",
    error: HuiyingError | None = None,
) -> Response:
    typed = dict.fromkeys(_FIELDS, "") | typed
    with services.database.read() as connection:
        everybody = channels.reachable(connection)
        page = WatchesPage(
            lines=_lines(connection, {one.id: one.name for one in everybody}, services.clock.now()),
            typed=typed,
            channels=[
                Option(one.value, label(one), one.value in typed["channels"].split(",")) for one in Channel
            ],
            people=[
                Option(str(one.id), f"{one.name}（{label(one.role)}）", str(one.id) in chosen)
                for chosen in [typed["recipients"].split(",")]
                for one in everybody
            ],
            editing=editing,
            may_edit=person.role in EDITORS,
            trial=trial,
            done=done,
            error=f"{error.message}{error.mend}" if error else None,
            error_field=error.field if isinstance(error, InvalidInput) else None,
        )
    return render(request, "watches.html", page, status=problem_of(error).status if error else 200)


def _lines(connection: Connection, names: dict[int, str], now: datetime) -> list[WatchLine]:
    found = watches.hit_counts(connection, now - _DAY)
    lines = []
    for row in watches.listed(connection):
        rule, search = rule_of(row), words_of(row).as_search
        only = f"，限{'、'.join(label(one) for one in rule.channels)}" if rule.channels else ""
        lines.append(
            WatchLine(
                id=row["id"],
                name=row["name"],
                search=search,
                search_href="/search?"
                + urlencode([("q", search), *(("channel", one.value) for one in rule.channels)]),
                rule=f"{rule.window_hours}小时内满{rule.threshold}条即告警，之后{rule.quiet_hours}小时不重复{only}",
                recipients="、".join(names[one] for one in rule.recipients if one in names)
                or "（已无人接收）",
                is_on=row["is_on"],
                today=found.get(row["id"], 0),
                alerted_at=row["alerted_at"],
            )
        )
    return lines
