"""告警: the strip above the desk, the list of all of them, and saying what came of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from alerts.attention import acknowledge_alert, dismiss_alert
from alerts.muting import NewMute, lift_mute, mute
from alerts.steps import Act
from api.pages.clock_lines import case_path
from api.pages.contexts import AlertLine, AlertsPage, MuteLine
from api.pages.given import Given, Typed
from api.pages.rendering import render
from api.pages.verbs import actor_of
from api.pages.watching import WATCHED
from api.periods import instant_of
from api.problems import problem_of
from api.security.addresses import page_of
from api.security.identity import Person, SignedIn, Wired, form_sender, require_role
from api.visible import Number
from core.clock import iso
from core.errors import Conflict, InvalidInput
from core.labels import label
from core.vocabulary import AlertKind, AlertState, CaseKind, MuteKind, MuteReason, Role
from storage import alert_board, mutes
from storage.database import Connection, Row

router = APIRouter()

WATCHERS = (Role.PRESS, Role.DUTY, Role.MANAGER)
_Sender = Annotated[Person, Depends(form_sender)]
_STRIP, _LISTED = 3, 200


@router.get("/alerts", dependencies=[WATCHED, Depends(require_role(*WATCHERS, Role.ADMIN))])
def listed(request: Request, services: Wired, all: str = "") -> Response:  # noqa: A002 - the name in the address
    """Open alerts, or the last of all."""
    with services.database.read() as connection:
        page = _page(connection, services.clock.now(), is_all=all == "1")
    return render(request, "alerts.html", page)


@router.post("/alerts/{alert_id}/acknowledge")
def acknowledge(
    request: Request,
    services: Wired,
    person: _Sender,
    _signed: SignedIn,
    alert_id: Number,
    seen: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """已查看, with the older alerts its line stood for; who was first stays first.

    What came after the page was made stays open, and stands on the page that follows.
    """
    act = Act(actor_of(person), services.clock.now())
    until = instant_of(seen, "seen") if seen else act.now
    with services.database.write() as connection:
        for one in alert_board.open_of_matter(connection, alert_id, until):
            acknowledge_alert(connection, one, act)
    return RedirectResponse(page_of(request), 303)


@router.post("/alerts/{alert_id}/dismiss")
def dismiss(
    request: Request,
    services: Wired,
    person: _Sender,
    _signed: SignedIn,
    alert_id: Number,
    reason: Annotated[str, Form(max_length=2000, pattern=r"^[^\x00]*$")] = "",
) -> Response:
    """已排除, with the reason; on a refusal the list comes back with what was typed."""
    act = Act(actor_of(person), services.clock.now())
    try:
        with services.database.write() as connection:
            for one in alert_board.open_of_matter(connection, alert_id, act.now) or [alert_id]:
                dismiss_alert(connection, one, act, reason=reason)
    except (InvalidInput, Conflict) as error:
        with services.database.read() as connection:
            told = f"{error.message}{error.mend}"
            page = _page(connection, act.now, is_all=False, error=told, typed=reason)
        return render(request, "alerts.html", page, status=problem_of(error).status)
    return RedirectResponse("/alerts", 303)


@router.post("/alerts/{alert_id}/mute")
def silence(
    request: Request, services: Wired, person: _Sender, _signed: SignedIn, alert_id: Number, given: Typed
) -> Response:
    """不再告警, with the reason; on a refusal the list comes back with what was typed."""
    act = Act(actor_of(person), services.clock.now())
    try:
        with services.database.write() as connection:
            mute(connection, alert_id, act, new_mute(connection, alert_id, given))
    except (InvalidInput, Conflict) as error:
        with services.database.read() as connection:
            told = f"{error.message}{error.mend}"
            page = _page(connection, act.now, is_all=False, error=told, typed=given["reason"])
        return render(request, "alerts.html", page, status=problem_of(error).status)
    return RedirectResponse("/alerts", 303)


@router.post("/mutes/{mute_id}/lift")
def lift(services: Wired, person: _Sender, _signed: SignedIn, mute_id: Number) -> Response:
    """恢复告警."""
    with services.database.write() as connection:
        lift_mute(connection, mute_id, Act(actor_of(person), services.clock.now()))
    return RedirectResponse("/alerts", 303)


def new_mute(connection: Connection, alert_id: int, given: Given) -> NewMute:
    """The mute that a form asks for; a source is that of the alert's first message.

    Raises:
        InvalidInput: nothing was chosen, or the alert has no message.
    """
    if given["kind"] not in set(MuteKind) or given["why"] not in set(MuteReason):
        raise InvalidInput("没有选择范围或原因。", mend="请选择。", field="kind")
    kind, value = MuteKind(given["kind"]), given["value"]
    if kind is MuteKind.SOURCE:
        told = alert_board.messages_of(connection, alert_id)
        if not told:
            raise InvalidInput("这条告警没有对应的来文。", mend="请改为按词语。", field="kind")
        value = mutes.source_of(connection, told[0])
    return NewMute(kind, value, MuteReason(given["why"]), given["reason"], given.instant("until"))


def open_alerts(connection: Connection, person: Person) -> tuple[list[AlertLine], int]:
    """The newest open matters for the strip, and how many more there are; none for a section's people."""
    if person.sees_only is not None:
        return [], 0
    lines = folded(alert_board.board(connection, state=AlertState.OPEN, limit=_LISTED))
    return lines[:_STRIP], max(0, len(lines) - _STRIP)


def folded(rows: Sequence[Row]) -> list[AlertLine]:
    """One line for each matter that is open, its newest alert first; what is settled stands alone."""
    groups: dict[tuple[str, int], list[Row]] = {}
    for row in rows:
        is_open = row["state"] == AlertState.OPEN.value and row["case_id"] is not None
        groups.setdefault(("case", row["case_id"]) if is_open else ("alert", row["id"]), []).append(row)
    return [_line(group) for group in groups.values()]


def _line(group: Sequence[Row]) -> AlertLine:
    newest = group[0]
    first = next((one for one in group if one["kind"] == AlertKind.INCIDENT_CANDIDATE.value), newest)
    is_incident = newest["case_kind"] == CaseKind.INCIDENT.value
    is_open = newest["state"] == AlertState.OPEN.value
    return AlertLine(
        id=newest["id"],
        kind=label(AlertKind(first["kind"])),
        title=first["title"],
        reasons=newest["reasons"],
        raised_at=newest["raised_at"],
        href=case_path(newest["case_kind"], newest["case_id"]) if newest["case_id"] is not None else None,
        opens_href=None if is_incident else f"/incidents/new?alert={newest['id']}",
        has_grown=len(group) > 1,
        seen=iso(newest["raised_at"]) or "",
        state="" if is_open else label(AlertState(newest["state"])),
        settled=newest["settled_by_name"] or "",
        settled_at=newest["settled_at"],
        settled_reason=newest["settled_reason"] or "",
    )


def _page(
    connection: Connection, now: datetime, *, is_all: bool, error: str | None = None, typed: str = ""
) -> AlertsPage:
    rows = alert_board.board(connection, state=None if is_all else AlertState.OPEN, limit=_LISTED)
    muted = [
        MuteLine(
            row["id"],
            f"{label(MuteKind(row['kind']))}“{row['value']}”",
            f"{label(MuteReason(row['why']))}：{row['reason']}",
            row["name"],
            row["muted_at"],
            row["until"],
        )
        for row in mutes.standing(connection, now)
    ]
    return AlertsPage(folded(rows), is_all, error, typed, muted)
