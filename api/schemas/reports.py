"""The response-time report."""

from __future__ import annotations

from pydantic import Field

from api.schemas.shapes import DayText, InstantText, Rate, Shape


class FiguresOut(Shape):
    """The figures of one group or of all."""

    received: int = Field(examples=[120])
    on_time: int = Field(examples=[108])
    late: int = Field(examples=[3])
    overdue: int = Field(examples=[2])
    open: int = Field(examples=[6])
    cancelled: int = Field(examples=[0])
    answered: int = Field(examples=[112])
    time_unknown: int = Field(examples=[1])
    holding_only: int = Field(examples=[1])
    on_time_rate: Rate
    median_working_days: float | None = Field(examples=[2.0])
    p90_working_days: float | None = Field(examples=[4.0])
    median_hours: float | None = Field(examples=[44.5])
    p90_hours: float | None = Field(examples=[101.2])


class GroupOut(FiguresOut):
    """The figures of one group."""

    key: str = Field(examples=["市政科"])
    label: str = Field(examples=["市政科"])


class CloseOut(Shape):
    """The close 结账 whose frozen figures a report shows."""

    period: int = Field(examples=[3])
    closed_at: InstantText
    rows_sha256: str = Field(description="明细的指纹。")
    restatements: int = Field(description="结账后更正的次数。", examples=[0])


class ReportOut(Shape):
    """The report."""

    from_: DayText = Field(alias="from")
    to: DayText
    basis: str = Field(examples=["received"])
    rule: str = Field(examples=["message.first_reply"])
    by: str | None = Field(examples=["section"])
    as_of: InstantText
    imported_at: InstantText | None = Field(description="最近一次录入历史的时刻。")
    provisional: int = Field(description="截止日为暂定的件数。", examples=[0])
    closed: CloseOut | None = Field(description="已结账的期间不再变动；没有结账则为空。")
    groups: list[GroupOut]
    total: FiguresOut


class ReportRowOut(Shape):
    """One clock behind the figures."""

    case: int = Field(examples=[17])
    deadline: int = Field(examples=[42])
    rule: str = Field(examples=["message.first_reply"])
    source: str | None = Field(examples=["leader_mailbox"])
    native_id: str | None = Field(examples=["20260042"])
    channel: str = Field(examples=["leader_mailbox"])
    section: str = Field(examples=["市政科"])
    title: str = Field(examples=["小区门口路灯不亮"])
    received_at: InstantText
    due_at: InstantText
    met_at: InstantText | None
    holding_at: InstantText | None
    state: str = Field(examples=["on_time"])
    working_days: int | None = Field(examples=[2])


class RowsOut(Shape):
    """The rows behind a report; they recount to `total`, which is that of the whole report."""

    rows: list[ReportRowOut]
    total: FiguresOut
