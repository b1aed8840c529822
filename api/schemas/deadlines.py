"""Clocks and due times."""

from __future__ import annotations

from pydantic import Field

from api.schemas.shapes import CitationOut, DayOut, DayText, InstantText, Shape


class DeadlineOut(Shape):
    """One clock in a list."""

    deadline: int = Field(examples=[42])
    case: int = Field(examples=[17])
    kind: str = Field(description="办件种类。", examples=["message"])
    rule: str = Field(examples=["message.first_reply"])
    rule_label: str = Field(examples=["群众来文首次答复"])
    source: str | None = Field(examples=["leader_mailbox"])
    native_id: str | None = Field(examples=["20260042"])
    channel: str = Field(examples=["leader_mailbox"])
    section: str | None = Field(description="承办科室；未分办为null。", examples=["市政科"])
    title: str = Field(examples=["小区门口路灯不亮"])
    started_at: InstantText
    due_at: InstantText
    met_at: InstantText | None
    holding_at: InstantText | None
    state: str = Field(description="running、due_soon、overdue 或 met。", examples=["due_soon"])
    status: str = Field(description="报表用语：on_time、late、overdue、open 等。", examples=["open"])
    provisional: bool = Field(description="依据尚未公布的日历，为暂定。")
    history: bool = Field(description="启用之前收到的。")


class DeadlineList(Shape):
    """A page of clocks, next due first."""

    items: list[DeadlineOut]
    next: str | None = Field(description="下一页的位置，放入 cursor；没有则为null。")
    total: int | None = Field(description="共有多少。", examples=[128])


class NoticeOut(Shape):
    """The official notice a table of working days was made from."""

    year: int = Field(examples=[2026])
    title: str = Field(examples=["国务院办公厅关于2026年部分节假日安排的通知"])
    number: str = Field(examples=["国办发明电〔2025〕7号"])
    url: str


class DeadlineDetail(DeadlineOut):
    """One clock with its clause and its days."""

    anchor: str = Field(description="从什么时刻起算。", examples=["received"])
    version: str = Field(description="规则的版本。", examples=["2021-06-01"])
    calendar: str = Field(description="所用日历的版本。", examples=["2026.1"])
    cycle: int = Field(examples=[1])
    citation: CitationOut | None = Field(description="规则库中已没有这一版本时为null。")
    explanation: list[DayOut] = Field(description="从起算当日到最后一日；按小时计的为空。")
    calendar_notices: list[NoticeOut] = Field(description="所用日历依据的放假通知；暂定的年份没有。")


class DueOut(Shape):
    """When a clock would run out."""

    rule: str = Field(examples=["message.first_reply"])
    version: str = Field(examples=["2021-06-01"])
    from_: InstantText = Field(alias="from")
    due_at: InstantText
    due_day: DayText | None
    provisional: bool
    citation: CitationOut
    explanation: list[DayOut]
