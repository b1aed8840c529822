"""What moves clocks, and what makes one case of two or two of one."""

from __future__ import annotations

from pydantic import Field

from api.schemas.handling import Command, Line, ReasonIn
from api.schemas.shapes import InstantText, Shape

_LARGEST = 2**63 - 1


class PauseIn(ReasonIn):
    """暂停计时."""

    authority: Line = Field(description="依据的文书，名称或文号。", examples=["征求第三方意见函〔2026〕3号"])


class ExtendIn(ReasonIn):
    """申请延期."""

    deadline: int = Field(description="时限的编号。", ge=1, le=_LARGEST, examples=[42])
    amount: int | None = Field(None, description="延长多少，单位同规则；不写则为最多。", ge=1, le=1000)


class GrantIn(Command):
    """批准延期."""

    extension: int = Field(description="延期申请的编号。", ge=1, le=_LARGEST, examples=[3])


class RefuseExtensionIn(GrantIn, ReasonIn):
    """不予延期."""


class MergeIn(ReasonIn):
    """并入另一件."""

    into: int = Field(description="并入的编号。", ge=1, le=_LARGEST, examples=[17])


class SplitIn(ReasonIn):
    """拆出为新事件."""

    messages: list[int] = Field(description="拆出的信息。", min_length=1, max_length=1000, examples=[[5, 6]])
    title: Line = Field(description="新事件的标题。", examples=["柳河路停水"])


class ShareOut(Shape):
    """A stretch in which one section was responsible."""

    section: str | None = Field(examples=["市政科"])
    since: InstantText
    until: InstantText
    seconds: int = Field(examples=[3600])


class SharesOut(Shape):
    """Whose share of the time was used by whom; the seconds add up to the whole."""

    case: int = Field(examples=[17])
    since: InstantText
    until: InstantText
    seconds: int = Field(examples=[7200])
    shares: list[ShareOut]
