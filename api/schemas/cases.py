"""Cases: in a list, in full, and the commands to them."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from api.schemas.handling import Command, CopyIn, InstantIn, Line, ReasonIn, Wish, Words
from api.schemas.shapes import InstantText, Shape


class ClockOut(Shape):
    """One clock of a case."""

    deadline: int = Field(examples=[42])
    rule: str = Field(examples=["message.first_reply"])
    rule_label: str = Field(examples=["群众来文首次答复"])
    cycle: int = Field(examples=[1])
    anchor: str = Field(description="从什么时刻起算。", examples=["received"])
    started_at: InstantText
    due_at: InstantText
    met_at: InstantText | None
    holding_at: InstantText | None
    state: str = Field(
        description="running、due_soon、overdue、met、cancelled 或 superseded。", examples=["running"]
    )
    status: str = Field(description="报表用语。", examples=["open"])
    provisional: bool
    explanation: int | None = Field(description="逐日说明的编号；内容见 GET /deadlines/{deadline_id}。")


class CaseOut(Shape):
    """One case in a list."""

    case: int = Field(examples=[17])
    kind: str = Field(examples=["message"])
    title: str = Field(examples=["小区门口路灯不亮"])
    channel: str = Field(examples=["leader_mailbox"])
    section: str | None = Field(examples=["市政科"])
    state: str = Field(examples=["assigned"])
    cycle: int = Field(examples=[1])
    seq: int = Field(examples=[3])
    history: bool
    received_at: InstantText
    message: int | None = Field(examples=[5])
    deadlines: list[ClockOut]


class CaseList(Shape):
    """A page of cases, next due first."""

    items: list[CaseOut]
    next: str | None
    total: int | None


class EventOut(Shape):
    """One event of the trail."""

    seq: int = Field(examples=[1])
    tag: str = Field(examples=["case:registered"])
    label: str = Field(examples=["登记"])
    actor_kind: str = Field(examples=["human"])
    actor: str = Field(examples=["张三"])
    occurred_at: InstantText
    recorded_at: InstantText
    facts: dict[str, Any]


class ResponseOut(Shape):
    """Something that was said to a citizen or to the public."""

    response: int = Field(examples=[9])
    kind: str = Field(examples=["substantive"])
    text: str
    org: str
    at: InstantText | None
    precision: str = Field(examples=["second"])
    recorded_at: InstantText
    cycle: int
    doubtful: bool = Field(description="接近“告知收悉”，应由人看一眼。")
    confirmation: str | None = Field(description="补录的：awaited、confirmed 或 refused。")
    withdrawn_at: InstantText | None
    url: str | None
    publisher: str | None
    title: str | None
    copy_sha256: str | None


class SuggestedReplyOut(Shape):
    """An earlier answer that may help to write one; never sent by itself."""

    case: int = Field(examples=[12])
    title: str = Field(examples=["路灯不亮"])
    text: str
    source: str = Field(examples=["mailbox"])
    answered_at: InstantText | None
    similarity: float = Field(description="两件来文用词的相近程度，0到1。", examples=[0.62])
    same: bool = Field(description="两件来文说的几乎一样。")


class SuggestedReplies(Shape):
    """The nearest first."""

    items: list[SuggestedReplyOut]


class SignatureOut(Shape):
    """Who signed for the case in this cycle."""

    by: str = Field(examples=["张三"])
    login: str = Field(examples=["zhangsan"])
    at: InstantText
    first: bool


class CaseDetail(CaseOut):
    """One case with all that happened."""

    registered_at: InstantText
    events: list[EventOut]
    replies: list[ResponseOut]
    acknowledgements: list[SignatureOut]


class AssignIn(Command):
    """交办."""

    section: Line = Field(description="科室。", examples=["市政科"])


class AcknowledgeIn(Wish):
    """签收."""

    cycle: int | None = Field(None, description="提醒所说的办理轮次。", ge=1, le=10_000, examples=[1])


class ReplyIn(Command):
    """答复, or 告知收悉."""

    text: Words = Field(description="答复内容。", examples=["您好，路灯已于今日修复。"])
    replied_at: InstantIn | None = Field(None, description="答复时间；不写则为现在。")
    org: Line = Field("", description="答复单位。", examples=["市政科"])
    copy_: CopyIn | None = Field(None, alias="copy", description="凭证；补录期限之前的答复时必需。")


class ReferIn(ReasonIn):
    """转办."""

    office: Line = Field(description="转往单位。", examples=["某区住建局"])


class CloseIn(Command):
    """办结."""

    outcome: Words = Field(description="办理结果。", examples=["已修复并告知来信人。"])


class SimpleIn(ReasonIn):
    """是否简单问题."""

    is_simple: bool


class ConfirmIn(Command):
    """确认补录."""

    response: int = Field(description="回应的编号。", ge=1, le=2**63 - 1, examples=[9])


class RefuseIn(ConfirmIn, ReasonIn):
    """不予确认补录."""
