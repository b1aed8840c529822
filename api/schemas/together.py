"""Several cases with one command."""

from __future__ import annotations

from pydantic import Field

from api.schemas.handling import Line, Wish, Words
from api.schemas.shapes import Shape

_MOST = 500


class _Several(Wish):
    cases: list[int] = Field(description="办件编号。", min_length=1, max_length=_MOST, examples=[[17, 18]])


class AssignAllIn(_Several):
    """批量交办."""

    section: Line = Field(description="科室。", examples=["市政科"])


class ReplyAllIn(_Several):
    """批量答复."""

    text: Words = Field(description="答复内容。", examples=["您好，路灯已于今日修复。"])
    org: Line = Field("", description="答复单位。")


class RefusedOut(Shape):
    """A case that was refused, and why."""

    case: int = Field(examples=[18])
    code: str = Field(examples=["case.wrong_state"])
    message: str


class DoneOut(Shape):
    """What came of each case."""

    done: list[int] = Field(examples=[[17]])
    refused: list[RefusedOut]
