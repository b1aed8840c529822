"""How a clock stands, in the words that pages and the JSON interface share."""

from __future__ import annotations

from enum import StrEnum

from core.vocabulary import DeadlineState, DeadlineStatus
from storage.database import Row
from storage.desk import Choice


class Standing(StrEnum):
    """The states a list of clocks can be narrowed to; the first one holds the next two."""

    RUNNING = "running"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    MET = "met"


def standing(row: Row, choice: Choice) -> Standing:
    """How the clock of a row stands at `choice.as_of`; `running` means neither overdue nor due soon."""
    if row["state"] == DeadlineState.MET.value:
        return Standing.MET
    if row["status"] == DeadlineStatus.OVERDUE.value:
        return Standing.OVERDUE
    if row["state"] == DeadlineState.PAUSED.value:
        return Standing.RUNNING
    return Standing.DUE_SOON if row["due_at"] <= choice.as_of + choice.soon else Standing.RUNNING
