"""The styles of every page as one file: six requests fewer on the first visit, and the sources stay apart."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fastapi import APIRouter
from starlette.responses import Response

PATH = "/static/office.css"
_FOLDER = Path(__file__).parent / "static" / "css"
# In this order: what comes later says it more exactly.
_PARTS = ("tokens", "base", "components", "clocks", "report", "handling")

router = APIRouter()


@cache
def stylesheet() -> bytes:
    """The parts one after the other, read once a process."""
    return b"\n".join((_FOLDER / f"{part}.css").read_bytes() for part in _PARTS)


@router.get(PATH, include_in_schema=False)
def styles() -> Response:
    """The one stylesheet; its address carries the hash of its content."""
    return Response(stylesheet(), media_type="text/css")
