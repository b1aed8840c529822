"""Pages that keep themselves up to date: where the office's history stood when the page was made."""

from __future__ import annotations

from fastapi import Depends, Request

from api.security.identity import Wired
from storage import changes


def note_mark(request: Request, services: Wired) -> None:
    """Note the newest event before the page reads anything, so that nothing in between is missed."""
    with services.database.read() as connection:
        newest = changes.newest(connection)
    request.state.mark = newest.mark if newest is not None else ""


# To be declared by every page whose list or case may change while somebody looks at it.
WATCHED = Depends(note_mark)
