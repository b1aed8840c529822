"""Positions in a list of clocks, as an opaque word between two pages."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime

from core.clock import iso, parse_instant
from core.errors import InvalidInput

_LARGEST_ID = 2**63 - 1


def encode(due_at: datetime, deadline_id: int) -> str:
    """The word for the position behind this clock."""
    return base64.urlsafe_b64encode(f"{iso(due_at)} {deadline_id}".encode()).decode().rstrip("=")


def decode(word: str | None) -> tuple[datetime, int] | None:
    """The position a word stands for; None for the beginning.

    Raises:
        InvalidInput: the word is not one of ours.
    """
    if not word:
        return None
    try:
        text = base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True).decode()
        instant, number = text.split(" ")
        position = parse_instant(instant), int(number)
    except (ValueError, OverflowError, binascii.Error, InvalidInput) as error:
        raise _refused() from error
    if not 0 <= position[1] <= _LARGEST_ID:
        raise _refused()
    return position


def _refused() -> InvalidInput:
    return InvalidInput("翻页位置看不懂。", mend="请从第一页重新开始。", field="cursor")
