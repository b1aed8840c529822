"""The steps of a request or a task."""

from __future__ import annotations

from pydantic import Field

from api.schemas.handling import Command, CopyIn, InstantIn, Line, Words
from api.schemas.shapes import InstantText, Shape


class TakeStepIn(Command):
    """登记办理步骤."""

    step: str = Field(
        description="步骤，见 GET /cases/{case_id}/steps。", max_length=40, examples=["answered"]
    )
    at: InstantIn | None = Field(None, description="何时办的；不写则为现在。")
    document: Line = Field("", description="文书名称或文号。", examples=["答复书〔2026〕第1号"])
    result: str = Field("", description="结果，步骤列有结果时必需。", max_length=40, examples=["disclosed"])
    text: Words = Field("", description="补充说明。", examples=[""])
    until: InstantIn | None = Field(None, description="期限；步骤要求时必需。")
    copy_: CopyIn | None = Field(None, alias="copy", description="凭证；补录期限之前的步骤时必需。")


class OpenStepOut(Shape):
    """A step that may be taken now."""

    step: str = Field(examples=["answered"])
    label: str = Field(examples=["作出答复"])
    hint: str = Field(description="对时限的影响。", examples=["答复书送出即停止答复时限。"])
    document: str | None = Field(description="须写明的文书。", examples=["答复书文号"])
    needs_until: bool = Field(description="须写明期限。")
    results: dict[str, str] = Field(description="可选的结果。", examples=[{"disclosed": "予以公开"}])


class TakenStepOut(Shape):
    """A step that was taken."""

    step: str = Field(examples=["registered"])
    label: str = Field(examples=["录入平台"])
    at: InstantText
    recorded_at: InstantText
    document: str | None
    result: str | None
    result_label: str | None
    text: str
    confirmation: str | None = Field(description="补录的：awaited、confirmed 或 refused。")


class StepsOut(Shape):
    """The steps of this cycle that stand, and those that may be taken now."""

    case: int = Field(examples=[17])
    taken: list[TakenStepOut]
    open: list[OpenStepOut]
