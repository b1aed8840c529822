"""值班台: every clock that still runs, next due first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import Response

from alerts.handling import acknowledge
from alerts.steps import Act
from alerts.together import assign_all
from api.cursors import decode, encode
from api.pages.addresses import address
from api.pages.alerts import open_alerts
from api.pages.clock_lines import NO_SECTION, STATES, clock_line, groups_of
from api.pages.contexts import ClockGroup, DeskPage, Option, Signed, StateTab
from api.pages.rendering import render
from api.pages.verbs import actor_of
from api.pages.watching import WATCHED
from api.pages.wording import instant
from api.security.identity import Person, SignedIn, Wired, form_sender
from api.services import Services
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.labels import label
from core.vocabulary import Channel, Role
from storage import acknowledgements, desk, sections
from storage.database import Connection, Row
from storage.desk import Choice, Counts

router = APIRouter()

_PATH = "/desk"
_PAGE = 100
_HISTORY_SHOWN = 20
_ASSIGNERS = frozenset({Role.PRESS, Role.DUTY, Role.MANAGER})


@dataclass(frozen=True, slots=True)
class _Asked:
    """What stands in the address, as typed."""

    state: str = ""
    section: str = ""
    channel: str = ""
    history: str = ""
    provisional: str = ""
    q: str = ""

    def query(self, **changed: str) -> dict[str, str]:
        """The query of the same list with something changed; what is empty is left out."""
        wanted = {field.name: getattr(self, field.name) for field in fields(self)} | changed
        return {name: text for name, text in wanted.items() if text}


@router.get(_PATH, dependencies=[WATCHED])
def show(
    request: Request,
    services: Wired,
    person: SignedIn,
    state: str = "",
    section: str = "",
    channel: str = "",
    history: str = "",
    provisional: str = "",
    q: Annotated[str, Query(max_length=100)] = "",
    cursor: str = "",
) -> Response:
    """The desk, narrowed as the address says."""
    asked = _Asked(state, section, channel, history, provisional, q.strip())
    choice = _choice(services, person, asked)
    with services.database.read() as connection:
        page = _page(connection, services, person, asked, choice, cursor)
    return render(request, "desk.html", page)


@router.post(f"{_PATH}/acknowledge", dependencies=[WATCHED])
def sign(
    request: Request,
    services: Wired,
    person: Annotated[Person, Depends(form_sender)],
    _signed: SignedIn,
    case: Annotated[list[int] | None, Form()] = None,
) -> Response:
    """Sign for several cases, each in a transaction of its own, so that one refusal spoils no other."""
    signed = _sign_all(services, person, list(dict.fromkeys(case or []))[:_PAGE])
    asked = _Asked()
    choice = _choice(services, person, asked)
    with services.database.read() as connection:
        page = _page(connection, services, person, asked, choice, "", signed)
    return render(request, "desk.html", page)


@router.post(f"{_PATH}/assign", dependencies=[WATCHED])
def assign_several(
    request: Request,
    services: Wired,
    person: Annotated[Person, Depends(form_sender)],
    _signed: SignedIn,
    case: Annotated[list[int] | None, Form()] = None,
    section: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Give several cases to one section; one refusal spoils no other."""
    act = Act(actor_of(person), services.clock.now())
    chosen = list(dict.fromkeys(case or []))[:_PAGE]
    done = assign_all(services.database, chosen, act, section=section)
    refused = [f"办件{one.case_id}：{one.error.message}" for one in done if one.error is not None]
    if not chosen:
        refused.append("没有选择办件，请先勾选。")
    came = Signed("交办", len(done) - sum(one.error is not None for one in done), refused)
    asked = _Asked()
    choice = _choice(services, person, asked)
    with services.database.read() as connection:
        page = _page(connection, services, person, asked, choice, "", came)
    return render(request, "desk.html", page)


def _sign_all(services: Services, person: Person, case_ids: Sequence[int]) -> Signed:
    done, refused = 0, []
    for case_id in case_ids:
        act = Act(actor_of(person), services.clock.now())
        try:
            with services.database.write() as connection:
                acknowledge(connection, case_id, act)
            done += 1
        except (Conflict, NotAllowed, NotFound) as error:
            refused.append(f"办件{case_id}：{error.message}")
    if not case_ids:
        refused.append("没有选择办件，请先勾选。")
    return Signed("签收", done, refused)


