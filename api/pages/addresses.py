"""Addresses of our pages with their query, so that a filter stays in the address."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode


def address(path: str, query: Mapping[str, object | None] | None = None, **more: object | None) -> str:
    """`path?name=value…`, in the order given; None is left out, an empty text is kept, `more` wins."""
    wanted = {**(query or {}), **more}
    kept = {name: str(value) for name, value in wanted.items() if value is not None}
    return f"{path}?{urlencode(kept)}" if kept else path
