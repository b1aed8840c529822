"""Running the web server over an office."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext

import uvicorn

from alerts.incident_rules import load_incident_rules
from api.app import create_app
from api.guests import Guest
from api.services import Services
from core.rulebook import rules_folder
from huiying.background import Background, start_or_say
from huiying.office import Office
from huiying.output import console, stderr
from huiying.setup.web import OfficeSetup

# An open event stream would otherwise keep the server from ever stopping.
_GRACE_SECONDS = 2


def services_of(office: Office, guests: Sequence[Guest] = ()) -> Services:
    """What the web needs of an office; reads and checks its rules and calendar now, not on the first page."""
    return Services(
        database=office.database,
        clock=office.clock,
        settings=office.settings,
        rulebook=office.rulebook,
        calendar=office.calendar,
        due_times=office.due_times,
        law=office.law,
        data_dir=office.settings.data_dir,
        incident_rules=load_incident_rules(rules_folder() / "incidents.yml"),
        redactor=office.redactor,
        setup=OfficeSetup(office),
        search=office.search_index,
        guests=guests,
    )


def serve(
    office: Office, host: str, port: int, guests: Sequence[Guest] = (), *, is_web_only: bool = False
) -> None:
    """Serve pages, run the engine and assess new messages until told to stop (Ctrl+C or SIGTERM).

    Args:
        guests: whom the sign-in page lets in by a button; for a demo on this machine only.
        is_web_only: pages and interfaces alone; workers do everything else.
    """
    with nullcontext() if is_web_only else _background(office):
        uvicorn.run(
            create_app(services_of(office, guests)),
            host=host,
            port=port,
            timeout_graceful_shutdown=_GRACE_SECONDS,
            server_header=False,
            log_level="warning",
        )


@contextmanager
def _background(office: Office) -> Iterator[None]:
    """Everything beside the web; without the engine where another process is the one."""

    def say(line: str) -> None:
        stderr.print(line, markup=False, highlight=False)

    background = Background(office, lambda line: console.print(line, markup=False, highlight=False))
    try:
        start_or_say(background, say)
        yield
    finally:
        background.stop()
