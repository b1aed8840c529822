"""Messages: in a list, in full, coming in, and corrected."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from api.schemas.cases import CaseOut, ResponseOut
from api.schemas.handling import InstantIn, Line, Wish, Words
from api.schemas.shapes import DayText, InstantText, Shape
from core.vocabulary import Channel


class RiskOut(Shape):
    """How urgently a person should look."""

    level: str = Field(examples=["raised"])
    score: float = Field(examples=[0.62])
    reasons: list[str] = Field(examples=[["提到人身安全。"]])


class SentimentOut(Shape):
    """How the text sounds; a signal, not a judgement."""

    raw: float | None = Field(description="模型给出的正面概率，0到1。", examples=[0.12])
    label: str = Field(examples=["uncalibrated"])


class GroupOut(Shape):
    """Messages in (nearly) the same words."""

    id: int = Field(description="组内第一件来文的编号。", examples=[5])
    size: int = Field(description="组内来文件数，不少于2。", examples=[12])
    kind: str = Field(
        description="campaign 统一文本的联名来信、reposts 转发、one_author 同一人重复、repeated 多人反映。",
        examples=["repeated"],
    )
    reason: str = Field(description="理由。", examples=["8人反映，共12件。"])


class MessageOut(Shape):
    """One message in a list; what has not been assessed yet is null."""

    message: int = Field(examples=[5])
    source: str = Field(examples=["leader_mailbox"])
    native_id: str = Field(examples=["20260042"])
    channel: str = Field(examples=["leader_mailbox"])
    section: str | None = Field(examples=["市政科"])
    topic: str | None = Field(examples=["市政设施"])
    title: str = Field(examples=["小区门口路灯不亮"])
    received_at: InstantText
    risk: RiskOut | None
    sentiment: SentimentOut | None
    group: GroupOut | None = Field(description="文字相同或相近的来文；独此一件的为null。")
    case: int | None = Field(description="办件编号；这个渠道不须答复的为null。", examples=[17])


class MessageList(Shape):
    """A page of messages, the newest first."""

    items: list[MessageOut]
    next: str | None
    total: int | None
    behind: int | None = Field(description="检索时，索引还有几件待更新；不检索的为null。", examples=[0])


class AssessmentOut(Shape):
    """What stands about a message; a person's word stands before the machine's."""

    model: str
    kind: str = Field(examples=["complaint"])
    is_simple: bool
    topic: str | None
    place: str | None = Field(description="地点，由省到小区；文中没有或不明确则为空。")
    place_candidates: list[str] = Field(description="同名而文中没有说明是哪一处时，可能的各处。")
    section: str | None = Field(description="建议科室。")
    keywords: list[str]
    polarity: str = Field(examples=["unsure"])
    reasons: dict[str, list[str]] = Field(description="每一项的理由。")
    corrected: list[str] = Field(description="由人更正过的项。", examples=[["topic"]])


class MessageDetail(MessageOut):
    """One message, masked, with what stands about it."""

    body: str
    created_at: InstantText | None
    author: str = Field(description="已脱敏。", examples=["张**"])
    area: str
    category: str
    url: str | None
    order_due_on: DayText | None
    revision: int = Field(examples=[1])
    assessment: AssessmentOut | None
    replies: list[ResponseOut]
    dossier: CaseOut | None = Field(description="办件和它的时限。")
    incidents: list[int] = Field(description="所属事件。", examples=[[21]])


class MessageIn(Wish):
    """A message that is pushed or typed in; it is masked before it is stored."""

    channel: Channel
    source: str | None = Field(
        None,
        description="来源名；不写则与渠道同名。",
        max_length=80,
        pattern=r"^[a-z0-9][a-z0-9._-]*$",
        examples=["city_platform"],
    )
    native_id: Annotated[Line, Field(min_length=1, max_length=200)] | None = Field(
        None, description="来源自己的编号；同号重推即为更新。", examples=["20260042"]
    )
    title: Line = Field("", description="不写则取正文开头。", examples=["小区门口路灯不亮"])
    body: Words = Field(min_length=1, examples=["小区门口的路灯坏了一周。"])
    received_at: InstantIn | None = Field(None, description="本单位收到的时刻；不写则为现在。")
    created_at: InstantIn | None = Field(None, description="群众写信的时刻。")
    author_name: Line = Field("", description="来信人；只存脱敏后的。", examples=["张小明"])
    author_key: Line = Field("", description="能认出来信人的号码；只存不可还原的标记。")
    section: Line = Field("", description="承办科室。", examples=["市政科"])
    area: Line = ""
    category: Line = ""
    url: Annotated[Line, Field(pattern=r"^https?://")] | None = Field(
        None, description="公开网址。", examples=["https://example.org/1"]
    )
    order_due_at: InstantIn | None = Field(None, description="工单上印的办理时限。")


class IntakeOut(Shape):
    """What became of a message."""

    message: int = Field(examples=[5])
    outcome: str = Field(description="stored、revised 或 duplicate。", examples=["stored"])
    case: int | None = Field(examples=[17])


class CorrectIn(Wish):
    """更正研判."""

    field: str = Field(
        max_length=30, description="polarity、kind、is_simple、topic 或 section。", examples=["topic"]
    )
    value: Annotated[Line, Field(max_length=100)] = Field(examples=["市政设施"])


class CorrectedOut(Shape):
    """What stands after the correction."""

    message: int = Field(examples=[5])
    assessment: AssessmentOut
