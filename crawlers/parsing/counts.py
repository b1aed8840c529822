"""Counts as sites and their exports write them: `1024`, `1.2万`, `100万+`. Pure."""

from __future__ import annotations

import re

_COUNT = re.compile(r"(\d+(?:\.\d+)?)(万|亿)?(\+)?")
_TIMES = {"万": 10_000, "亿": 100_000_000}


def read_count(text: str) -> str | None:
    """The count as digits, with `约` where the source rounds; None where the text is no count."""
    found = _COUNT.fullmatch(text.replace(",", ""))
    if found is None:
        return None
    number = round(float(found.group(1)) * _TIMES.get(found.group(2), 1))
    return f"约{number}" if found.group(2) or found.group(3) else str(number)
