"""Fields that many answers have."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

InstantText = Annotated[
    str,
    Field(
        description="时刻，ISO 8601，时区+08:00。",
        examples=["2026-11-23T09:00:00+08:00"],
        json_schema_extra={"format": "date-time"},
    ),
]
DayText = Annotated[
    str, Field(description="日期。", examples=["2026-11-23"], json_schema_extra={"format": "date"})
]
Rate = Annotated[float | None, Field(description="0到1；分母为零时为null。", ge=0, le=1, examples=[0.973])]


class Shape(BaseModel):
    """An answer; a field that does not apply is null, never left out."""

    model_config = ConfigDict(populate_by_name=True)


class CitationOut(Shape):
    """The clause behind a rule."""

    document: str = Field(examples=["某市网上信箱管理办法"])
    number: str | None = Field(description="文号。", examples=["某府办〔2025〕1号"])
    section: str = Field(examples=["第六条"])
    quote: str = Field(description="原文，不作改动。", examples=["五个工作日内答复"])
    trust: str = Field(description="原文核对的程度。", examples=["local"])


class DayOut(Shape):
    """One day of an explanation."""

    day: DayText
    kind: str = Field(
        description="day_zero、working_day、weekend、holiday、make_up_working_day、calendar_day 或 paused。",
        examples=["working_day"],
    )
    number: int | None = Field(description="计入的第几日；不计的日子为null。", examples=[1])
    name: str | None = Field(description="节日名称。", examples=["国庆节"])


class ProblemOut(Shape):
    """An error (RFC 9457)."""

    type: str = Field(examples=["urn:huiying:problem:deadline.not_found"])
    title: str = Field(examples=["没有找到"])
    status: int = Field(examples=[404])
    detail: str = Field(description="哪里不对。", examples=["没有编号为 42 的时限。"])
    code: str = Field(description="固定的代号，可供程序比较。", examples=["deadline.not_found"])
    mend: str = Field(description="怎么办。", examples=["请从值班台进入。"])