def _assign_to(connection: Connection, person: Person) -> list[Option]:
    if person.role not in _ASSIGNERS:
        return []
    return [Option(key, name, False) for key, name in {"": "交办给…", **sections.names(connection)}.items()]


def _choice(services: Services, person: Person, asked: _Asked) -> Choice:
    if asked.state and asked.state not in STATES:
        raise InvalidInput(f"没有“{asked.state}”这种状态。", mend="请从页面上选择。", field="state")
    section = person.sees_only if person.sees_only is not None else asked.section
    return Choice(
        as_of=services.clock.now(),
        soon=services.soon,
        state=asked.state or "running",
        # The choice "nobody's yet" has a name, since an empty field means "all".
        section="" if section == NO_SECTION else section or None,
        channel=asked.channel or None,
        is_history=asked.history == "1",
        is_provisional=True if asked.provisional == "1" else None,
        text=asked.q or None,
    )


def _page(
    connection: Connection,
    services: Services,
    person: Person,
    asked: _Asked,
    choice: Choice,
    cursor: str,
    signed: Signed | None = None,
) -> DeskPage:
    labels = services.rule_labels
    rows = desk.listed(connection, choice, after=decode(cursor), limit=_PAGE + 1)
    shown = rows[:_PAGE]
    counts = desk.counts(connection, choice)
    older = replace(choice, is_history=True, state="running")
    history_count = 0 if choice.is_history else desk.total(connection, older)
    history = desk.listed(connection, older, limit=_HISTORY_SHOWN) if history_count else []
    signatures = _signatures(connection, shown)
    strip, more = open_alerts(connection, person) if not cursor else ([], 0)
    return DeskPage(
        tabs=_tabs(asked, counts, services.settings.office.due_soon_hours),
        counts=counts,
        groups=groups_of(
            [clock_line(row, choice, labels, signatures.get(row["case_id"], "")) for row in shown]
        ),
        history=ClockGroup("", "", [clock_line(row, older, labels) for row in history]),
        history_count=history_count,
        history_href=address(_PATH, asked.query(history="1", state="")),
        is_history=bool(choice.is_history),
        is_filtered=bool(asked.query(history="")),
        is_first_page=not cursor,
        confined_to=person.sees_only,
        state=asked.state,
        sections=_sections(connection, asked),
        channels=_channels(connection, asked),
        clear_href=address(_PATH, history=asked.history or None),
        next_href=_next(asked, shown) if len(rows) > _PAGE else None,
        alerts=strip,
        more_alerts=more,
        text=asked.q,
        may_sign=person.role is not Role.ADMIN,
        assign_to=_assign_to(connection, person),
        signed=signed,
    )


def _signatures(connection: Connection, rows: Sequence[Row]) -> dict[int, str]:
    first = acknowledgements.first_of_cases(connection, [row["case_id"] for row in rows])
    return {case_id: f"{row['name']} {instant(row['at'])[5:]}签收" for case_id, row in first.items()}


def _next(asked: _Asked, shown: Sequence[Row]) -> str:
    last = shown[-1]
    return address(_PATH, asked.query(), cursor=encode(last["due_at"], last["deadline_id"]))


def _tabs(asked: _Asked, counts: Counts, soon_hours: int) -> list[StateTab]:
    hints = {"overdue": "已过截止时刻", "due_soon": f"{soon_hours}小时以内", "later": f"{soon_hours}小时以后"}
    tabs = [
        StateTab(
            state,
            words,
            hints[state],
            getattr(counts, state),
            address(_PATH, asked.query(state="" if asked.state == state else state)),
            asked.state == state,
        )
        for state, words in STATES.items()
    ]
    is_chosen = asked.provisional == "1"
    href = address(_PATH, asked.query(provisional="" if is_chosen else "1"))
    return [*tabs, StateTab("provisional", "暂定", "日历尚未公布", counts.provisional, href, is_chosen)]


def _sections(connection: Connection, asked: _Asked) -> list[Option]:
    names = {"": "全部科室", NO_SECTION: NO_SECTION, **sections.names(connection)}
    return [Option(key, name, key == asked.section) for key, name in names.items()]


def _channels(connection: Connection, asked: _Asked) -> list[Option]:
    known = [(key, label(Channel(key))) for key in desk.channels(connection)]
    return [Option(key, name, key == asked.channel) for key, name in [("", "全部渠道"), *known]]
