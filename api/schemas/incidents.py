"""Incidents: in a list, in full, and the commands to them."""

from __future__ import annotations

from pydantic import Field

from api.schemas.cases import CaseDetail
from api.schemas.handling import Command, CopyIn, InstantIn, Line, Wish, Words
from api.schemas.shapes import InstantText, Shape
from core.vocabulary import Level


class VoiceOut(Shape):
    """One message of an incident."""

    source: str = Field(examples=["weibo"])
    native_id: str = Field(examples=["5012345678901234"])


class IncidentOut(Shape):
    """One incident."""

    incident: int = Field(description="也是办件编号。", examples=[17])
    title: str = Field(examples=["某路口积水引发关注"])
    state: str = Field(examples=["new"])
    grade: str | None = Field(description="级别；未定级为null。", examples=["II"])
    heat: float = Field(description="热度：声量×渠道×风险×增长×传播。", examples=[12.5])
    heat_reasons: list[str] = Field(description="热度的各个因子。", examples=[["声量12.5：14条信息，12人。"]])
    first_seen_at: InstantText
    raised_at: InstantText
    messages: list[VoiceOut]
    reasons: list[str] = Field(examples=[["3小时内有12条公开信息。"]])
    suggested: str | None = Field(description="建议级别。", examples=["II"])
    is_ungraded: bool
    occurred_at: InstantText | None
    first_public_at: InstantText | None


class IncidentList(Shape):
    """A page of incidents, the newest first."""

    items: list[IncidentOut]
    next: str | None
    total: int | None = Field(description="总是null。")


class IncidentDetail(CaseDetail, IncidentOut):
    """One incident with all that happened."""

    summary: str


class InstantsIn(Wish):
    """The three instants; the earliest known one starts the clocks."""

    occurred_at: InstantIn | None = Field(None, description="发生时间。")
    first_public_at: InstantIn | None = Field(None, description="首次公开发布时间。")
    first_seen_at: InstantIn = Field(description="首次发现时间。")


class OpenIn(Wish):
    """事件立项."""

    title: Line = Field(description="事件标题；不写群众姓名。", examples=["某路口积水引发关注"])
    summary: Words = ""
    messages: list[int] = Field(default=[], description="信息编号。", max_length=1000, examples=[[5, 8]])
    surge_at: InstantIn | None = Field(None, description="声量开始上升的时刻；不写则为现在。")
    instants: InstantsIn | None = Field(None, description="不写则按信息预填。")
    suggested_level: Level | None = Field(None, description="建议级别。")
    reasons: list[Words] = Field(default=[], max_length=20)


class PreviewIn(Wish):
    """试定级."""

    level: Level
    instants: InstantsIn | None = Field(None, description="不写则沿用现有的。")


class GradeIn(Command):
    """定级."""

    level: Level
    reason: Words = Field(description="定级理由。", examples=["涉及公共安全，传播快。"])
    instants: InstantsIn | None = Field(None, description="不写则沿用现有的。")


class PreviewedClockOut(Shape):
    """One clock that a grade would bring."""

    rule: str = Field(examples=["incident.first_response"])
    label: str
    started_at: InstantText
    due_at: InstantText
    left_seconds: int = Field(description="还剩多少秒；已超期为负。", examples=[7200])
    says: str = Field(examples=["定为重大后，“首次回应”还剩2小时。"])


class PreviewOut(Shape):
    """What a grade would bring, the next due first."""

    clocks: list[PreviewedClockOut]


class PublishIn(Command):
    """登记权威发布 or 新闻发布会: with a link, publisher and title, or with an uploaded copy."""

    published_at: InstantIn | None = Field(None, description="实际发布的时间。")
    url: Line = Field("", description="能打开的链接，系统会留存一份。", examples=["https://example.org/1"])
    publisher: Line = Field("", description="发布单位。", examples=["滨江发布"])
    title: Line = Field("", description="标题。", examples=["关于某路口积水的情况通报"])
    text: Words = ""
    copy_: CopyIn | None = Field(None, alias="copy", description="上传的留存件。")
