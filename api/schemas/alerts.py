"""Alerts: in a list, and what came of looking at one."""

from __future__ import annotations

from pydantic import Field

from api.schemas.handling import InstantIn, Line, Wish, Words
from api.schemas.shapes import InstantText, Shape
from core.vocabulary import MuteKind, MuteReason


class AlertOut(Shape):
    """One alert."""

    alert: int = Field(examples=[3])
    kind: str = Field(examples=["incident_candidate"])
    title: str = Field(examples=["某路口积水"])
    reasons: list[str] = Field(description="为什么提醒。", examples=[["3小时内有12条公开信息。"]])
    case: int | None = Field(description="所涉办件；没有则为null。", examples=[17])
    raised_at: InstantText
    state: str = Field(examples=["open"])
    settled_at: InstantText | None
    settled_by: str | None = Field(examples=["张三"])
    settled_reason: str | None


class AlertList(Shape):
    """A page of alerts, the newest first."""

    items: list[AlertOut]
    next: str | None
    total: int | None = Field(description="总是null。")


class SeenOut(Shape):
    """Who looked first."""

    alert: int = Field(examples=[3])
    state: str = Field(examples=["acknowledged"])
    acknowledged_at: InstantText
    by: str = Field(description="最先处理的人。", examples=["张三"])
    first: bool = Field(description="是否就是本人最先处理。")


class DismissIn(Wish):
    """排除."""

    reason: Words = Field(description="排除理由。", examples=["旧闻重发。"])


class MuteIn(Wish):
    """不再告警."""

    kind: MuteKind
    value: Line = Field(description="来源的代号，或词语。", examples=["外省某县"])
    why: MuteReason
    reason: Words = Field(description="理由。", examples=["不在本市。"])
    until: InstantIn | None = Field(None, description="到何时止；不写为长期。")


class MuteNumberOut(Shape):
    """A mute that was set or lifted."""

    mute: int = Field(examples=[4])


class MuteOut(MuteNumberOut):
    """Something nobody is called for any more."""

    kind: str = Field(examples=["words"])
    value: str = Field(examples=["外省某县"])
    why: str = Field(examples=["not_ours"])
    reason: str
    by: str = Field(examples=["张三"])
    muted_at: InstantText
    until: InstantText | None


class MuteList(Shape):
    """What holds now, newest first."""

    items: list[MuteOut]
