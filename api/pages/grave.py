"""Grave incidents nobody has looked at yet: every page rings for a new one, whatever it shows itself."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import JSONResponse

from api.security.identity import Person, SignedIn, Wired
from api.services import Services
from core.vocabulary import Level
from storage import alert_board

router = APIRouter()

GRAVE = frozenset({Level.I, Level.II})


@router.get("/alerts/grave")
def grave(services: Wired, person: SignedIn) -> JSONResponse:
    """Their numbers as the office stands now, for the script of the page."""
    return JSONResponse(grave_incidents(services, person))


def grave_incidents(services: Services, person: Person) -> list[int]:
    """Their numbers; none for a section's people, who are called otherwise."""
    if person.sees_only is not None or person.must_change_password:
        return []
    with services.database.read() as connection:
        return alert_board.open_incidents_of(connection, GRAVE)
