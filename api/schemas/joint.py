"""Several people on one case, and drafts."""

from __future__ import annotations

from pydantic import Field

from api.schemas.handling import Command, InstantIn, Line, Words
from core.vocabulary import ReviewVerdict


class TextIn(Command):
    """留言, 批示, or 督办反馈."""

    text: Words = Field(examples=["今天之内到现场。"])


class ReadIn(Command):
    """已阅."""


class AddSectionIn(Command):
    """增加协办科室."""

    section: Line = Field(examples=["水务科"])


class SuperviseIn(Command):
    """督办."""

    demand: Words = Field(description="督办要求。", examples=["查明原因并反馈。"])
    due_at: InstantIn = Field(description="反馈期限。")


class DraftIn(Command):
    """起草."""

    text: Words = Field(description="稿件内容。")
    title: Line = ""


class ReviewIn(Command):
    """审核."""

    draft: int = Field(ge=1, le=2**63 - 1, examples=[4])
    verdict: ReviewVerdict
    note: Words = Field("", description="意见；退改时必填。")
