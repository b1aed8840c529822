"""The audit trail."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from api.schemas.shapes import InstantText, Shape


class VerdictOut(Shape):
    """What a verification found."""

    ok: bool
    events: int = Field(description="核对到的条数。")
    first_bad: str | None = Field(description="第一处问题：办件/序号。", examples=["17/3"])
    reason: str | None


class EventOut(Shape):
    """One event."""

    seq: int
    tag: str = Field(examples=["case:assigned"])
    actor: str
    occurred_at: InstantText
    recorded_at: InstantText
    payload: dict[str, Any]
    prev_hash: str
    hash: str


class EventList(Shape):
    """The events of one case or of the office, oldest first."""

    items: list[EventOut]
    next: str | None = Field(description="下一页的 after。")
    total: int
