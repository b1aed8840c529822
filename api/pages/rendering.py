"""Turning a page's context into HTML: one environment, one layout, strict about what is missing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from api import styles
from api.help import help_href
from api.pages.contexts import ErrorPage, PageContext
from api.pages.grave import grave_incidents
from api.pages.navigation import Navigation, navigation_of
from api.pages.wording import FILTERS
from api.security.identity import Person
from api.services import Services, services_of
from core.clock import iso
from core.labels import label

_HERE = Path(__file__).parent.parent
STATIC = _HERE / "static"


@dataclass(frozen=True, slots=True)
class Frame:
    """What the layout around every page shows.

    Attributes:
        office: name of the office.
        person: who has signed in, or None.
        now: the instant the page was made.
        path: the address shown, to mark the present page in the navigation.
        address: what shows this page anew, with its filters.
        mark: the newest event when the page was made; None where the page does not keep itself up to date.
        grave: the grave incidents nobody has looked at yet, for the bell; None where the page has none.
        is_demo: people and words are invented.
    """

    office: str
    person: Person | None
    now: datetime
    path: str
    address: str
    mark: str | None
    grave: Sequence[int] | None
    is_demo: bool

    @property
    def navigation(self) -> Navigation:
        """The links of the person; only asked for where somebody has signed in."""
        assert self.person is not None  # noqa: S101 - the layout asks first; this tells the type checker
        return navigation_of(self.person.role, self.path)

    @property
    def help_href(self) -> str:
        """Where this page is explained."""
        return help_href(self.path)

    @property
    def now_iso(self) -> str:
        """`now` for the script that keeps the countdowns moving."""
        return iso(self.now) or ""


def _grave(services: Services, person: Person | None, page: PageContext) -> Sequence[int] | None:
    # An error page asks nothing more: the database may be what is wrong.
    if person is None or person.must_change_password or isinstance(page, ErrorPage):
        return None
    return grave_incidents(services, person)


@cache
def environment() -> Environment:
    """The templates, compiled once a process."""
    made = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(FILTERS)
    made.filters["label"] = label
    made.globals["static"] = static_address
    made.globals["stylesheet"] = _versioned(styles.PATH, styles.stylesheet())
    return made


@cache
def static_address(name: str) -> str:
    """The address of a static file, with the hash of its content."""
    return _versioned(f"/static/{name}", (STATIC / name).read_bytes())


def _versioned(address: str, content: bytes) -> str:
    return f"{address}?v={hashlib.sha256(content).hexdigest()[:12]}"


def render(request: Request, template: str, page: PageContext, *, status: int = 200) -> HTMLResponse:
    """The finished page, with the navigation of the person who asked for it."""
    services = services_of(request)
    person: Person | None = getattr(request.state, "person", None)
    path, query = request.url.path, request.url.query
    frame = Frame(
        office=services.settings.office.name,
        person=person,
        now=services.clock.now(),
        path=path,
        address=f"{path}?{query}" if query else path,
        mark=getattr(request.state, "mark", None),
        grave=_grave(services, person, page),
        is_demo=bool(services.guests),
    )
    html = environment().get_template(template).render(page=page, frame=frame)
    return HTMLResponse(html, status)
