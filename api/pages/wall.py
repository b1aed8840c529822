"""态势大屏: one page for a large screen that nobody touches: incidents, clocks, and what comes in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from analysis.places import Gazetteer, load_gazetteer, region_of
from api.pages.alerts import WATCHERS
from api.pages.clock_lines import clock_line
from api.pages.contexts import ClockLine, PageContext
from api.pages.handling_contexts import IncidentLine
from api.pages.incidents import open_incidents
from api.pages.rendering import render
from api.pages.spread import Volume, volume_of
from api.pages.watching import WATCHED
from api.pages.wording import span
from api.security.identity import SignedIn, Wired, require_role
from core.labels import label
from core.rule_files import rules_folder
from core.vocabulary import Channel, Polarity, Role
from reports.place_grid import GridRow, place_grid
from storage import desk, situation
from storage.desk import Choice, Counts
from storage.situation import Situation

router = APIRouter()

_PERIOD = timedelta(hours=24)
_SILENT_AFTER = timedelta(hours=24)
_CLOCKS, _INCIDENTS, _MOST, _SILENT = 8, 5, 8, 6


@dataclass(frozen=True)
class SilentSource:
    """A source nothing came from for a day or longer; `since` is empty for never."""

    key: str
    channel: str
    since: str


@dataclass(frozen=True)
class WallPage(PageContext):
    """态势大屏.

    Attributes:
        incidents: those that are open, the newest first.
        clocks: the next due ones.
        grid: where the period's messages speak of.
        sounds: what the polarity of the period's messages is called, with how many there are.
    """

    counts: Counts
    incidents: Sequence[IncidentLine]
    clocks: Sequence[ClockLine]
    situation: Situation
    grid: Sequence[GridRow]
    sounds: Sequence[tuple[str, int]]
    volume: Volume
    silent: Sequence[SilentSource]


@router.get("/wall", dependencies=[WATCHED, Depends(require_role(*WATCHERS, Role.ADMIN))])
def show(request: Request, services: Wired, person: SignedIn) -> Response:
    """The whole office at one look; it renews itself."""
    now = services.clock.now()
    choice = Choice(now, services.soon, state="running", is_history=False)
    with services.database.read() as connection:
        found = situation.situation(connection, now - _PERIOD, now, most=_MOST)
        page = WallPage(
            counts=desk.counts(connection, choice),
            incidents=open_incidents(connection, services, person)[:_INCIDENTS],
            clocks=[
                clock_line(row, choice, services.rule_labels)
                for row in desk.listed(connection, choice, limit=_CLOCKS)
            ],
            situation=found,
            grid=place_grid(found.places, *_region(services.settings.office.name)),
            sounds=[(_sound(one), count) for one, count in found.polarities.items()],
            volume=volume_of(situation.arrivals(connection, now - _PERIOD, now)),
            silent=[
                SilentSource(row["key"], label(Channel(row["channel"])), _since(row["heard_at"], now))
                for row in situation.last_heard(connection)
                if row["heard_at"] is None or now - row["heard_at"] >= _SILENT_AFTER
            ][:_SILENT],
        )
    return render(request, "wall.html", page)


@cache
def _region(office: str) -> tuple[Gazetteer, str]:
    """The names of all places, read once, and the code of the office's own region."""
    gazetteer = load_gazetteer(rules_folder() / "places")
    return gazetteer, region_of(gazetteer, office)


def _sound(polarity: Polarity | None) -> str:
    return "未研判" if polarity is None else label(polarity)


def _since(heard_at: datetime | None, now: datetime) -> str:
    return span(now - heard_at) if heard_at is not None else ""
