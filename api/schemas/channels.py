"""Channels of notices: how each stands, and what came of a test."""

from __future__ import annotations

from pydantic import Field

from api.schemas.shapes import InstantText, Shape


class ChannelOut(Shape):
    """One channel; its secrets are never told."""

    channel: str = Field(examples=["群机器人"])
    kind: str = Field(examples=["wecom"])
    destination: str | None = Field(
        description="主机和端口；本机记录为null。", examples=["qyapi.weixin.qq.com"]
    )
    enabled: bool
    people: int = Field(description="在该渠道上有地址的在用人员。")
    waiting: int = Field(description="等待发送的通知。")
    worked_at: InstantText | None
    failing_since: InstantText | None = Field(description="从何时起连续失败；正常为null。")
    failures: int
    last_error: str | None


class ChannelList(Shape):
    """Every channel, by number."""

    items: list[ChannelOut]
    next: str | None = Field(description="总是null:渠道一次列全。")
    total: int | None


class TestIn(Shape):
    """Where a test goes."""

    address: str = Field(
        "", max_length=200, description="不填则为本人在该渠道上的地址。", examples=["zhiban@example.cn"]
    )


class TestOut(Shape):
    """What came of a test; `accepted` only means that the channel took it."""

    channel: str
    address: str
    notice: int
    state: str = Field(examples=["accepted"])
    detail: str | None = Field(description="没有发出的原因。")
    next_at: InstantText | None = Field(description="何时自动再试。")


class SwitchIn(Shape):
    """On or off."""

    enabled: bool


class SwitchOut(Shape):
    """How the channel stands now."""

    channel: str
    enabled: bool
