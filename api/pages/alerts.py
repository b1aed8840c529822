"""告警: the strip above the desk, and saying that somebody has seen one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import RedirectResponse, Response

from alerts.attention import acknowledge_alert
from alerts.steps import Act
from api.pages.contexts import AlertLine
from api.pages.verbs import actor_of
from api.security.addresses import HOME
from api.security.identity import Person, SignedIn, Wired, form_sender
from api.visible import Number
from core.labels import label
from core.vocabulary import AlertKind, AlertState
from storage import alerts
from storage.database import Connection

router = APIRouter()

_SHOWN = 5


@router.post("/alerts/{alert_id}/acknowledge")
def acknowledge(
    services: Wired, person: Annotated[Person, Depends(form_sender)], _signed: SignedIn, alert_id: Number
) -> Response:
    """已查看; who was first stays first."""
    with services.database.write() as connection:
        acknowledge_alert(connection, alert_id, Act(actor_of(person), services.clock.now()))
    return RedirectResponse(HOME, 303)


def open_alerts(connection: Connection, person: Person) -> list[AlertLine]:
    """The newest alerts nobody has looked at; none for those who are confined to a section."""
    if person.sees_only is not None:
        return []
    return [
        AlertLine(
            id=row["id"],
            kind=label(AlertKind(row["kind"])),
            title=row["title"],
            reasons=row["reasons"],
            raised_at=row["raised_at"],
            href=f"/cases/{row['case_id']}" if row["case_id"] is not None else None,
        )
        for row in alerts.listed(connection, state=AlertState.OPEN, limit=_SHOWN)
    ]
