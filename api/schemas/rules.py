"""The rules."""

from __future__ import annotations

from pydantic import Field

from api.schemas.shapes import CitationOut, DayText, InstantText, Shape


class LimitOut(Shape):
    """How long a clock runs."""

    amount: int | None = Field(description="派单自带时限的为null。", examples=[5])
    unit: str = Field(description="hour、calendar_day 或 working_day。", examples=["working_day"])
    backwards: bool = Field(description="从某日往前数。")


class RuleExampleOut(Shape):
    """A worked example."""

    from_: InstantText = Field(alias="from")
    due_on: DayText | None
    due_at: InstantText | None
    why: str = Field(examples=["周末不计"])


class RuleOut(Shape):
    """One version of one rule."""

    key: str = Field(examples=["message.first_reply"])
    version: str = Field(examples=["2021-06-01"])
    label: str = Field(examples=["群众来文首次答复"])
    channels: list[str] = Field(description="收到后自动计时的渠道。", examples=[["leader_mailbox"]])
    starts: str = Field(examples=["received"])
    stops: str = Field(examples=["substantive_reply"])
    limit: LimitOut
    citation: CitationOut
    interpretation: str
    in_force_from: DayText
    in_force_to: DayText | None
    checked_on: DayText
    enabled: bool
    examples: list[RuleExampleOut]


class RuleList(Shape):
    """Every version of every rule, in the order of the files."""

    items: list[RuleOut]
    next: str | None = Field(description="总是null:规则一次列全。")
    total: int | None
