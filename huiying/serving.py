"""Running the web server over an office."""

from __future__ import annotations

import uvicorn

from api.app import create_app
from api.services import Services
from huiying.office import Office

# An open event stream would otherwise keep the server from ever stopping.
_GRACE_SECONDS = 2


def services_of(office: Office) -> Services:
    """What the web needs of an office; reads and checks its rules and calendar now, not on the first page."""
    return Services(
        database=office.database,
        clock=office.clock,
        settings=office.settings,
        rulebook=office.rulebook,
        calendar=office.calendar,
        due_times=office.due_times,
    )


def serve(office: Office, host: str, port: int) -> None:
    """Serve until the process is told to stop (Ctrl+C or SIGTERM)."""
    uvicorn.run(
        create_app(services_of(office)),
        host=host,
        port=port,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        server_header=False,
        log_level="warning",
    )
