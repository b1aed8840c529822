"""事件: one matter of many voices, its clocks, its grade, and what was published about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from alerts.grading import PreviewedClock, preview_grade
from alerts.instants import FIRST_PUBLIC, FIRST_SEEN, OCCURRED, instants_of
from api.pages.case_parts import Refusal, handling_of
from api.pages.cases import UPLOAD_BYTES, Sender, after
from api.pages.clock_lines import clock_line
from api.pages.contexts import ClockLine
from api.pages.given import Given, Typed
from api.pages.handling_contexts import (
    ClockCard,
    IncidentLine,
    IncidentPage,
    IncidentsPage,
    NamedInstant,
)
from api.pages.rendering import render
from api.pages.spread import spread_of
from api.pages.verbs import command_of, give, instants_of_form, level_of, require_kind
from api.pages.watching import WATCHED
from api.pages.wording import deadline, instant, span
from api.problems import problem_of
from api.security.identity import Person, SignedIn, Wired
from api.services import Services
from api.visible import Number, get_visible_case
from core.errors import Conflict, InvalidInput, NotAllowed
from core.labels import label
from core.vocabulary import CaseKind, CaseState, Channel, Command, DeadlineState, Level
from storage import deadlines, incident_voices, incidents
from storage.database import Connection, Row
from storage.desk import Choice

router = APIRouter()

_OVER_SHOWN = 30
_INSTANTS = {OCCURRED: "发生", FIRST_PUBLIC: "首次公开发布", FIRST_SEEN: "首次发现"}


@dataclass(frozen=True, slots=True)
class _Preview:
    """A grade somebody asked about, with the form as typed."""

    level: Level
    clocks: Sequence[PreviewedClock]
    given: Given


@router.get("/incidents", dependencies=[WATCHED])
def listed(request: Request, services: Wired, person: SignedIn) -> Response:
    """Incidents that are open, then the last that are over."""
    with services.database.read() as connection:
        page = IncidentsPage(
            running=open_incidents(connection, services, person),
            over=_lines(connection, services, person, is_open=False, limit=_OVER_SHOWN),
        )
    return render(request, "incidents.html", page)


@router.get("/incidents/{case_id}", dependencies=[WATCHED])
def show(request: Request, services: Wired, person: SignedIn, case_id: Number, done: str = "") -> Response:
    """The incident as it stands."""
    with services.database.read() as connection:
        case = get_visible_case(connection, case_id, person.sees_only)
        if case["kind"] != CaseKind.INCIDENT.value:
            return RedirectResponse(f"/cases/{case_id}", 303)
        page = _page(connection, services, person, case, done=done)
    return render(request, "incident.html", page)


@router.post("/incidents/{case_id}/preview")
def preview(
    request: Request, services: Wired, person: Sender, _signed: SignedIn, case_id: Number, given: Typed
) -> Response:
    """What a grade would bring, before anybody gives it; nothing is written."""
    require_kind(services, person, case_id, is_incident=True)
    try:
        with services.database.read() as connection:
            case = get_visible_case(connection, case_id, person.sees_only)
            standing = instants_of(incidents.get(connection, case_id))
            level, instants = level_of(given), instants_of_form(given, standing)
            clocks = preview_grade(
                connection,
                case_id,
                services.law,
                level=level,
                now=services.clock.now(),
                instants=instants,
            )
            asked = _Preview(level, clocks, given)
            page = _page(connection, services, person, case, asked=asked)
    except InvalidInput as error:
        return _refused(request, services, person, case_id, Refusal(Command.GRADE, given, error))
    return render(request, "incident.html", page)


@router.post("/incidents/{case_id}/{command}", max_body_size=UPLOAD_BYTES, dependencies=[WATCHED])
def act(
    request: Request,
    services: Wired,
    person: Sender,
    _signed: SignedIn,
    case_id: Number,
    command: str,
    given: Typed,
) -> Response:
    """Give a command; on a refusal the page comes back with what was typed."""
    wanted = command_of(command)
    require_kind(services, person, case_id, is_incident=True)
    try:
        give(services, person, case_id, wanted, given)
    except (InvalidInput, Conflict, NotAllowed) as error:
        return _refused(request, services, person, case_id, Refusal(wanted, given, error))
    return RedirectResponse(after(person, f"/incidents/{case_id}", wanted), 303)


def _refused(
    request: Request, services: Services, person: Person, case_id: int, refusal: Refusal
) -> Response:
    with services.database.read() as connection:
        case = get_visible_case(connection, case_id, person.sees_only)
        page = _page(connection, services, person, case, refusal=refusal)
    return render(request, "incident.html", page, status=problem_of(refusal.error).status)


def _page(
    connection: Connection,
    services: Services,
    person: Person,
    case: Row,
    *,
    done: str = "",
    refusal: Refusal | None = None,
    asked: _Preview | None = None,
) -> IncidentPage:
    details = incidents.get(connection, case["id"])
    voices = incidents.voices(connection, [case["id"]])[case["id"]]
    typed = asked.given if asked else None
    handling = handling_of(connection, services, person, case, done=done, refusal=refusal, typed_grade=typed)
    times = instants_of(details)
    graded_at = details["graded_at"]
    return IncidentPage(
        case=handling,
        lines=_lines_of(details, voices, handling.clocks),
        level=_level(details["level"]),
        suggested=_level(details["suggested_level"]),
        reasons=details["reasons"],
        graded_at=graded_at,
        graded_after=span(graded_at - times.earliest) if graded_at else "",
        instants=[
            NamedInstant(words, details[f"{name}_at"], name == times.anchor)
            for name, words in _INSTANTS.items()
        ],
        spread=spread_of(incident_voices.of_incident(connection, case["id"]), services.clock.now()),
        preview=asked.clocks if asked else None,
        preview_level=asked.level if asked else None,
    )


def _level(value: str | None) -> Level | None:
    return Level(value) if value else None


def _lines_of(details: Row, voices: Sequence[Row], clocks: Sequence[ClockCard]) -> list[str]:
    """What happened, who speaks of it, and what is owed until when: a duty officer reads no more at night."""
    happened = details["summary"] or next((row["title"] for row in voices if row["title"]), "")
    by_channel = Counter(label(Channel(row["channel"])) for row in voices)
    heard = "、".join(f"{name}{count}条" for name, count in by_channel.most_common())
    places = "、".join(dict.fromkeys(row["area"] for row in voices if row["area"]))
    since = instant(instants_of(details).earliest)
    running = next((card for card in clocks if card.line.state != "met"), None)
    owed = f"{running.line.rule}：{deadline(running.line.due_at)} 截止。" if running else ""
    told = f"{since} 起；" + (f"来文{len(voices)}条（{heard}）" if voices else "尚无来文")
    return [line for line in (happened, told + (f"；涉及{places}。" if places else "。"), owed) if line]


def open_incidents(connection: Connection, services: Services, person: Person) -> list[IncidentLine]:
    """Those that are open and that the person may see, the newest first."""
    return _lines(connection, services, person, is_open=True, limit=None)


def _lines(
    connection: Connection, services: Services, person: Person, *, is_open: bool, limit: int | None
) -> list[IncidentLine]:
    rows = incidents.listed(connection, is_open=is_open, limit=limit)
    mine = [row for row in rows if person.sees_only is None or row["section"] == person.sees_only]
    heat = incidents.voices(connection, [row["case_id"] for row in mine])
    return [
        IncidentLine(
            id=row["case_id"],
            title=row["title"],
            state=CaseState(row["state"]),
            level=_level(row["level"]),
            suggested=_level(row["suggested_level"]),
            heat=len(heat[row["case_id"]]),
            first_seen_at=row["first_seen_at"],
            clock=_next_clock(connection, services, row["case_id"]) if is_open else None,
        )
        for row in mine
    ]


def _next_clock(connection: Connection, services: Services, case_id: int) -> ClockLine | None:
    choice = Choice(services.clock.now(), services.soon)
    live = deadlines.live(connection, case_id)
    running = [row for row in live if row["state"] == DeadlineState.RUNNING.value]
    first = min(running, key=lambda row: (row["due_at"], row["id"]), default=None)
    row = None if first is None else deadlines.get(connection, first["id"], choice.as_of)
    return None if row is None else clock_line(row, choice, services.rule_labels)
