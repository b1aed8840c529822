"""立项: opening an incident by hand, from nothing, from an alert or from messages."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from alerts.attention import acknowledge_alert
from alerts.incidents import NewIncident, open_incident
from alerts.instants import Instants
from alerts.steps import Act
from api.pages.alerts import WATCHERS
from api.pages.clock_lines import case_path
from api.pages.contexts import Option
from api.pages.given import Given, Typed
from api.pages.handling_contexts import OpeningPage, OpeningVoice
from api.pages.rendering import render
from api.pages.verbs import actor_of
from api.problems import problem_of
from api.security.identity import Person, Wired, form_sender, require_role
from api.security.secrets import new_secret
from api.services import Services
from api.visible import LARGEST_ID
from core.errors import Conflict, InvalidInput
from core.labels import label
from core.vocabulary import Channel, Level
from storage import alert_board, alerts, incidents
from storage.database import Connection

router = APIRouter()

_MANY = 200
_WATCHER = Depends(require_role(*WATCHERS))
_INSTANTS = ("occurred_at", "first_public_at", "first_seen_at")


@router.get("/incidents/new", dependencies=[_WATCHER])
def show(
    request: Request,
    services: Wired,
    alert: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
    message: Annotated[list[int] | None, Query(max_length=_MANY)] = None,
) -> Response:
    """The form, filled in from what it was opened from."""
    with services.database.read() as connection:
        typed = _from_alert(connection, alert) if alert is not None else {}
        numbers = typed.get("messages", "").split() or [str(one) for one in message or ()]
        page = _page(connection, Given({**typed, "messages": " ".join(numbers)}))
    return render(request, "incident_new.html", page)


@router.post("/incidents/new", dependencies=[_WATCHER])
def open_one(
    request: Request, services: Wired, person: Annotated[Person, Depends(form_sender)], given: Typed
) -> Response:
    """Open it; a grave suggestion starts the provisional clock at once. What was typed survives a refusal."""
    try:
        case_id = _open(services, person, given)
    except (InvalidInput, Conflict) as error:
        field = error.field if isinstance(error, InvalidInput) else None
        with services.database.read() as connection:
            page = _page(connection, given, f"{error.message}{error.mend}", field)
        return render(request, "incident_new.html", page, status=problem_of(error).status)
    return RedirectResponse(case_path("incident", case_id) + "?done=open", 303)


def _open(services: Services, person: Person, given: Given) -> int:
    act = Act(actor_of(person), services.clock.now(), None, given.key)
    level = given["level"]
    new = NewIncident(
        given["title"],
        summary=given["summary"],
        message_ids=tuple(_numbers(given)),
        instants=_instants(given),
        suggested_level=Level(level) if level in set(Level) else None,
        reasons=tuple(line.strip() for line in given["reasons"].splitlines() if line.strip()),
    )
    with services.database.write() as connection:
        outcome = open_incident(connection, act, services.law, services.incident_rules, new)
        if given["alert"]:
            for one in alert_board.open_of_matter(connection, given.number("alert"), act.now):
                acknowledge_alert(connection, one, Act(act.actor, act.now))
    return outcome.case_id


def _instants(given: Given) -> Instants | None:
    """As typed; None where nothing was, to have them prefilled from the messages.

    Raises:
        InvalidInput: something was typed, but not when it was first seen.
    """
    occurred, public, seen = (given.instant(name) for name in _INSTANTS)
    if seen is None and (occurred or public):
        raise InvalidInput("没有填写首次发现时间。", mend="请填写首次发现时间。", field="first_seen_at")
    return Instants(occurred, public, seen) if seen is not None else None


def _numbers(given: Given) -> list[int]:
    """The messages that were left ticked, or that came with the form.

    Raises:
        InvalidInput: one is no number of a message.
    """
    words = given["messages"].replace("，", " ").replace(",", " ").split()
    if len(words) > _MANY or not all(one.isascii() and one.isdigit() and len(one) <= 18 for one in words):
        raise InvalidInput("信息编号不对。", mend="请只填编号，用空格隔开。", field="messages")
    return [int(one) for one in words]


def _from_alert(connection: Connection, alert_id: int) -> dict[str, str]:
    row = alerts.lock(connection, alert_id)
    numbers = alert_board.messages_of(connection, alert_id)
    return {
        "alert": str(alert_id),
        "title": row["title"],
        "reasons": "\n".join(row["reasons"]),
        "messages": " ".join(str(one) for one in numbers),
    }


def _page(
    connection: Connection, given: Given, error: str | None = None, error_field: str | None = None
) -> OpeningPage:
    try:
        numbers = _numbers(given)
    except InvalidInput:
        numbers = []
    rows = incidents.standing_messages(connection, [one for one in numbers if one <= LARGEST_ID])
    levels = {"": "不建议", **{one.value: f"{one.value}级（{label(one)}）" for one in Level}}
    names = ("alert", "title", "summary", "messages", "reasons", *_INSTANTS)
    return OpeningPage(
        key=given["key"] or new_secret(),
        typed={name: given[name] for name in names},
        levels=[Option(key, words, key == given["level"]) for key, words in levels.items()],
        voices=[
            OpeningVoice(row["id"], row["title"] or "（无标题）", Channel(row["channel"]), row["received_at"])
            for row in rows
        ],
        error=error,
        error_field=error_field,
    )
