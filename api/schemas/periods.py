"""Closed periods of the response-time report."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from api.schemas.handling import Line, Wish
from api.schemas.reports import FiguresOut
from api.schemas.shapes import DayText, InstantText, Shape
from reports.response_times import DEFAULT_RULE, Basis


class CloseIn(Wish):
    """Which report is closed."""

    since: str = Field(alias="from", max_length=10, examples=["2026-10-01"])
    until: str = Field(alias="to", max_length=10, examples=["2026-10-31"])
    rule: str = Field(DEFAULT_RULE, max_length=80, examples=[DEFAULT_RULE])
    basis: Basis = Field(Basis.RECEIVED, examples=["received"])


class RestateIn(Wish):
    """Why a closed period is restated."""

    reason: Line = Field(examples=["热线平台十一月才补录"])


class RestatementOut(Shape):
    """What became known after a close, with its reason."""

    number: int = Field(examples=[1])
    made_at: InstantText
    made_by: str | None
    reason: str
    changes: list[dict[str, Any]] = Field(description="每个变化的时限：结账时和现在所知。")
    total: FiguresOut
    rows_sha256: str


class PeriodOut(Shape):
    """A closed period; its figures do not change any more."""

    period: int = Field(examples=[3])
    from_: DayText = Field(alias="from")
    to: DayText
    rule: str
    basis: str
    as_of: InstantText
    closed_at: InstantText
    closed_by: str | None
    definitions: str = Field(description="口径的版本。", examples=["2026.1"])
    rows_sha256: str = Field(description="明细的指纹。")
    total: FiguresOut
    restatements: list[RestatementOut]


class PeriodsOut(Shape):
    """Every closed period, the newest close first."""

    periods: list[PeriodOut]


class RestatedOut(Shape):
    """What came of a restatement."""

    period: int = Field(examples=[3])
    number: int = Field(examples=[1])
